import { describe, expect, test } from "vitest";
import { countRoll, knownMarks, markOf, overlayRoll } from "../../../pwa/src/domain/roll.ts";
import type { SheetRow } from "../../../pwa/src/domain/sheet.ts";
import { roll, row, sheet } from "../support/factory.ts";

const marked = (pupil: string, code: string, more: Partial<SheetRow> = {}): SheetRow =>
  row(pupil, { cell: { state: "agreed", code, live: ["x"], joined: [], arrived: null, recheck: false }, ...more });
const nobody = (): boolean => false;
const everybody = (): boolean => true;
const LATER = "2026-11-23T09:00:00.000Z";

describe("a fire list", () => {
  test("takes a row from a newer sheet, and leaves the others", () => {
    const base = roll(["pup-1", "pup-2"]);
    const over = overlayRoll(base, knownMarks([sheet([marked("pup-1", "/")], { as_at: LATER })], nobody));
    expect(over.rows.map((one) => one.am.state)).toEqual(["on_site", "unknown"]);
    expect(over.rows[1]).toBe(base.rows[1]);
  });

  test("stays as it is where no sheet knows better", () => {
    const base = roll(["pup-1"], { as_at: LATER });
    expect(overlayRoll(base, knownMarks([sheet([marked("pup-1", "/")])], nobody))).toBe(base);
  });

  test("takes an own entry's row from an older sheet too", () => {
    const base = roll(["pup-1"], { as_at: LATER });
    expect(overlayRoll(base, knownMarks([sheet([marked("pup-1", "L")])], everybody)).rows[0]?.am.state).toBe("on_site");
  });

  test("believes the newest of two sheets that a pupil is on", () => {
    const lesson = sheet([marked("pup-1", "I")], { as_at: LATER, group: "maths" });
    for (const sheets of [[lesson, sheet([marked("pup-1", "/")])], [sheet([marked("pup-1", "/")]), lesson]]) {
      expect(overlayRoll(roll(["pup-1"]), knownMarks(sheets, nobody)).rows[0]?.am.code).toBe("I");
    }
  });

  test("knows who left, by the afternoon's sheet first", () => {
    const am = sheet([marked("pup-1", "/", { left: "11:10" })]);
    const pm = sheet([marked("pup-1", "\\", { left: "14:30" })], { session: "PM" });
    const over = overlayRoll(roll(["pup-1"]), knownMarks([pm, am], nobody)).rows[0];
    expect(over).toMatchObject({ left: "14:30", am: { state: "off_site" }, pm: { state: "off_site" } });
    expect(overlayRoll(roll(["pup-1"]), knownMarks([am], nobody)).rows[0]?.left).toBe("11:10");
  });
});

test("the counts always add up to the roll", () => {
  const states = ["on_site", "off_site", "check", "unknown", "on_site"] as const;
  const rolls = [roll(states.map((_, index) => `pup-${index}`)), roll([])];
  for (const [index, state] of states.entries()) {
    const line = rolls[0]?.rows[index];
    if (line !== undefined) line.am = { state };
  }
  expect(countRoll(rolls, "AM")).toEqual({ onSite: 2, offSite: 1, check: 1, unknown: 1 });
  expect(countRoll(rolls, "PM")).toEqual({ onSite: 0, offSite: 0, check: 0, unknown: 5 });
});

test("a mark without its optional members is complete", () => {
  const [line] = roll(["pup-1"]).rows;
  if (line === undefined) throw new Error("The roll has no row.");
  expect(markOf({ ...line, am: { state: "check" } }, "AM")).toEqual({ state: "check", code: null, arrived: null });
});
