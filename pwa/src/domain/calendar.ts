/**
 * A school's calendar and register times: the twin of `schemas/calendar.py`.
 *
 * School days decide when an `N` falls due (reg 10(7)-(9)); half-terms, what a tablet holds. Dates are YYYY-MM-DD in the school's
 * own time zone and are counted in UTC here, where no day is longer than another.
 */
import tables from "../generated/tables.json" with { type: "json" };
import type { HalfTerm, RegisterTimes, SchoolCalendar, Span } from "../generated/types.ts";
import type { Session } from "./entry.ts";

export type { HalfTerm, RegisterTimes, SchoolCalendar, Span } from "../generated/types.ts";

export const N_SCHOOL_DAYS: number = tables.n_school_days;
const HALF_TERM_DAYS: number = tables.half_term_days;
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

const halfTermsOf = new WeakMap<SchoolCalendar, readonly HalfTerm[]>();

/** Every half-term, in order: terms, cut by a holiday of a week or more in their middle. */
export function halfTerms(calendar: SchoolCalendar): readonly HalfTerm[] {
  const known = halfTermsOf.get(calendar) ?? cutTerms(calendar);
  halfTermsOf.set(calendar, known);
  return known;
}

/** This half-term and the last, latest first: in the holidays, the two before them. */
export function halfTermWindow(calendar: SchoolCalendar, today: string): HalfTerm[] {
  return halfTerms(calendar)
    .filter((half) => half.first <= today)
    .slice(-2)
    .toReversed();
}

type Term = SchoolCalendar["terms"][number];

/** A half-term runs until the next begins, so that every school day lies in exactly one. */
function cutTerms(calendar: SchoolCalendar): HalfTerm[] {
  const extra = calendar.extra_days ?? [];
  const edges = [...extra, ...calendar.terms.flatMap((term) => [term.first, term.last])].toSorted();
  const [from, to] = [edges[0] ?? "", edges.at(-1) ?? ""];
  const starts = startsOf(calendar, from, to);
  const [earliest] = starts;
  if (earliest === undefined) return [];
  const first = extra.filter((day) => day < earliest.date).toSorted()[0] ?? earliest.date;
  return starts.map(({ date, term }, index) => {
    const next = starts[index + 1];
    const same = starts.filter((one) => one.term === term);
    return {
      first: index === 0 ? first : date,
      last: next === undefined ? to : addDays(next.date, -1),
      name: partName(term, same.findIndex((one) => one.date === date), same.length),
    };
  });
}

interface Start {
  date: string;
  term: Term;
}

/** The first day of each half-term with its term. */
function startsOf(calendar: SchoolCalendar, from: string, to: string): Start[] {
  const week = new Set(calendar.weekdays ?? WORKING_WEEK);
  const planned = (calendar.closures ?? []).filter(({ kind }) => kind !== "unplanned");
  const enough = Math.min(HALF_TERM_DAYS, week.size);
  const starts: Start[] = [];
  let current: Term | undefined;
  let off = 0;
  let holiday = false;
  for (let date = from; date <= to; date = addDays(date, 1)) {
    const on = date;
    const term = calendar.terms.find((one) => one.first <= on && on <= one.last);
    if (term === undefined || !week.has(weekday(date))) continue;
    const closed = planned.filter((one) => one.first <= on && on <= one.last);
    if (closed.length > 0) {
      off += 1;
      holiday ||= closed.some(({ kind }) => kind === "holiday");
      continue;
    }
    if (term !== current || (holiday && off >= enough)) starts.push({ date, term });
    [current, off, holiday] = [term, 0, false];
  }
  return starts;
}

function partName(term: Term, index: number, parts: number): string {
  if (parts === 1) return term.name;
  if (parts === 2) return `${term.name}, ${index === 0 ? "first" : "second"} half`;
  return `${term.name}, part ${index + 1}`;
}
