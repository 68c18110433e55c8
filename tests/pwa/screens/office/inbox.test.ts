import { describe, expect, test } from "vitest";
import type { NewBody } from "../../../../pwa/src/domain/entry.ts";
import type { Decided, Held, Outcome } from "../../../../pwa/src/generated/types.ts";
import {
  correctionBody,
  correctionErrors,
  declineBody,
  newCorrection,
  releaseBody,
} from "../../../../pwa/src/screens/office/inbox/decide.ts";
import type { Correction } from "../../../../pwa/src/screens/office/inbox/decide.ts";
import { countsOf, inboxItems, shownItems } from "../../../../pwa/src/screens/office/inbox/items.ts";
import type { InboxInput, InboxItem } from "../../../../pwa/src/screens/office/inbox/items.ts";
import { readOriginal } from "../../../../pwa/src/screens/office/inbox/original.ts";
import { notReleasable, notYours, ownWords, titleOf } from "../../../../pwa/src/screens/office/inbox/words.ts";
import type { MarkSession } from "../../../../pwa/src/screens/office/forms/mark.ts";
import { at, claim, held, MONDAY, row, sheet } from "./factories.ts";

const DIGEST = "ab".repeat(32);
const SPAN = { opens: "08:40", closes: "09:10", ends: "12:00" };
const RULES: MarkSession = { date: MONDAY, session: "AM", span: SPAN, today: MONDAY, time: "09:30" };
const REGISTER = {
  kind: "register.taken",
  author: "t-birch",
  device: "tablet-7",
  written_at: at("08:55"),
  date: MONDAY,
  session: "AM",
  group: "g-8a",
  claims: [
    { pupil: "ada", code: "C", observed_at: at("08:50"), remark: "At a funeral", replaces: [] },
    { pupil: "ben", code: "L", arrived: "09:05", observed_at: at("08:50"), parent_message: "Bus" },
  ],
};

function original(body: unknown, more: object = {}): string {
  return JSON.stringify({ _id: "entry:9", digest: DIGEST, body, ...more });
}

function decision(what: Decided["what"], entry: string, more: Partial<Decided> = {}): Decided {
  return { entry, what, by: "o-dale", at: at("09:10"), reason: "Because", replaces: [], ...more };
}

function outcome(what: Outcome["what"], ...entries: string[]): Outcome {
  return { what, by: "o-dale", by_name: "Mrs Dale", at: at("09:10"), reason: "Because", entries };
}

type Own = InboxInput["entries"][number];

function own(kind: string, more: Partial<Own> = {}): Own {
  return { id: "entry:mine", body: Object.assign({ kind }, { held: "held:1", reason: "Mine" }), state: "waiting", reason: null, ...more };
}

function items(list: Held[], more: Partial<InboxInput> = {}): InboxItem[] {
  return inboxItems({ held: list, sheets: [], entries: [], person: "o-dale", ...more });
}

function one(more: Partial<Held> = {}, input: Partial<InboxInput> = {}): InboxItem {
  const [item] = items([held({ original: original(REGISTER), ...more })], input);
  if (item === undefined) throw new Error("nothing is held");
  return item;
}

describe("what came, as far as it can be read", () => {
  test("an entry: who, where, when, and its marks with the ids that its digest gives them", () => {
    expect(readOriginal(original(REGISTER))).toMatchObject({
      kind: "register.taken",
      author: "t-birch",
      device: "tablet-7",
      date: MONDAY,
      session: "AM",
      marks: [
        { id: `${DIGEST.slice(0, 24)}.0`, pupil: "ada", code: "C", arrived: null, remark: "At a funeral" },
        { id: `${DIGEST.slice(0, 24)}.1`, pupil: "ben", code: "L", arrived: "09:05", parentMessage: "Bus" },
      ],
    });
  });

  test.each([
    [null],
    [undefined],
    [""],
    ["{"],
    ["7"],
    ["null"],
    ['"text"'],
    ["[]"],
    ["{}"],
    [original(null)],
    [original([1])],
    [original("body")],
  ])("%s is no entry", (text) => {
    expect(readOriginal(text)).toBeNull();
  });

  test("members of other types are not believed, and nothing throws", () => {
    const odd = {
      kind: 7,
      author: ["t-birch"],
      written_at: "yesterday",
      date: "2026-13-45",
      session: "noon",
      claims: [null, 7, "x", [], { pupil: {}, code: 1, arrived: "25:99", remark: "" }],
    };
    expect(readOriginal(original(odd, { digest: "short" }))).toEqual({
      kind: null,
      author: null,
      device: null,
      writtenAt: null,
      date: null,
      session: null,
      group: null,
      pupil: null,
      reason: null,
      marks: [{ id: null, pupil: null, code: "", arrived: null, remark: null, parentMessage: null }],
      said: [],
    });
    expect(readOriginal(original({ text: 7, where: "", contribution: ["x"] }))?.said).toEqual([]);
    expect(readOriginal(original({ claims: { length: 9 } }))?.marks).toEqual([]);
    expect(readOriginal(`{"body":{"__proto__":{"kind":"register.taken"}}}`)?.kind).toBeNull();
  });
});

