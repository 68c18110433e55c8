/** The codes a desk may choose, in groups that say what they mean for the pupil. */
import { codesOn, offeredCodes } from "../../../domain/codes.ts";
import type { AttendanceCode } from "../../../domain/codes.ts";
import type { Role, Session } from "../../../domain/entry.ts";
import { HERE } from "../../../domain/register.ts";

export interface CodeGroup {
  readonly label: string;
  readonly codes: readonly AttendanceCode[];
}

const GROUPS: readonly (readonly [label: string, test: (row: AttendanceCode) => boolean])[] = [
  ["Here, or came in", (row) => HERE.has(row.code)],
  ["Off site, in approved education", (row) => row.counts_as === "attending_elsewhere"],
  ["Absent, authorised", (row) => row.counts_as === "authorised"],
  ["Absent, not authorised", (row) => row.counts_as === "unauthorised" && !HERE.has(row.code)],
  ["Not required to attend", (row) => row.counts_as === "not_possible"],
];

/** Every code offered to `role` for a session of `date`; `without` leaves some out. */
export function codeGroups(
  role: Role,
  date: string,
  session: Session | null,
  without: readonly string[] = [],
): CodeGroup[] {
  const table = codesOn(date);
  const rows = offeredCodes(role, date).flatMap((code) => table.get(code) ?? []);
  const fits = rows.filter(
    (row) => !without.includes(row.code) && (session === null || row.sessions.includes(session)),
  );
  return GROUPS.map(([label, test]) => ({ label, codes: fits.filter(test) })).filter((one) => one.codes.length > 0);
}

const NOT_BETTER: readonly string[] = ["/", "\\", "L", "U", "N", "O", "G"];

/**
 * Codes that may fit a pupil who came after closing better than `U`. Leave is not among them: it
 * needs its decision, and the late desk has no time to ask for one.
 */
export function betterGroups(role: Role, date: string, session: Session): CodeGroup[] {
  const leave = offeredCodes(role, date).filter((code) => codesOn(date).get(code)?.needs_decision);
  return codeGroups(role, date, session, [...NOT_BETTER, ...leave]);
}

/** "I: Illness": a code is never shown without its meaning where somebody chooses one. */
export function codeText(code: string, date: string): string {
  const row = codesOn(date).get(code);
  return row === undefined ? code : `${code}: ${row.meaning}`;
}
