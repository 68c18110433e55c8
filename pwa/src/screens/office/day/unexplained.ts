/**
 * Every `N` still open, and its five school days (SI 2024/208 reg 10(7)-(9)): day 4 warns, on day 5
 * a named person may amend it to `O`, after that it is overdue. Nothing is amended by itself.
 */
import { addDays, isSchoolDay } from "../../../domain/calendar.ts";
import type { SchoolCalendar, Sheet, UnexplainedRow } from "../../../generated/types.ts";
import { cellsOf, claimsById, compare, sheetsOf, who } from "./cells.ts";
import { proposal } from "./proposal.ts";
import type { DayInput, PupilCell, UnexplainedLine } from "./shapes.ts";

const HORIZON_DAYS = 400;
const SESSIONS = ["AM", "PM"] as const;

/** Oldest first: the published list of earlier days, then every `N` of today, of both sessions. */
export function unexplained(input: DayInput, sheets: readonly Sheet[], today: string): UnexplainedLine[] {
  const rows = (input.unexplained?.rows ?? []).filter((row) => !answered(row, input));
  const known = new Set(rows.map(key));
  const fresh = SESSIONS.flatMap((session) =>
    [...cellsOf(sheetsOf(sheets, today, session)).values()].filter((at) => at.cell.code === "N").map(asRow),
  );
  const all = [...rows, ...fresh.filter((row) => !known.has(key(row)))];
  return all.map((row) => lineOf(row, input, today)).toSorted(order);
}

function order(a: UnexplainedLine, b: UnexplainedLine): number {
  return (
    compare(a.date, b.date) ||
    compare(a.session, b.session) ||
    compare(a.who.form, b.who.form) ||
    compare(a.who.sort, b.who.sort)
  );
}

function key(row: Pick<UnexplainedRow, "date" | "session" | "pupil">): string {
  return `${row.date}:${row.session}:${row.pupil}`;
}

/** Whether this device has already written the answer, and only the server has not said so yet. */
function answered(row: UnexplainedRow, input: DayInput): boolean {
  return row.live.length > 0 && row.live.every((claim) => input.replacedHere.has(claim));
}

function asRow(at: PupilCell): UnexplainedRow {
  const { sheet, cell, claims } = at;
  const live = [...(cell.live ?? []), ...(cell.joined ?? [])];
  const said = claimsById(at, live).flatMap((claim) => claim.parent_message ?? []);
  return {
    pupil: at.pupil,
    date: sheet.date,
    session: sheet.session,
    due: sheet.n_due,
    live,
    replaced: claims.flatMap((claim) => claim.replaces ?? []),
    parent_message: said.at(-1) ?? null,
  };
}

function lineOf(row: UnexplainedRow, input: DayInput, today: string): UnexplainedLine {
  const daysLeft = row.due === null ? null : daysUntil(input.school.calendar, today, row.due);
  const message = row.parent_message ?? null;
  return {
    key: key(row),
    who: who(row.pupil, input.cards),
    date: row.date,
    session: row.session,
    due: row.due,
    daysLeft,
    state: stateOf(daysLeft),
    parentMessage: message,
    proposed: proposal([], message),
    replaces: [...new Set([...row.live, ...(row.replaced ?? [])])].toSorted(),
  };
}

function stateOf(daysLeft: number | null): UnexplainedLine["state"] {
  if (daysLeft === null || daysLeft > 1) return "open";
  if (daysLeft === 1) return "warning";
  return daysLeft === 0 ? "due" : "overdue";
}

/** School days from `from` to `to`; negative when `to` has passed. Both may be days without school. */
export function daysUntil(calendar: SchoolCalendar, from: string, to: string): number {
  if (from > to) return -daysUntil(calendar, to, from);
  let days = 0;
  let date = from;
  for (let step = 0; step < HORIZON_DAYS && date < to; step += 1) {
    date = addDays(date, 1);
    if (isSchoolDay(calendar, date)) days += 1;
  }
  return days;
}
