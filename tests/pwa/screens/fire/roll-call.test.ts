import { expect, test } from "vitest";
import { callRow, progress, rollsOf, shows } from "../../../../pwa/src/screens/fire/roll-call.ts";
import type { Roll, RollMark, RollRow } from "../../../../pwa/src/generated/types.ts";

const UNKNOWN: RollMark = { state: "unknown", code: null, arrived: null };

function rollRow(pupil: string, am: RollMark, pm: RollMark = UNKNOWN, left: string | null = null): RollRow {
  return { pupil, known_as: pupil, surname: "Test", am, pm, left };
}

const HERE: RollMark = { state: "on_site", code: "/" };
const ROWS = [
  rollRow("on", HERE, { state: "on_site", code: "\\" }),
  rollRow("off", HERE, { state: "off_site", code: "V" }),
  rollRow("check", HERE, { state: "check", code: null }),
  rollRow("absent", HERE, { state: "unknown", code: "N" }),
  rollRow("before", HERE),
  rollRow("gone", HERE, UNKNOWN, "11:30"),
  rollRow("never", UNKNOWN),
];

test("looked for: on site, to check, and everybody of whom nobody has said anything yet", () => {
  const lines = ROWS.map((row) => callRow(row, "PM", {}));
  expect(lines.filter(({ expected }) => expected).map(({ row }) => row.pupil)).toEqual(["on", "check", "before", "never"]);
  expect(lines.filter(({ hereBefore }) => hereBefore).map(({ row }) => row.pupil)).toEqual(["before"]);
});

test("a form whose register is not taken is looked for in full, and nobody in it is called on site", () => {
  expect(callRow(rollRow("x", UNKNOWN), "AM", {})).toMatchObject({ state: "unknown", noMark: true, expected: true });
  expect(callRow(rollRow("x", { state: "unknown", code: "N" }), "AM", {})).toMatchObject({ noMark: false, expected: false });
});

test("ticks are counted among those looked for, and take a pupil off the list of the missing", () => {
  const lines = ROWS.map((row) => callRow(row, "PM", { on: "2026-11-23T10:00:00.000Z", off: "2026-11-23T10:00:00.000Z" }));
  expect(progress(lines)).toEqual({ expected: 4, ticked: 1 });
  const shown = (filter: "expected" | "missing" | "everyone"): number => lines.filter((line) => shows(line, filter)).length;
  expect([shown("expected"), shown("missing"), shown("everyone")]).toEqual([4, 3, 7]);
});

test("today's lists are called, in the order of their names; else the latest there are", () => {
  const roll = (date: string, form: string): Roll => ({
    _id: `roll:${date}:${form}`,
    date,
    form,
    form_name: form,
    room: "R1",
    rows: [],
    as_at: `${date}T08:00:00.000Z`,
  });
  const all = [roll("2026-11-20", "7B"), roll("2026-11-23", "10A"), roll("2026-11-23", "7B")];
  expect(rollsOf(all, "2026-11-23").map(({ form_name }) => form_name)).toEqual(["7B", "10A"]);
  expect(rollsOf(all, "2026-11-21").map(({ date }) => date)).toEqual(["2026-11-20"]);
  expect(rollsOf([], "2026-11-21")).toEqual([]);
});
