import { expect, test } from "vitest";
import { schoolDay } from "../../../../pwa/src/screens/office/day/school-day.ts";
import { at, claim, input, MONDAY, row, sheet } from "./factories.ts";

const contested = (date: string) => sheet("g-8a", [row("ada", [claim("/"), claim("I")], { date })], { date });

test("contests and missing registers of other sessions are named, latest first; the one shown is not", () => {
  const sheets = [
    contested("2026-11-19"),
    sheet("g-8b", [row("ben", [], { date: "2026-11-20" })], { date: "2026-11-20" }),
    sheet("g-8a", [row("ada", [claim("/")])], { date: "2026-11-18" }),
    contested(MONDAY),
  ];
  expect(schoolDay(input({ sheets })).earlier).toEqual([
    { date: "2026-11-20", session: "AM", contested: 0, missing: 1 },
    { date: "2026-11-19", session: "AM", contested: 1, missing: 0 },
  ]);
  expect(schoolDay(input({ sheets, session: "PM" })).earlier[0]).toMatchObject({ date: MONDAY, contested: 1 });
});

test("a session whose register is still open is not late yet", () => {
  const sheets = [sheet("g-8a", [row("ada")])];
  const during = (time: string) => schoolDay(input({ sheets, session: "PM", now: Date.parse(at(time)) })).earlier;
  expect(during("09:10")).toEqual([]);
  expect(during("09:11")).toHaveLength(1);
});
