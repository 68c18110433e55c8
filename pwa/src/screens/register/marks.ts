/**
 * Marks as a register counts them. Every pupil of the roll is in exactly one of five groups, so
 * the five always add up to the roll; a contested cell is nobody's mark yet, and counts as unmarked.
 */
import type { Session } from "../../domain/entry.ts";
import { codeOn, presentCode } from "../../domain/codes.ts";
import { ARRIVALS } from "../../domain/register.ts";

/** Where a mark says that a pupil is. */
export type Place = "here" | "late" | "away" | "elsewhere" | "unmarked";

/** How many pupils are where, and how many of the unmarked are to check. */
export interface Counts {
  readonly here: number;
  readonly late: number;
  readonly away: number;
  readonly elsewhere: number;
  readonly unmarked: number;
  readonly roll: number;
  readonly check: number;
}

/** Which group a code belongs to; a code not in force on `date` is no mark. */
export function placeOf(code: string | null, date: string): Place {
  if (code === null) return "unmarked";
  if (code === "/" || code === "\\") return "here";
  if (ARRIVALS.has(code)) return "late";
  const row = codeOn(code, date);
  if (row === undefined) return "unmarked";
  // D: the other school is where the pupil is due, and answers for the session.
  return row.counts_as === "attending_elsewhere" || code === "D" ? "elsewhere" : "away";
}

/** Count the places of a roll; `check` pupils are among the unmarked. */
export function countPlaces(places: readonly { place: Place; check: boolean }[]): Counts {
  const of = (wanted: Place): number => places.filter(({ place }) => place === wanted).length;
  return {
    here: of("here"),
    late: of("late"),
    away: of("away"),
    elsewhere: of("elsewhere"),
    unmarked: of("unmarked"),
    roll: places.length,
    check: places.filter(({ check }) => check).length,
  };
}

/** "24 here, 2 not here, 1 elsewhere: 27 of 27. 2 to check". Late pupils are here. */
export function inWords(counts: Counts): string {
  const { here, late, away, elsewhere, unmarked, roll, check } = counts;
  const parts = [`${here + late} here`, `${away} not here`];
  if (elsewhere > 0) parts.push(`${elsewhere} elsewhere`);
  if (unmarked > 0) parts.push(`${unmarked} not marked`);
  const sum = `${parts.join(", ")}: ${roll - unmarked} of ${roll}`;
  return check > 0 ? `${sum}. ${check} to check` : sum;
}

/** A mark in a word or two, for a button or a list. */
export function markWord(code: string, session: Session): string {
  if (code === presentCode(session)) return "Here";
  const words: Readonly<Record<string, string>> = { N: "Not here", L: "Late", U: "Late, after closing" };
  return words[code] ?? code;
}
