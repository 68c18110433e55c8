import { describe, expect, test } from "vitest";
import { lastHeard, lateness, sessionAt } from "../../../../pwa/src/screens/office/day/registers.ts";
import { schoolDay } from "../../../../pwa/src/screens/office/day/school-day.ts";
import type { Contact } from "../../../../pwa/src/screens/office/day/shapes.ts";
import { at, claim, group, input, MONDAY, row, school, sheet, taking } from "./factories.ts";

function contact(more: Partial<Contact> = {}): Contact {
  return { person: "t-ash", name: "Mr Ash", device: "tab-1", last_contact: at("09:29"), waiting: 0, ...more };
}

describe("registers in, in part and missing", () => {
  test("a register is in when a taking stands and everybody listed is marked", () => {
    const day = schoolDay(input({ sheets: [sheet("g-8a", [row("ada", [claim("/")]), row("ben", [claim("N")])])] }));
    expect(day.registers.map((line) => line.state)).toEqual(["in"]);
    expect(day.missing).toEqual([]);
  });

  test("part while a listed pupil is unmarked, and it names them; a guest without a mark is no gap", () => {
    const rows = [row("ada", [claim("/")]), row("ben"), row("cai", [], { listed: false })];
    const day = schoolDay(input({ sheets: [sheet("g-8a", rows)] }));
    expect(day.part).toMatchObject([{ name: "8A", unmarked: [{ name: "Ben Marsh" }] }]);
    expect(day.figures).toMatchObject({ registersIn: 1, registersPart: 1 });
  });

  test("a contested pupil has been marked", () => {
    const rows = [row("ada", [claim("/"), claim("I")])];
    expect(schoolDay(input({ sheets: [sheet("g-8a", rows)] })).registers[0]?.state).toBe("in");
  });

  test("marks without a taking are no register; voided and held ones speak not", () => {
    const rows = [row("ada", [claim("L", { kind: "arrival.recorded", arrived: "09:00" })]), row("ben")];
    const amended = [taking({ kind: "mark.amended" })];
    const voided = [taking({ voided: "wrong day" })];
    const none = [taking({ claims: 0 })];
    for (const takings of [[], amended, voided, none]) {
      const day = schoolDay(input({ sheets: [sheet("g-8a", rows, { takings })] }));
      expect(day.missing.map((line) => line.name)).toEqual(["8A"]);
    }
  });

  test("where everybody had been signed in before, an amendment is the register", () => {
    const rows = [row("ada", [claim("L", { kind: "arrival.recorded", arrived: "09:00" })])];
    const takings = [taking({ kind: "mark.amended" })];
    expect(schoolDay(input({ sheets: [sheet("g-8a", rows, { takings })] })).missing).toEqual([]);
  });

  test("a group that meets is expected before its sheet has come, one that does not is not", () => {
    const groups = new Map([
      ["g-8a", group("g-8a", ["ada"])],
      ["g-ma", group("g-ma", ["ben"], { meets: [{ weekday: 0, session: "PM" }] })],
    ]);
    expect(schoolDay(input({ groups })).missing.map((line) => line.name)).toEqual(["8A"]);
    expect(schoolDay(input({ groups, session: "PM" })).missing.map((line) => line.name)).toEqual(["8A", "MA"]);
    expect(schoolDay(input({ groups, date: "2026-11-22" })).registers).toEqual([]);
  });

  test("for an earlier day only its sheets are expected: the timetable may have changed", () => {
    expect(schoolDay(input({ date: "2026-11-20" })).registers).toEqual([]);
  });

  test("names sort as people read them", () => {
    const sheets = ["g-10a", "g-8b", "g-7c"].map((id) => sheet(id, []));
    const groups = new Map(["g-10a", "g-8b", "g-7c"].map((id) => [id, group(id, [])]));
    expect(schoolDay(input({ sheets, groups })).registers.map((line) => line.name)).toEqual(["7C", "8B", "10A"]);
  });
});

