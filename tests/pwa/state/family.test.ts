/** What screens read of family support: published, with this person's own entries over it. */
import { beforeEach, describe, expect, test } from "vitest";
import { isWaiting, valueOf } from "../../../pwa/src/domain/facts.ts";
import { Signals } from "../../../pwa/src/state/signals.ts";
import { Views } from "../../../pwa/src/state/views.ts";
import type { Case, ConcernStatus, Visit } from "../../../pwa/src/generated/types.ts";
import type { Stored } from "../../../pwa/src/store/outbox.ts";
import type { Fate } from "../../../pwa/src/store/person.ts";
import { SCHOOL } from "../support/factory.ts";
import { CASE, said, TEN, readVector, VISIT } from "../support/family.ts";
import type { Act } from "../support/family.ts";

const ANN = "Ann Aske";
const PLACED = { fact: "placing", team: "team-1" } as const;
const PLAN = {
  fact: "plan",
  purpose: "First visit",
  type: "attendance",
  announced: true,
  starts: "2026-11-23T10:00:00.000Z",
  ends: "2026-11-23T11:00:00.000Z",
  address: "1 Example Street",
  workers: ["ann"],
} as const;
const opened: Act = { as: "a", by: "ann", kind: "case.opened", facts: [PLACED] };
const planned: Act = { as: "b", by: "ann", kind: "visit.planned", facts: [PLAN] };

const placing = said("p.0", { ...PLACED, restricted: false, reason: null }, { kind: "case.opened" });
const CASE_DOC: Case & { type: "case" } = {
  _id: `case:${CASE}`,
  type: "case",
  case: CASE,
  cells: [{ cell: "placing", state: "agreed", live: ["p.0"], claims: [placing] }],
  workers: [{ person: "bo", name: "Bo Birk", role: "family_worker" }],
  chronology: [{ at: TEN, recorded_at: TEN, what: "opened", text: "The case was opened.", ref: "entry:p", by_name: "Bo Birk" }],
  restricted: false,
  opened_at: TEN,
  as_at: TEN,
};
const OTHER_CASE: Case & { type: "case" } = { ...CASE_DOC, _id: "case:case-2", case: "case-2" };
const VISIT_DOC: Visit & { type: "visit" } = {
  _id: `visit:${VISIT}`,
  type: "visit",
  visit: VISIT,
  case: CASE,
  cells: [{ cell: "plan", state: "agreed", live: ["v.0"], claims: [said("v.0", { ...PLAN, workers: ["ann"] })] }],
  contributions: [],
  addenda: [],
  photos: [],
  owed_by: ["ann"],
  restricted: false,
  as_at: TEN,
};

let signals: Signals;
let views: Views;
beforeEach(() => {
  signals = new Signals();
  signals.now.value = Date.parse(TEN);
  views = new Views(signals);
  views.setDocuments([SCHOOL, CASE_DOC, OTHER_CASE, VISIT_DOC]);
});

/** Own entries as the outbox holds them, newest first, none acknowledged but by `fate`. */
function stored(acts: readonly Act[], fate: Fate | null = null): Stored[] {
  return readVector(acts).own.map(({ entry }) => ({ entry, fate })).toReversed();
}

function received(at: string, more: Partial<Fate> = {}): Fate {
  return { state: "stored", reason: null, receivedAt: at, setAside: [], ...more };
}

function write(acts: readonly Act[], fate: Fate | null = null): void {
  views.setEntries(stored(acts, fate), [], ANN);
}

describe("without a signal", () => {
  test("a case is there as soon as it is opened, with whoever opened it, and its visit with it", () => {
    views.setDocuments([SCHOOL]);
    write([opened, planned]);
    const made = signals.cases.value.get(CASE);
    expect(made).toMatchObject({ restricted: false, workers: [{ person: "ann", name: ANN }], opened_at: TEN });
    expect(made?.chronology?.map(({ text }) => text)).toEqual(["The case was opened."]);
    const visit = signals.visits.value.get(VISIT);
    expect(visit).toMatchObject({ case: CASE, restricted: false, owed_by: ["ann"] });
    expect(visit?.cells.map(isWaiting)).toEqual([true]);
  });

  test("what is recorded shows at once, waiting, and everything else stays the very same", () => {
    write([{ ...planned, kind: "visit.noted", facts: [{ fact: "outcome", outcome: "seen" }] }]);
    const visit = signals.visits.value.get(VISIT);
    expect(valueOf(visit?.cells ?? [], "outcome")).toMatchObject({ outcome: "seen" });
    expect(visit?.cells.map((cell) => [cell.cell, isWaiting(cell)])).toEqual([
      ["outcome", true],
      ["plan", false],
    ]);
    expect(signals.cases.value.get(CASE)?.chronology?.map(({ text }) => text)).toEqual([
      "The case was opened.",
      "Home visit: the family was seen.",
    ]);
    expect(signals.cases.value.get("case-2")).toBe(OTHER_CASE);
  });

  test("only what changed is computed again", () => {
    const noted: Act = { as: "a", by: "ann", kind: "case.noted", facts: [{ fact: "strength", item: "s1", what: "Grandmother" }] };
    write([noted]);
    const [one, visit] = [signals.cases.value.get(CASE), signals.visits.value.get(VISIT)];
    expect(one).not.toBe(CASE_DOC);
    expect(visit).toBe(VISIT_DOC);
    write([noted, { ...opened, as: "z", kind: "case.noted", case: "case-2", facts: [{ fact: "strength", item: "s2", what: "Chess" }] }]);
    expect(signals.cases.value.get(CASE)).toBe(one);
    expect(signals.cases.value.get("case-2")).not.toBe(OTHER_CASE);
  });

  test("a note handed in, and what is added to it, shows as its author's", () => {
    const note: Act = { as: "n", by: "ann", kind: "visit.submitted", contribution: { observation: "The flat was warm." } };
    write([note, { as: "m", by: "ann", kind: "visit.addendum", to: "$n", text: "And tidy." }]);
    const visit = signals.visits.value.get(VISIT);
    expect(visit?.contributions).toMatchObject([
      { author: "ann", received_at: null, contribution: { observation: "The flat was warm." }, addenda: [{ text: "And tidy." }] },
    ]);
    expect(visit?.owed_by).toEqual([]);
  });

  test("a case that becomes restricted closes its visits at once", () => {
    write([{ ...opened, kind: "case.noted", facts: [{ says: { ...PLACED, restricted: true }, replaces: ["p.0"] }] }]);
    expect(signals.cases.value.get(CASE)?.restricted).toBe(true);
    expect(signals.visits.value.get(VISIT)?.restricted).toBe(true);
  });
});

