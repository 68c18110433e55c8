/** The headcount of one session: on site, off site, check, unknown; together always the roll. */
import { rollMark } from "../../../domain/fold.ts";
import { attendanceHundredths, tally } from "../../../domain/measures.ts";
import { markOf } from "../../../domain/roll.ts";
import type { RollRow } from "../../../generated/types.ts";
import { onRoll } from "./cells.ts";
import type { DayInput, Figures, Headcount, PupilCell, RegisterLine } from "./shapes.ts";

/** The pupils enrolled on the day. */
export function rollOf(input: DayInput): string[] {
  return [...input.cards.values()].filter((card) => onRoll(card, input.date)).map((card) => card.pupil);
}

/**
 * Where everybody on roll is held to be, as the fire list has it: from the pupil's cell, else from
 * the roll of their form. A pupil who stands on neither is unknown, never left out.
 */
export function headcount(
  input: DayInput,
  roll: readonly string[],
  cells: ReadonlyMap<string, PupilCell>,
): Headcount {
  const rows = new Map(rollRows(input).map((row) => [row.pupil, markOf(row, input.session).state]));
  const counts = { on_site: 0, off_site: 0, check: 0, unknown: 0 };
  for (const pupil of roll) {
    const at = cells.get(pupil);
    const state = at === undefined ? rows.get(pupil) : rollMark(at.cell, input.date, { left: at.row.left ?? null }).state;
    counts[state ?? "unknown"] += 1;
  }
  return { ...counts, roll: roll.length };
}

function rollRows(input: DayInput): RollRow[] {
  return [...input.rolls].filter((one) => one.date === input.date).flatMap((one) => one.rows);
}

/** The figures on top. Contested and unmarked cells lie outside the rate. */
export function figures(
  input: DayInput,
  roll: readonly string[],
  cells: ReadonlyMap<string, PupilCell>,
  lines: readonly RegisterLine[],
): Figures {
  const codes = roll.map((pupil) => cells.get(pupil)?.cell.code ?? null);
  const counts = tally(codes.map((code) => [input.date, code] as const));
  return {
    registersIn: lines.filter((line) => line.state !== "missing").length,
    registersPart: lines.filter((line) => line.state === "part").length,
    registersExpected: lines.length,
    marked: codes.filter((code) => code !== null).length,
    contested: roll.filter((pupil) => cells.get(pupil)?.cell.state === "contested").length,
    onRoll: roll.length,
    rate: attendanceHundredths(counts),
  };
}
