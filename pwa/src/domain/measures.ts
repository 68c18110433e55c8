/** Attendance measures in integers until the last step: the twin of `schemas/measures.py`. */
import { codeOn } from "./codes.ts";
import type { StatisticalClass } from "./codes.ts";
import type { Tally as PublishedTally } from "../generated/types.ts";

/** Sessions counted by class. `unmarked` lies outside every rate. */
export interface Tally {
  attended: number;
  authorised: number;
  unauthorised: number;
  late: number;
  not_counted: number;
  unmarked: number;
}

const FIELD: Readonly<Record<StatisticalClass, keyof Tally>> = {
  present: "attended",
  attending_elsewhere: "attended",
  authorised: "authorised",
  unauthorised: "unauthorised",
  not_possible: "not_counted",
  administrative: "not_counted",
};

const NOTHING: Readonly<Tally> = { attended: 0, authorised: 0, unauthorised: 0, late: 0, not_counted: 0, unmarked: 0 };

/** A published tally, where a count that is not there is 0. */
export function counted(published: PublishedTally): Tally {
  return { ...NOTHING, ...published };
}

/** Sessions in the denominator. */
export function possible(counts: Tally): number {
  return counts.attended + counts.authorised + counts.unauthorised;
}

/** Attendance in hundredths of a percent, half up; null when nothing was possible. */
export function attendanceHundredths(counts: Tally): number | null {
  const total = possible(counts);
  return total === 0 ? null : Math.floor((20_000 * counts.attended + total) / (2 * total));
}

/** Missed 10 % or more of possible sessions: `10 * absent >= possible > 0`. */
export function persistentlyAbsent(counts: Tally): boolean {
  return missed(counts, 10);
}

/** Missed half or more: `2 * absent >= possible > 0`. */
export function severelyAbsent(counts: Tally): boolean {
  return missed(counts, 2);
}

function missed(counts: Tally, times: number): boolean {
  const total = possible(counts);
  return total > 0 && times * (counts.authorised + counts.unauthorised) >= total;
}

/**
 * Count `[date, code]` pairs; a code of null (unmarked or contested) is `unmarked`, and so is one
 * that was not in force on its date: it is somebody's to correct.
 */
export function tally(marks: Iterable<readonly [date: string, code: string | null]>): Tally {
  const counts: Tally = { ...NOTHING };
  for (const [date, code] of marks) {
    const row = code === null ? undefined : codeOn(code, date);
    counts[row === undefined ? "unmarked" : FIELD[row.counts_as]] += 1;
    if (row !== undefined && (code === "L" || code === "U")) counts.late += 1;
  }
  return counts;
}