describe("what the server says of it", () => {
  const noted: Act = { ...planned, kind: "visit.noted", facts: [{ fact: "outcome", outcome: "seen" }] };

  test("is believed once it has published what it had received", () => {
    write([noted], received("2026-11-23T09:59:00.000Z"));
    expect(signals.visits.value.get(VISIT)).toBe(VISIT_DOC);
    write([noted], received("2026-11-23T10:00:10.000Z"));
    expect(valueOf(signals.visits.value.get(VISIT)?.cells ?? [], "outcome")).toMatchObject({ outcome: "seen" });
  });

  test("keeps what is held in its cell, with the reason, and lets it not speak", () => {
    write([noted], received(TEN, { state: "held", reason: "Not your case." }));
    const cell = signals.visits.value.get(VISIT)?.cells.find((one) => one.cell === "outcome");
    expect(cell).toMatchObject({ live: [], claims: [{ verdict: "held", verdict_reason: "Not your case." }] });
  });

  test("of a decision shows before the document says so", () => {
    const outcome = { what: "released", by: "lea", by_name: "Lea Lund", at: TEN, reason: "Theirs.", entries: ["d"] } as const;
    const held = received(TEN, { state: "held", reason: "Not your case." });
    write([noted], held);
    const published = signals.visits.value.get(VISIT);
    if (published === undefined) throw new Error("the visit is gone");
    views.changeDocuments([VISIT_DOC._id], [{ ...published, type: "visit", as_at: "2026-11-23T11:00:00.000Z" }]);
    write([noted], { ...held, outcome: { ...outcome, entries: [...outcome.entries] } });
    expect(valueOf(signals.visits.value.get(VISIT)?.cells ?? [], "outcome")).toMatchObject({ outcome: "seen" });
  });

  test("a case that is no longer theirs goes, whatever they once wrote of it", () => {
    write([opened, planned], received(TEN));
    views.changeDocuments([CASE_DOC._id, VISIT_DOC._id], []);
    expect(signals.cases.value.has(CASE)).toBe(true);
    signals.now.value = Date.parse(TEN) + 660_000;
    views.changeDocuments([SCHOOL._id], [SCHOOL]);
    expect([...signals.cases.value.keys()]).toEqual(["case-2"]);
    expect(signals.visits.value.size).toBe(0);
  });

  test("a visit without its case says by itself whether it is restricted", () => {
    views.changeDocuments([CASE_DOC._id], []);
    expect(signals.visits.value.get(VISIT)).toBe(VISIT_DOC);
  });
});

describe("a concern of one's own", () => {
  const raised: Act = { as: "c", by: "ann", kind: "concern.raised", concern: "con-1", text: "Bruises.", observed_at: TEN };
  const status: ConcernStatus & { type: "concern_status" } = {
    _id: "concern_status:con-1",
    type: "concern_status",
    concern: "con-1",
    entry: "entry:c",
    state: "acknowledged",
    received_at: TEN,
    goes_to: "the safeguarding lead",
  };

  test("is not received until the server says so, and then is what the server says", () => {
    write([raised]);
    expect(signals.concernStatuses.value.get("con-1")).toMatchObject({ received_at: null, state: "new", goes_to: null, held: null });
    write([raised], received(TEN, { state: "held", reason: "Say what you saw." }));
    expect(signals.concernStatuses.value.get("con-1")).toMatchObject({ received_at: TEN, held: "Say what you saw." });
    views.changeDocuments([status._id], [status]);
    expect(signals.concernStatuses.value.get("con-1")).toMatchObject({ state: "acknowledged", goes_to: "the safeguarding lead" });
  });
});

test("somebody out alone is not watched over before the server knows", () => {
  write([{ as: "w", by: "ann", kind: "watch.started", watch: "w-1", where: "1 Example Street", expected_back: "2026-11-23T11:00:00.000Z" }]);
  expect(signals.watches.value.get("w-1")).toMatchObject({ received_at: null, waiting: ["watch.started"] });
});

test("nothing of it stays when the person has gone", () => {
  write([opened, planned]);
  signals.clear();
  expect([signals.cases.value.size, signals.visits.value.size]).toEqual([0, 0]);
});
