import { describe, expect, test } from "vitest";
import { movements } from "../../../../pwa/src/screens/office/day/movements.ts";
import { replacedBy, undoneBy } from "../../../../pwa/src/screens/office/day/own.ts";
import type { OwnEntry } from "../../../../pwa/src/screens/office/day/own.ts";
import { plansOf } from "../../../../pwa/src/screens/office/day/plans.ts";
import type { NewBody } from "../../../../pwa/src/domain/entry.ts";
import { at, card, claim, MONDAY, row, sheet } from "./factories.ts";

const CARDS = new Map(["ada", "ben"].map((pupil) => [pupil, card(pupil)]));

const SAID = { author: "o-dale", role: "attendance_officer", device: "desk", written_at: at("09:05") } as const;

function own(id: string, body: NewBody, more: Partial<OwnEntry> = {}): OwnEntry {
  return { id, body: { ...SAID, ...body }, state: "waiting", reason: null, receivedAt: null, ...more };
}

function arrival(pupil: string, arrived: string): NewBody {
  const one = { pupil, code: "L", arrived, observed_at: at("09:05"), remark: "Bus" };
  return { kind: "arrival.recorded", date: MONDAY, session: "AM", claims: [one] };
}

function departure(pupil: string, left: string, date = MONDAY): NewBody {
  return { kind: "departure.recorded", date, session: "AM", pupil, left, left_with: null, reason: "Dentist" };
}

function undo(entry: string): NewBody {
  return { kind: "register.voided", date: MONDAY, session: "AM", entry, reason: "Wrong pupil" };
}

function of(entries: OwnEntry[], sheets: ReturnType<typeof sheet>[] = []): ReturnType<typeof movements> {
  return movements({ date: MONDAY, sheets, cards: CARDS, entries });
}

describe("who came and went", () => {
  test("own records show at once, newest first, also of a pupil on no sheet", () => {
    const list = of([own("e:1", arrival("ada", "09:05")), own("e:2", departure("ben", "10:30"))]);
    expect(list).toMatchObject([
      { what: "departure", who: { name: "Ben Marsh" }, time: "10:30", words: "Dentist", state: "here", entry: "e:2" },
      { what: "arrival", who: { name: "Ada Marsh" }, time: "09:05", code: "L", words: "Bus", state: "here" },
    ]);
  });

  test("received, held and refused are told apart, with the reason", () => {
    const list = of([
      own("e:1", arrival("ada", "09:01"), { state: "stored", receivedAt: at("09:06") }),
      own("e:2", arrival("ada", "09:02"), { state: "held", reason: "Not on roll." }),
      own("e:3", arrival("ada", "09:03"), { state: "refused", reason: "Too large." }),
    ]);
    expect(list.map((one) => [one.state, one.problem])).toEqual([
      ["refused", "Too large."],
      ["held", "Not on roll."],
      ["received", null],
    ]);
  });

  test("what others recorded comes from the sheets; what is on both is one line", () => {
    const theirs = claim("L", { kind: "arrival.recorded", arrived: "09:02", entry: "e:9", author_name: "Mr Gate" });
    const mine = claim("L", { kind: "arrival.recorded", arrived: "09:05", entry: "e:1" });
    const gone = { entry: "e:2", left: "10:30", left_with: "His aunt", reason: "Dentist", by_name: "Mr Gate" };
    const page = sheet("g-8a", [row("ada", [mine]), row("ben", [theirs], { left: "10:30", departure: gone })]);
    const list = of([own("e:1", arrival("ada", "09:05")), own("e:2", departure("ben", "10:30"))], [page]);
    expect(list.map((one) => [one.what, one.who.pupil, one.by])).toEqual([
      ["departure", "ben", null],
      ["arrival", "ada", null],
      ["arrival", "ben", "Mr Gate"],
    ]);
    expect(of([], [page]).find((one) => one.what === "departure")).toMatchObject({
      words: "Dentist. With: His aunt",
      state: "received",
      by: "Mr Gate",
      entry: "e:2",
    });
  });

  test("an arrival amended since, or taken back, says so", () => {
    const first = claim("L", { kind: "arrival.recorded", arrived: "09:05", entry: "e:1" });
    const later = claim("N", { kind: "mark.amended", replaces: [first.id], entry: "e:3" });
    const page = sheet("g-8a", [row("ada", [first, later])]);
    expect(of([own("e:1", arrival("ada", "09:05"))], [page])).toMatchObject([{ state: "amended" }]);
    expect(of([], [page])).toMatchObject([{ state: "amended" }]);
    const voided = sheet("g-8a", [row("ada", [claim("L", { kind: "arrival.recorded", arrived: "09:05", verdict: "voided" })])]);
    expect(of([], [voided])).toMatchObject([{ state: "undone" }]);
    expect(of([own("e:3", undo("e:2")), own("e:2", departure("ben", "10:30"))])).toMatchObject([{ state: "undone" }]);
  });

  test("another day's are not today's", () => {
    expect(of([own("e:1", departure("ben", "10:30", "2026-11-20"))])).toEqual([]);
  });
});

describe("own entries", () => {
  test("what they replace is answered, unless they are held or refused", () => {
    const body: NewBody = {
      kind: "mark.amended",
      date: MONDAY,
      session: "AM",
      reason: "Mother rang",
      claims: [{ pupil: "ada", code: "I", observed_at: at("09:05"), replaces: ["a.0"] }],
    };
    expect([...replacedBy([own("e:1", body)])]).toEqual(["a.0"]);
    expect([...replacedBy([own("e:1", body, { state: "held" })])]).toEqual([]);
    expect([...replacedBy([own("e:1", departure("ada", "10:00"))])]).toEqual([]);
    expect([...undoneBy([own("e:2", undo("e:1")), own("e:3", undo("e:9"), { state: "refused" })])]).toEqual(["e:1"]);
  });
});

describe("planned codes of a day", () => {
  const plan = { entry: "e:5", code: "M", source: "Hospital letter", by_name: "Mrs Dale" };

  test("one line a plan, with its sessions, and the days this device knows of", () => {
    const sheets = [
      sheet("g-8a", [row("ada", [], { planned: [plan] })]),
      sheet("g-8a", [row("ada", [], { planned: [plan], session: "PM" })], { session: "PM" }),
      sheet("g-8a", [row("ada", [], { planned: [plan] })], { date: "2026-11-20" }),
    ];
    expect(plansOf({ date: MONDAY, sheets, cards: CARDS, entries: [] })).toMatchObject([
      { who: { name: "Ada Marsh" }, code: "M", sessions: ["AM", "PM"], first: "2026-11-20", last: MONDAY, by: "Mrs Dale" },
    ]);
  });

  test("an own plan knows all of its days; one withdrawn here is gone", () => {
    const sheets = [sheet("g-8a", [row("ada", [], { planned: [plan] })])];
    const recorded = own("e:5", {
      kind: "planned.recorded",
      pupil: "ada",
      first: MONDAY,
      last: "2026-12-04",
      sessions: ["AM"],
      code: "M",
      source: "Hospital letter",
    });
    const source = { date: MONDAY, sheets, cards: CARDS };
    expect(plansOf({ ...source, entries: [recorded] })).toMatchObject([{ first: MONDAY, last: "2026-12-04" }]);
    const withdrawn = own("e:6", {
      kind: "planned.withdrawn",
      entry: "e:5",
      pupil: "ada",
      first: MONDAY,
      last: MONDAY,
      reason: "Cancelled",
    });
    expect(plansOf({ ...source, entries: [withdrawn] })).toEqual([]);
  });
});
