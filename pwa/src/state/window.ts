/** The window: the days and half-terms whose documents a tablet keeps, though no feed tells of their end. */
import { addDays, halfTermWindow, schoolDaysBefore } from "../domain/calendar.ts";
import type { SchoolCalendar } from "../generated/types.ts";
import { historyOf } from "../store/published.ts";
import type { Window } from "../store/replica.ts";

/** School days before today whose sheets the server gives to the desk, the most it gives to anybody. */
const SERVED_DAYS = 5;
/** Days before today whose sheets, and whose fire lists, are kept at least. */
const SHEET_DAYS = 14;
const ROLL_DAYS = 7;

function earliest(date: string, other = date): string {
  return other < date ? other : date;
}

/** The window on `today`, the school's date: across a holiday it reaches back as far as the server's. */
export function windowAt(today: string, calendar: SchoolCalendar | null): Window {
  const before = calendar === null ? [] : schoolDaysBefore(calendar, today, SERVED_DAYS);
  return {
    sheetsFrom: earliest(addDays(today, -SHEET_DAYS), before.at(-1)),
    rollsFrom: earliest(addDays(today, -ROLL_DAYS), before[0]),
    halves: calendar === null ? null : halfTermWindow(calendar, today).map(({ first }) => first),
  };
}

/** Whether a document lies outside the window; ids begin with the kind and a date. */
export function isBefore(id: string, { sheetsFrom, rollsFrom, halves }: Window): boolean {
  const history = historyOf(id);
  if (history !== null) return halves !== null && !halves.includes(history.half);
  return (id.startsWith("sheet:") && id < `sheet:${sheetsFrom}`) || (id.startsWith("roll:") && id < `roll:${rollsFrom}`);
}
