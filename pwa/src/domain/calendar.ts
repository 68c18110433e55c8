/**
 * A school's calendar and register times: the twin of `schemas/calendar.py`.
 *
 * School days decide when an `N` falls due (reg 10(7)-(9)); dates are YYYY-MM-DD in the school's
 * own time zone and are counted in UTC here, where no day is longer than another.
 */
import tables from "../generated/tables.json" with { type: "json" };
import type { RegisterTimes, SchoolCalendar, Span } from "../generated/types.ts";
import type { Session } from "./entry.ts";

export type { RegisterTimes, SchoolCalendar, Span } from "../generated/types.ts";

export const N_SCHOOL_DAYS: number = tables.n_school_days;
const HORIZON_DAYS = 400;
const DAY_MS = 86_400_000;
const WORKING_WEEK: readonly number[] = [0, 1, 2, 3, 4];

/** Whole minutes from `start` to `end`, both HH:MM on one day; negative if `end` is first. */
export function minutesBetween(start: string, end: string): number {
  return minutes(end) - minutes(start);
}

function minutes(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

/** The date `days` after `date` (before it, if negative). */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The day of the week; Monday is 0. */
export function weekday(date: string): number {
  return (new Date(date).getUTCDay() + 6) % 7;
}

/** The day of the timetable on `date`, Monday 0; an extra day outside the week runs as its first. */
export function weekdayOn(calendar: SchoolCalendar, date: string): number {
  const week = calendar.weekdays ?? WORKING_WEEK;
  const day = weekday(date);
  return week.includes(day) ? day : (week[0] ?? 0);
}

/** Whether the school has sessions on `date`. */
export function isSchoolDay(calendar: SchoolCalendar, date: string): boolean {
  if (calendar.extra_days?.includes(date)) return true;
  if (!(calendar.weekdays ?? WORKING_WEEK).includes(weekday(date))) return false;
  if (calendar.closures?.some((closure) => closure.first <= date && date <= closure.last)) return false;
  return calendar.terms.some((term) => term.first <= date && date <= term.last);
}

/** Register times in force on `date`: the latest that started by then, or the first. */
export function timesOn(calendar: SchoolCalendar, date: string): RegisterTimes {
  const ordered = calendar.times.toSorted((a, b) => (a.valid_from < b.valid_from ? -1 : 1));
  const times = ordered.findLast((row) => row.valid_from <= date) ?? ordered[0];
  if (times === undefined) throw new Error("The school's calendar has no register times; import them first.");
  return times;
}

/** The register times of one session on `date`. */
export function spanOn(calendar: SchoolCalendar, date: string, session: Session): Span {
  const times = timesOn(calendar, date);
  return session === "AM" ? times.am : times.pm;
}

/** The `count`-th school day after `date`; null if the calendar does not reach it. */
export function schoolDaysAfter(calendar: SchoolCalendar, date: string, count: number): string | null {
  let left = count;
  for (let step = 1; step <= HORIZON_DAYS; step += 1) {
    const day = addDays(date, step);
    if (isSchoolDay(calendar, day)) left -= 1;
    if (left === 0) return day;
  }
  return null;
}

/** Up to `count` school days before `date`, latest first. */
export function schoolDaysBefore(calendar: SchoolCalendar, date: string, count: number): string[] {
  const found: string[] = [];
  for (let step = 1; step <= HORIZON_DAYS && found.length < count; step += 1) {
    const day = addDays(date, -step);
    if (isSchoolDay(calendar, day)) found.push(day);
  }
  return found;
}

/** The school day by which an `N` of `date` must be resolved. */
export function nDue(calendar: SchoolCalendar, date: string): string | null {
  return schoolDaysAfter(calendar, date, N_SCHOOL_DAYS);
}
