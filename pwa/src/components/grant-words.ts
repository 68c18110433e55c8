/** What a grant lets somebody do, and that it ends or has ended, in words. Pure. */
import { endsMs } from "../domain/grants.ts";
import { roleName, sees } from "../domain/policy.ts";
import type { Grant } from "../generated/types.ts";
import { count, listing } from "./text.ts";

/** What the words need besides the grant. */
export interface Telling {
  /** A group's name. */
  readonly group: (group: string) => string;
  /** "15:30" today, and with the day otherwise. */
  readonly moment: (instant: string) => string;
}

const MINUTE_MS = 60_000;
const NAMED = 5;
/** From so many minutes before its end a person is told that a grant ends. */
export const SOON_MINUTES = 10;

/** "7B, 7C and 3 more groups": the first in full, the others counted. */
export function groupsWords(names: readonly string[]): string {
  const more = names.length - NAMED;
  return listing(more > 1 ? [...names.slice(0, NAMED), count(more, "more group")] : names);
}

/** "cover of 7B", "registers of 7B and 7C", "access to 6 pupils", "work as attendance officer". */
export function whatWords(grant: Grant, { group }: Pick<Telling, "group">): string {
  const { role, groups = [], pupils = [] } = grant;
  if (sees(role, "groups")) {
    const what = role === "cover_teacher" ? "cover" : "registers";
    return groups.length === 0 ? `work as ${roleName(role)}` : `${what} of ${groupsWords(groups.map(group))}`;
  }
  if (sees(role, "pupils") && pupils.length > 0) return `access to ${count(pupils.length, "pupil")} as ${roleName(role)}`;
  return `work as ${roleName(role)}`;
}

/** "You may take the registers of 7B until 15:30." */
export function mayWords(grant: Grant, telling: Telling, state: "in_force" | "to_begin" = "in_force"): string {
  const { role, groups = [], pupils = [], starts = null } = grant;
  const end = endsMs(grant);
  const until = end === null ? "" : ` until ${telling.moment(new Date(end).toISOString())}`;
  const from = state === "to_begin" && starts !== null ? `From ${telling.moment(starts)} you` : "You";
  if (sees(role, "groups") && groups.length > 0) {
    const what = groups.length === 1 ? "the register" : "the registers";
    return `${from} may take ${what} of ${groupsWords(groups.map(telling.group))}${until}.`;
  }
  if (sees(role, "pupils") && pupils.length > 0) {
    return `${from} may see ${count(pupils.length, "pupil")}, with their attendance, as ${roleName(role)}${until}.`;
  }
  return `${from} may act as ${roleName(role)}${until}.`;
}

/** Minutes until it ends, once they are few; null while they are many, and when it is over. */
export function minutesLeft(grant: Grant, ms: number): number | null {
  const end = endsMs(grant);
  if (end === null || end <= ms || end - ms > SOON_MINUTES * MINUTE_MS) return null;
  return Math.ceil((end - ms) / MINUTE_MS);
}

/** "Your cover of 7B ends at 15:30, in 8 minutes." */
export function soonWords(grant: Grant, minutes: number, telling: Telling): string {
  const end = endsMs(grant);
  const at = end === null ? "" : ` at ${telling.moment(new Date(end).toISOString())}`;
  return `Your ${whatWords(grant, telling)} ends${at}, in ${count(minutes, "minute")}.`;
}

/** "Your cover of 7B ended at 15:30." */
export function overWords(grant: Grant, telling: Telling): string {
  const end = endsMs(grant);
  return `Your ${whatWords(grant, telling)} ended${end === null ? "" : ` at ${telling.moment(new Date(end).toISOString())}`}.`;
}
