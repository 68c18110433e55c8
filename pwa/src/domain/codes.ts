/**
 * The attendance codes, as dated data (SI 2024/208 reg 10): the twin of `schemas/codes.py`.
 * A code is looked up *as of a date*: the same letter meant other things in other years.
 */
import tables from "../generated/tables.json" with { type: "json" };
import { mayUseCode } from "./policy.ts";
import type { Role, Session } from "./entry.ts";
import type { StatisticalClass } from "../generated/types.ts";

export type { StatisticalClass } from "../generated/types.ts";

/** One code through one span of dates, both inclusive; `valid_to` null: still in force. */
export interface AttendanceCode {
  readonly code: string;
  readonly meaning: string;
  readonly counts_as: StatisticalClass;
  readonly sessions: readonly Session[];
  readonly valid_from: string;
  readonly valid_to: string | null;
  readonly needs_decision: boolean;
  readonly bulk_only: boolean;
}

/** The whole table, in the order in which screens list it. */
// The JSON is written from the same models as this type; TypeScript reads its texts as any text.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
export const CODES = tables.codes as readonly AttendanceCode[];

/** The table in force on `date`, by code. */
export function codesOn(date: string): ReadonlyMap<string, AttendanceCode> {
  const inForce = CODES.filter((row) => row.valid_from <= date && (row.valid_to === null || date <= row.valid_to));
  return new Map(inForce.map((row) => [row.code, row]));
}

/** The code as it stood on `date`; undefined where no such code was in force. */
export function codeOn(code: string, date: string): AttendanceCode | undefined {
  return CODES.findLast(
    (row) => row.code === code && row.valid_from <= date && (row.valid_to === null || date <= row.valid_to),
  );
}

/** What a code means on `date`, in words; the code itself where it was not in force. */
export function meaning(code: string, date: string): string {
  return codeOn(code, date)?.meaning ?? code;
}

/** `/` in the morning, `\` in the afternoon (reg 10, Table 1). */
export function presentCode(session: Session): string {
  return session === "AM" ? "/" : "\\";
}

/** Codes a screen offers to `role` on `date`, in the table's order: never a legacy one. */
export function offeredCodes(role: Role, date: string): string[] {
  return [...codesOn(date).values()]
    .filter((row) => row.valid_to === null && !row.bulk_only && mayUseCode(role, row.code))
    .map((row) => row.code);
}