describe("the inbox", () => {
  test("says of each whose it is, why, since when, and which marks", () => {
    const item = one();
    expect(item).toMatchObject({ sender: "Ms Birch", author: null, device: "tablet-7", session: "AM", standing: "open", mine: false });
    expect(item.marks.map(({ pupil, code }) => [pupil, code])).toEqual([
      ["ada", "C"],
      ["ben", "L"],
    ]);
    expect(titleOf(item, "8A")).toBe("A register of 8A, Mon 23 Nov, morning");
    expect(titleOf(one({ original: "7", kind: null }), undefined)).toBe("Something that is no entry");
    expect(one({ author: "t-ash" }).author).toBe("t-ash");
  });

  test("of marks set aside reads the rest from the sheet that shows them", () => {
    const aside = claim("U", { arrived: "09:20", verdict: "set_aside", written_at: at("09:22") });
    const list = [{ claim: aside.id, pupil: "p-404", code: "U", reason_code: "not_on_roll", reason: "Not on roll." }];
    const [item] = items([held({ what: "set_aside", original: null, claims: list })], { sheets: [sheet("g-8a", [row("p-404", [aside])])] });
    expect(item).toMatchObject({ date: MONDAY, session: "AM", group: "g-8a", writtenAt: at("09:22"), unreadable: false });
    expect(item?.marks).toMatchObject([{ id: aside.id, pupil: "p-404", arrived: "09:20", reason: "Not on roll." }]);
    const [unseen] = items([held({ what: "set_aside", original: null, claims: list })]);
    expect(unseen).toMatchObject({ session: null, marks: [{ code: "U", arrived: null }] });
  });

  test("of family support it says the facts in words, and what was written", () => {
    const left = { claim: "a.0", what: "Left: 09:50", reason_code: "ends_before_it_starts", reason: "It ended before the arrival." };
    const [fact] = items([held({ kind: "visit.noted", what: "set_aside", original: null, date: null, session: null, claims: [left] })]);
    expect(fact).toMatchObject({ filed: null, marks: [], facts: [{ id: "a.0", what: "Left: 09:50", reason: "It ended before the arrival." }] });
    const body = { kind: "visit.submitted", author: "t-birch", text: "More", contribution: { observation: "Warm", analysis: "Well" } };
    const [note] = items([held({ kind: "visit.submitted", original: JSON.stringify({ body }), claims: [] })]);
    expect(note?.said).toEqual(["More", "Warm", "Well"]);
  });

  test("is filtered and ordered; what is decided leaves the open ones", () => {
    const list = items([
      held({ _id: "held:1", received_at: at("09:01") }),
      held({ _id: "held:2", received_at: at("09:02"), what: "set_aside" }),
      held({ _id: "held:3", received_at: at("09:03"), outcome: outcome("declined", "d1"), decisions: [decision("declined", "d1")] }),
      held({ _id: "held:4", received_at: at("09:04"), outcome: outcome("contested", "d2", "d3") }),
    ]);
    const ids = (...of: Parameters<typeof shownItems> extends [unknown, ...infer R] ? R : never): string[] =>
      shownItems(list, ...of).map(({ id }) => id);
    expect(ids("open", "oldest")).toEqual(["held:1", "held:2", "held:4"]);
    expect(ids("open", "newest")).toEqual(["held:4", "held:2", "held:1"]);
    expect(ids("held", "oldest")).toEqual(["held:1", "held:4"]);
    expect(ids("set_aside", "oldest")).toEqual(["held:2"]);
    expect(ids("decided", "oldest")).toEqual(["held:3"]);
    expect(countsOf(list)).toEqual({ open: 3, held: 2, set_aside: 1, decided: 1 });
  });

  test("a decision made here counts at once, and says where it is", () => {
    const waits = one({}, { entries: [own("quarantine.released")] });
    expect(waits).toMatchObject({ standing: "decided", own: { what: "released", state: "waiting" }, seen: ["entry:mine"] });
    const told = waits.own === null ? "" : ownWords(waits.own);
    expect(told).toBe("Released by you: “Mine”. It waits on this tablet to be sent.");
    const kept = one({}, { entries: [own("quarantine.declined", { state: "held", reason: "Not on your own." })] });
    expect(kept).toMatchObject({ standing: "open", seen: [] });
    expect(kept.own === null ? "" : ownWords(kept.own)).toMatch(/does not count: Not on your own/);
    const published = { outcome: outcome("released", "entry:mine"), decisions: [decision("released", "entry:mine")] };
    expect(one(published, { entries: [own("quarantine.released", { state: "stored" })] })).toMatchObject({ own: null, standing: "decided" });
  });

  test("one who wrote it, or sent it, does not decide on it", () => {
    expect(notYours(one({}, { person: "t-birch" }))).toMatch(/somebody else/);
    expect(one({ author: "o-dale" }).mine).toBe(true);
    expect(notYours(one())).toBeNull();
  });

  test("why something cannot be released is said", () => {
    expect(notReleasable(one())).toMatch(/correct it, or decline it/);
    expect(notReleasable(one({ reason_code: "unknown_shape" }))).toMatch(/before the server is updated/);
    expect(notReleasable(one({ original: "7" }))).toMatch(/record it anew/);
  });
});

