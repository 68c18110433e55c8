import { describe, expect, test } from "vitest";
import { array, assert as holds, constantFrom, integer, property, tuple } from "fast-check";
import { datesHeld, schoolDay } from "../../../../pwa/src/screens/office/day/school-day.ts";
import { at, card, claim, input, MONDAY, row, sheet, taking } from "./factories.ts";

describe("the figures on top", () => {
  test("an empty morning: one register expected, nobody marked, no rate", () => {
    const day = schoolDay(input());
    expect(day.figures).toEqual({
      registersIn: 0,
      registersPart: 0,
      registersExpected: 1,
      marked: 0,
      contested: 0,
      onRoll: 2,
      rate: null,
    });
    expect(day).toMatchObject({ isToday: true, schoolDay: true, asAt: null });
  });

  test("marks count, and the rate is a ratio of sums", () => {
    const rows = [row("ada", [claim("/")]), row("ben", [claim("I")])];
    const day = schoolDay(input({ sheets: [sheet("g-8a", rows)] }));
    expect(day.figures).toMatchObject({ registersIn: 1, registersPart: 0, marked: 2, onRoll: 2, rate: 5000 });
    expect(day.asAt).toBe(at("09:20"));
  });

  test("contested and unmarked lie outside the rate, and are not marked", () => {
    const rows = [row("ada", [claim("/")]), row("ben", [claim("/"), claim("I")])];
    const day = schoolDay(input({ sheets: [sheet("g-8a", rows)] }));
    expect(day.figures).toMatchObject({ marked: 1, contested: 1, rate: 10_000 });
  });

  test("a session that is not possible counts as marked and stays out of the rate", () => {
    const rows = [row("ada", [claim("/")]), row("ben", [claim("D")])];
    expect(schoolDay(input({ sheets: [sheet("g-8a", rows)] })).figures).toMatchObject({ marked: 2, rate: 10_000 });
  });

  test("the roll is who is enrolled on the day; a leaver's last day still counts", () => {
    const cards = [
      card("ada", { enrolled_to: MONDAY }),
      card("ben", { enrolled_to: "2026-11-20" }),
      card("cai", { enrolled_from: "2026-11-24" }),
    ];
    const day = schoolDay(input({ cards: new Map(cards.map((one) => [one.pupil, one])) }));
    expect(day.figures.onRoll).toBe(1);
    expect(day.headcount.roll).toBe(1);
  });

  test("another session's sheets and another day's say nothing about this one", () => {
    const other = sheet("g-8a", [row("ada", [claim("\\")], { session: "PM" })], { session: "PM" });
    const earlier = sheet("g-8a", [row("ada", [claim("/")])], { date: "2026-11-20" });
    expect(schoolDay(input({ sheets: [other, earlier] })).figures.marked).toBe(0);
  });
});

describe("one cell a pupil", () => {
  test("of two sheets that show a pupil, the newer is read", () => {
    const old = sheet("g-8a", [row("ada", [claim("N")])]);
    const fresh = sheet("g-ma", [row("ada", [claim("/")], { listed: false })], { as_at: at("09:25") });
    expect(schoolDay(input({ sheets: [fresh, old] })).toFind).toEqual([]);
    expect(schoolDay(input({ sheets: [old, fresh] })).toFind).toEqual([]);
  });

  test("of two equally new, the one that lists the pupil", () => {
    const listed = sheet("g-8a", [row("ada", [claim("/")])]);
    const guest = sheet("g-ma", [row("ada", [], { listed: false })]);
    expect(schoolDay(input({ sheets: [guest, listed] })).figures.marked).toBe(1);
    expect(schoolDay(input({ sheets: [listed, guest] })).figures.marked).toBe(1);
  });
});

describe("the headcount", () => {
  test("on site, off site, check and unknown", () => {
    const ids = ["ada", "ben", "cai", "dot", "eve", "fay"];
    const rows = [
      row("ada", [claim("/")]),
      row("ben", [claim("V")]),
      row("cai", [claim("/"), claim("I")]),
      row("dot", [claim("N")]),
      row("eve", [claim("/")], { left: "10:40" }),
    ];
    const cards = new Map(ids.map((pupil) => [pupil, card(pupil)]));
    const day = schoolDay(input({ cards, sheets: [sheet("g-8a", rows)] }));
    expect(day.headcount).toEqual({ on_site: 1, off_site: 2, check: 1, unknown: 2, roll: 6 });
  });

  test("a pupil on no sheet is where their form's roll has them", () => {
    const mark = { state: "on_site" as const, code: "/" };
    const nowhere = { state: "unknown" as const };
    const roll = {
      _id: `roll:${MONDAY}:g-8a`,
      date: MONDAY,
      form: "g-8a",
      form_name: "8A",
      room: "12",
      as_at: at("09:00"),
      rows: [{ pupil: "ada", known_as: "Ada", surname: "Marsh", am: mark, pm: nowhere }],
    };
    expect(schoolDay(input({ rolls: [roll] })).headcount).toMatchObject({ on_site: 1, unknown: 1 });
    expect(schoolDay(input({ rolls: [{ ...roll, date: "2026-11-20" }] })).headcount).toMatchObject({ unknown: 2 });
  });

  test("always adds up to the roll, whatever is said", () => {
    const codes = constantFrom("/", "L", "N", "I", "V", "O", "D", "?");
    const cells = array(tuple(integer({ min: 0, max: 9 }), array(codes, { maxLength: 3 })), { maxLength: 12 });
    holds(
      property(cells, integer({ min: 0, max: 9 }), (said, size) => {
        const cards = new Map(Array.from({ length: size }, (_, n) => [`p${n}`, card(`p${n}`)]));
        const rows = said.map(([n, list]) => row(`p${n}`, list.map((code) => claim(code))));
        const { headcount: h, figures } = schoolDay(input({ cards, sheets: [sheet("g-8a", rows)] }));
        expect(h.on_site + h.off_site + h.check + h.unknown).toBe(size);
        expect(h.roll).toBe(size);
        expect(figures.marked + figures.contested).toBeLessThanOrEqual(size);
      }),
    );
  });
});

describe("days held", () => {
  test("latest first, today always, none to come", () => {
    const days = [sheet("g-8a", [], { date: "2026-11-20" }), sheet("g-8a", [], { date: "2026-11-24" })];
    expect(datesHeld(days, MONDAY)).toEqual([MONDAY, "2026-11-20"]);
  });

  test("an earlier day's page is not today's", () => {
    const day = schoolDay(input({ date: "2026-11-20", sheets: [sheet("g-8a", [], { date: "2026-11-20", takings: [taking()] })] }));
    expect(day).toMatchObject({ isToday: false, schoolDay: true });
    expect(schoolDay(input({ date: "2026-11-22" })).schoolDay).toBe(false);
  });
});
