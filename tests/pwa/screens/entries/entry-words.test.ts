import { expect, test } from "vitest";
import type { Body, NewBody } from "../../../../pwa/src/domain/entry.ts";
import { backupWords, entryLines, entryTitle, fateOf, pupilOfClaim } from "../../../../pwa/src/screens/entries/entry-words.ts";
import type { Names } from "../../../../pwa/src/screens/entries/entry-words.ts";
import type { Outcome } from "../../../../pwa/src/generated/types.ts";
import { decisions, unseenOf } from "../../../../pwa/src/screens/entries/news.ts";
import type { OutboxItem } from "../../../../pwa/src/state/model.ts";

const NAMES: Names = { pupil: (id) => `Pupil ${id}`, group: (id) => `Group ${id}`, staff: (id) => `Staff ${id}` };
const WRITTEN = {
  author: "per-me",
  role: "class_teacher",
  device: "dev",
  written_at: "2026-11-23T08:50:00.000Z",
} as const;
const AT = { date: "2026-11-23", session: "AM" } as const;
const claim = (pupil: string, code: string, more: object = {}) => ({
  pupil,
  code,
  observed_at: "2026-11-23T08:50:00.000Z",
  ...more,
});

function body(made: NewBody): Body {
  return { ...made, ...WRITTEN };
}

function item(more: Partial<OutboxItem> = {}): OutboxItem {
  const register = body({ kind: "register.taken", group: "7b", ...AT, claims: [claim("a", "/"), claim("b", "N")] });
  return { log: "l", n: 1, id: "e", body: register, state: "waiting", reason: null, receivedAt: null, setAside: [], outcome: null, backedUp: false, ...more };
}

function decision(what: Outcome["what"], more: Partial<Outcome> = {}): Outcome {
  const entries = [`entry:${what}`];
  return { what, by: "o", by_name: "Mrs Dale", at: "2026-11-23T10:00:00.000Z", reason: "Not ours", entries, ...more };
}

test("a decision is news until it was read, once for all the marks it is on", () => {
  const aside = (id: string, outcome: Outcome | null): OutboxItem["setAside"][number] => ({ claim: id, reason: "?", outcome });
  const part = item({
    id: "e2",
    state: "stored",
    setAside: [aside("c.0", decision("released")), aside("c.1", decision("released")), aside("c.2", null)],
  });
  const whole = item({ id: "e1", state: "declined", outcome: decision("declined", { at: "2026-11-23T11:00:00.000Z" }) });
  const open = item({ id: "e3", state: "held", outcome: decision("contested") });
  expect(decisions([part, whole, open]).map(({ item: one, marks }) => [one.id, marks])).toEqual([
    ["e1", null],
    ["e2", 2],
  ]);
  const seen = new Set(decisions([part, whole]).map(({ key }) => key));
  expect(unseenOf([part, whole], seen)).toEqual([]);
  const again = item({ id: "e1", state: "released", outcome: decision("released") });
  expect(unseenOf([part, again], seen).map(({ outcome }) => outcome.what)).toEqual(["released"]);
});

test("every kind of entry has a line in plain words", () => {
  const entry = `entry:${"a".repeat(32)}:00000001:${"b".repeat(16)}`;
  const titles = (
    [
      { kind: "register.taken", group: "7b", ...AT, claims: [claim("a", "/")] },
      { kind: "mark.amended", reason: "Late", ...AT, claims: [claim("a", "L"), claim("b", "L"), claim("c", "L")] },
      { kind: "arrival.recorded", ...AT, claims: [claim("a", "L")] },
      { kind: "contest.settled", reason: "Seen", ...AT, claims: [claim("a", "/")] },
      { kind: "departure.recorded", pupil: "a", left: "11:30", left_with: "Her aunt", reason: "Dentist", ...AT },
      { kind: "register.voided", entry, reason: "Wrong group", ...AT },
      { kind: "planned.recorded", pupil: "a", first: "2026-11-23", last: "2026-11-24", sessions: ["AM"], code: "M", source: "Letter" },
      { kind: "planned.withdrawn", entry, pupil: "a", first: "2026-11-23", last: "2026-11-23", reason: "Moved" },
      { kind: "register.reassigned", group: "7b", to: "x", reason: "Ill", ...AT },
    ] satisfies NewBody[]
  ).map((made) => entryTitle(body(made), NAMES));
  expect(titles).toEqual([
    "Register of Group 7b, Mon 23 Nov morning: 1 mark",
    "Pupil a and 2 others: 3 marks changed, Mon 23 Nov morning",
    "Pupil a: signed in at the late desk, Mon 23 Nov morning",
    "Pupil a: contradiction settled, Mon 23 Nov morning",
    "Pupil a: left the site at 11:30, Mon 23 Nov",
    "A register taken in error was voided, Mon 23 Nov morning",
    "Pupil a: M planned, Mon 23 Nov to Tue 24 Nov",
    "Pupil a: planned code withdrawn, Mon 23 Nov",
    "Register of Group 7b, Mon 23 Nov morning: given to Staff x",
  ]);
});

test("what an entry says is told in full", () => {
  const said = body({
    kind: "register.taken",
    group: "7b",
    ...AT,
    paper: { taken_by: "Mr Pryce", taken_at: "08:45" },
    claims: [
      claim("a", "L", { arrived: "08:58", remark: "Bus" }),
      claim("b", "N", { parent_message: "Cough", ask_office: true }),
      claim("c", "I"),
    ],
  });
  expect(entryLines(said, NAMES)).toEqual([
    "From paper, taken by Mr Pryce at 08:45",
    "Pupil a: Late, came 08:58, remark “Bus”",
    "Pupil b: Not here, a parent said “Cough”, office asked to look",
    "Pupil c: I Illness",
  ]);
});

test("what became of it, and what to do", () => {
  const clock = (): string => "08:52";
  expect(fateOf(item(), clock)).toEqual({ state: "Waits on this tablet", advice: null });
  expect(fateOf(item({ state: "stored", receivedAt: "x" }), clock).state).toBe("Received 08:52");
  expect(fateOf(item({ state: "held" }), clock).advice).toMatch(/releases, corrects or declines/);
  const outcome = decision("declined");
  expect(fateOf(item({ state: "declined", outcome }), clock)).toEqual({
    state: "Declined",
    advice: "Mrs Dale declined it, 08:52: “Not ours”. It does not count.",
  });
  expect(fateOf(item({ state: "released", outcome: decision("released") }), clock).advice).toMatch(/It counts as it was written/);
  expect(fateOf(item({ state: "corrected", outcome: decision("corrected") }), clock).advice).toMatch(/counts instead/);
  expect(fateOf(item({ state: "held", outcome: decision("contested") }), clock).advice).toMatch(/decided differently.*stays held/);
  expect(fateOf(item({ state: "refused" }), clock).advice).toMatch(/only on this tablet/);
});

test("a set-aside mark is named by its place in the entry", () => {
  expect(pupilOfClaim(item(), `${"0".repeat(24)}.1`)).toBe("b");
  expect(pupilOfClaim(item(), `${"0".repeat(24)}.7`)).toBeNull();
});

test("says of what the school has received whether it is backed up", () => {
  expect(backupWords(item())).toBeNull();
  expect(backupWords(item({ state: "refused" }))).toBeNull();
  expect(backupWords(item({ state: "stored", receivedAt: "x" }))).toBe("kept on this tablet until it is backed up");
  expect(backupWords(item({ state: "held", receivedAt: "x", backedUp: true }))).toBe("backed up");
});