describe("a missing register", () => {
  test("names group, room, extension, who takes it, and how late it is", () => {
    const [line] = schoolDay(input({ sheets: [sheet("g-8a", [row("ada")])], contacts: [contact()] })).missing;
    expect(line).toMatchObject({
      name: "8A",
      room: "12",
      extension: "212",
      takerName: "Mr Ash",
      reassigned: false,
      lateness: { kind: "late", minutes: 20 },
      lastHeard: { last_contact: at("09:29") },
    });
  });

  test("reassigned: the sheet's taker, by name", () => {
    const reassigned = sheet("g-8a", [row("ada")], { taker: "t-cover", taker_name: null });
    const [line] = schoolDay(input({ sheets: [reassigned] })).missing;
    expect(line).toMatchObject({ taker: "t-cover", takerName: "Mx Cover", reassigned: true, lastHeard: null });
  });

  test("before its time, open, late, and on an earlier day", () => {
    const times = ["09:10", "08:40"] as const;
    expect(lateness(MONDAY, ...times, { date: MONDAY, time: "08:39" })).toEqual({ kind: "upcoming", opens: "08:40" });
    expect(lateness(MONDAY, ...times, { date: MONDAY, time: "08:40" })).toEqual({ kind: "open", closes: "09:10" });
    expect(lateness(MONDAY, ...times, { date: MONDAY, time: "09:10" })).toEqual({ kind: "open", closes: "09:10" });
    expect(lateness(MONDAY, ...times, { date: MONDAY, time: "09:11" })).toEqual({ kind: "late", minutes: 1 });
    expect(lateness(MONDAY, ...times, { date: "2026-11-24", time: "08:00" })).toEqual({ kind: "earlier_day" });
    expect(lateness("2026-11-24", ...times, { date: MONDAY, time: "10:00" })).toMatchObject({ kind: "upcoming" });
  });

  test("the newest contact of any of a person's tablets", () => {
    const contacts = [contact({ last_contact: at("08:00") }), contact({ device: "tab-2", last_contact: at("08:50") })];
    expect(lastHeard(contacts, "t-ash")?.device).toBe("tab-2");
    expect(lastHeard(contacts, "t-birch")).toBeNull();
    expect(lastHeard(null, "t-ash")).toBeNull();
  });
});

describe("silent tablets", () => {
  const missing = [sheet("g-8a", [row("ada")])];

  test("not known while the server cannot be asked", () => {
    expect(schoolDay(input({ sheets: missing, contacts: null })).silent).toBeNull();
  });

  test("a register is missing and its taker was not heard for ten minutes, or ever", () => {
    const quiet = schoolDay(input({ sheets: missing, contacts: [contact({ last_contact: at("09:19") })] }));
    expect(quiet.silent).toMatchObject([{ name: "Mr Ash", lastContact: at("09:19"), registers: ["8A"] }]);
    const never = schoolDay(input({ sheets: missing, contacts: [] }));
    expect(never.silent).toMatchObject([{ name: "Mr Ash", device: null, lastContact: null, registers: ["8A"] }]);
    const heard = schoolDay(input({ sheets: missing, contacts: [contact({ last_contact: at("09:21") })] }));
    expect(heard.silent).toEqual([]);
  });

  test("nobody is silent about a register that has not opened, or of an earlier day", () => {
    const later = { sheets: missing, contacts: [] };
    expect(schoolDay(input({ ...later, now: Date.parse(at("08:30")) })).silent).toEqual([]);
    const friday = sheet("g-8a", [row("ada")], { date: "2026-11-20" });
    expect(schoolDay(input({ date: "2026-11-20", sheets: [friday], contacts: [] })).silent).toEqual([]);
  });

  test("one that was last heard with entries to send comes first, missing register or not", () => {
    const contacts = [
      contact({ last_contact: at("08:50") }),
      contact({ person: "t-birch", name: "Ms Birch", device: "tab-3", last_contact: at("08:55"), waiting: 2 }),
      contact({ person: "t-cover", name: "Mx Cover", device: "tab-4", last_contact: at("07:00") }),
      contact({ person: "o-dale", name: "Mrs Dale", device: "tab-5", last_contact: at("09:29"), waiting: 3 }),
    ];
    const day = schoolDay(input({ sheets: missing, contacts }));
    expect(day.silent?.map((line) => [line.name, line.waiting])).toEqual([
      ["Ms Birch", 2],
      ["Mr Ash", 0],
    ]);
  });
});

test("the office works on the morning until the afternoon's register opens", () => {
  expect(sessionAt(school(), MONDAY, "07:00")).toBe("AM");
  expect(sessionAt(school(), MONDAY, "12:59")).toBe("AM");
  expect(sessionAt(school(), MONDAY, "13:00")).toBe("PM");
});
