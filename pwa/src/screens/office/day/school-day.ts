/** The school at one session of one day: everything the office's page shows, from documents alone. */
import { isSchoolDay } from "../../../domain/calendar.ts";
import { localMoment } from "../../../domain/time.ts";
import type { Sheet } from "../../../generated/types.ts";
import { cellsOf, sheetsOf } from "./cells.ts";
import { contests, offSite, rechecks } from "./contests.ts";
import { stillOpen } from "./earlier.ts";
import { toFind } from "./find.ts";
import { figures, headcount, rollOf } from "./headcount.ts";
import { registers } from "./registers.ts";
import type { DayInput, SchoolDay } from "./shapes.ts";
import { silent } from "./tablets.ts";
import { unexplained } from "./unexplained.ts";

/** Pure: the same documents at the same moment give the same page. */
export function schoolDay(input: DayInput): SchoolDay {
  const all = [...input.sheets];
  const zone = input.school.calendar.time_zone ?? "Europe/London";
  const local = localMoment(input.now, zone);
  const sheets = sheetsOf(all, input.date, input.session);
  const cells = cellsOf(sheets);
  const morning = input.session === "PM" ? cellsOf(sheetsOf(all, input.date, "AM")) : new Map();
  const lines = registers(input, sheets, local);
  const missing = lines.filter((line) => line.state === "missing");
  const roll = rollOf(input);
  return {
    date: input.date,
    session: input.session,
    now: input.now,
    isToday: input.date === local.date,
    schoolDay: isSchoolDay(input.school.calendar, input.date),
    asAt: newest(sheets),
    figures: figures(input, roll, cells, lines),
    registers: lines,
    missing,
    part: lines.filter((line) => line.state === "part"),
    toFind: toFind(input, cells, morning),
    contested: contests(input, cells),
    rechecks: rechecks(input, cells),
    offSite: offSite(input, cells),
    unexplained: unexplained(input, all, local.date),
    silent: silent(input, missing),
    headcount: headcount(input, roll, cells),
    earlier: stillOpen(all, input, local),
  };
}

function newest(sheets: readonly Sheet[]): string | null {
  return sheets.map((sheet) => sheet.as_at).toSorted().at(-1) ?? null;
}

/** Dates with a sheet on this device, up to `today`, latest first; today is always among them. */
export function datesHeld(sheets: Iterable<Sheet>, today: string): string[] {
  const dates = new Set([today, ...[...sheets].map((sheet) => sheet.date)]);
  return [...dates].filter((date) => date <= today).toSorted().toReversed();
}
