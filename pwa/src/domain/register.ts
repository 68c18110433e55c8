/**
 * Rules of the register that follow from times, not from anybody's choice (SI 2024/208 reg 10):
 * the twin of `schemas/register.py`. `L` or `U` follows from the arrival time and the school's
 * closing time, never from when the entry was written or synced.
 */
import { minutesBetween } from "./calendar.ts";
import type { Span } from "../generated/types.ts";

export const ARRIVALS: ReadonlySet<string> = new Set(["L", "U"]);
/** Codes that say the pupil is, or came, on site. */
export const HERE: ReadonlySet<string> = new Set(["/", "\\", "L", "U"]);

/** `L` up to and including the minute the register closes, `U` after it. */
export function lateCode(arrived: string, span: Span): "L" | "U" {
  return arrived <= span.closes ? "L" : "U";
}

/** A claim's code as it reads: `L` and `U` with a time follow the time, all else stands. */
export function codeAsRead(code: string, arrived: string | null | undefined, span: Span): string {
  return ARRIVALS.has(code) && arrived ? lateCode(arrived, span) : code;
}

/** Whole minutes from the start of the session, never negative. */
export function minutesLate(arrived: string, span: Span): number {
  return Math.max(0, minutesBetween(span.opens, arrived));
}