describe("a decision", () => {
  const decided = one({
    date: MONDAY,
    outcome: outcome("contested", "d1", "d2"),
    decisions: [decision("released", "d1"), decision("declined", "d2")],
  });

  test("names what it is on, why, and every decision that was on the screen", () => {
    expect(releaseBody(decided, " Right after all ")).toEqual({
      kind: "quarantine.released",
      held: "held:1",
      entry: "entry:9",
      reason: "Right after all",
      replaces: ["d1", "d2"],
      date: MONDAY,
    });
    expect(declineBody(one(), "No")).toMatchObject({ kind: "quarantine.declined", replaces: [] });
    // The day can be read of what came, but the server has it under none.
    expect(declineBody(one(), "No")).toMatchObject({ date: null });
  });
});

describe("a correction", () => {
  const item = one();
  const form = (more: Partial<Correction> = {}): Correction => {
    const opened = newCorrection(item, (pupil) => pupil !== "nobody");
    return { ...opened, reason: "Asked the teacher", ...more };
  };
  const rows = (...changes: Partial<Correction["rows"][number]>[]): Correction["rows"] =>
    form().rows.map((old, index) => Object.assign(old, changes[index]));
  const fields = (made: Correction, rules: MarkSession | null = RULES): string[] => correctionErrors(made, rules).map(({ field }) => field);

  test("opens with what its author wrote; somebody on no roll is to be chosen anew", () => {
    expect(form()).toMatchObject({ date: MONDAY, session: "AM", rows: [{ pupil: "ada", code: "C", remark: "At a funeral" }, { arrived: "09:05" }] });
    expect(newCorrection(item, () => false).rows[0]?.pupil).toBeNull();
  });

  test("asks for day, session, pupils, codes, times and a reason", () => {
    expect(fields(form({ date: "", session: "", reason: " " }), null)).toEqual(["date", "session", "reason"]);
    expect(fields(form())).toEqual(["mark-0-code"]); // leave wants its decision
    expect(fields(form({ rows: rows({ code: "I" }) }))).toEqual([]);
    expect(fields(form({ rows: rows({ code: "I", pupil: null }, { arrived: "09:45" }) }))).toEqual(["mark-0-pupil", "mark-1-arrived"]);
    expect(fields(form({ rows: rows({ code: "I", pupil: "ben" }) }))).toEqual(["mark-1-pupil"]);
    expect(fields(form({ rows: rows({ code: "XX" }) }))).toEqual(["mark-0-code"]);
    expect(fields(form({ rows: rows({ included: false }, { included: false }) }))).toEqual(["mark-0-included"]);
    expect(fields(form({ date: "2026-11-24", rows: rows({ code: "I" }) }))).toEqual(["date"]);
  });

  test("writes marks in the place of the held ones, replacing them and what speaks", () => {
    const made = form({ rows: rows({ code: "I", remark: " " }, { arrived: "09:15" }) });
    const body = correctionBody(item, made, SPAN, (pupil) => (pupil === "ada" ? ["live.0"] : []), at("09:30"));
    const [first, second] = [`${DIGEST.slice(0, 24)}.0`, `${DIGEST.slice(0, 24)}.1`];
    expect(body).toEqual({
      kind: "quarantine.corrected",
      held: "held:1",
      entry: "entry:9",
      reason: "Asked the teacher",
      replaces: [],
      date: MONDAY,
      session: "AM",
      claims: [
        { pupil: "ada", code: "I", observed_at: at("09:30"), replaces: [first, "live.0"] },
        { pupil: "ben", code: "U", arrived: "09:15", observed_at: at("09:30"), replaces: [second], parent_message: "Bus" },
      ],
    } satisfies NewBody);
    expect(correctionBody(item, form({ session: "" }), SPAN, () => [], at("09:30"))).toBeNull();
    const some = correctionBody(item, form({ rows: rows({ included: false }) }), SPAN, () => [], at("09:30"));
    expect(some).toMatchObject({ claims: [{ pupil: "ben" }] });
  });
});
