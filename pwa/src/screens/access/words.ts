/** A grant as the desk reads it, in words. Pure. */
import { endsMs, POST } from "../../domain/grants.ts";
import { roleName, sees } from "../../domain/policy.ts";
import type { GrantLine, PersonAccess, Role } from "../../generated/types.ts";
import { groupsWords } from "../../components/grant-words.ts";
import { capital, count } from "../../components/text.ts";

/** Writes an instant in the school's time. */
export type Clock = (instant: string) => string;

/** "cover teacher of 7B and 7C", "family worker for 6 pupils", "family worker in North team on 2 cases". */
export function scopeWords(role: Role, groups: readonly string[], pupils: number, cases = 0): string {
  const name = roleName(role);
  if (cases > 0 || (sees(role, "cases") && groups.length > 0)) {
    const teams = groups.length === 0 ? "" : ` in ${groupsWords(groups)}`;
    return `${name}${teams}${cases === 0 ? "" : ` on ${count(cases, "case")}`}`;
  }
  if (sees(role, "groups") && groups.length > 0) return `${name} of ${groupsWords(groups)}`;
  return sees(role, "pupils") && pupils > 0 ? `${name} for ${count(pupils, "pupil")} by name` : name;
}

/** What a grant is. */
export function grantWords({ grant, group_names: names = [], other_cases: others = 0 }: GrantLine): string {
  const words = scopeWords(grant.role, names, grant.pupils?.length ?? 0, (grant.cases?.length ?? 0) + others);
  return capital(words);
}

/** From when, until when, or since when not. */
export function whenWords({ grant, state }: GrantLine, clock: Clock): string {
  const end = endsMs(grant);
  const ends = end === null ? null : clock(new Date(end).toISOString());
  const starts = (grant.starts ?? null) === null ? null : clock(grant.starts ?? "");
  if (state === "over") return `ended ${ends ?? ""}`.trim();
  if (state === "to_begin") return `from ${starts ?? "later"}${ends === null ? "" : ` until ${ends}`}`;
  if (ends !== null) return `until ${ends}`;
  return (grant.id ?? POST) === POST ? "with their post" : "until somebody ends it";
}

/** Why and by whom; for what was ended before its time, that too. */
export function whyWords({ grant, given_by_name: by, ended_by_name: endedBy }: GrantLine): string {
  const given = by === null || by === undefined ? "" : ` Given by ${by}.`;
  const ended = grant.ended === null || grant.ended === undefined ? "" : ` Ended by ${endedBy ?? "the school"}: ${stopped(grant.ended.reason)}`;
  return `${stopped(grant.purpose ?? "")}${given}${ended}`.trim();
}

/** In which role they are here now. */
export function nowWords({ role, closed = false }: PersonAccess): string {
  if (closed) return "Account closed: cannot sign in";
  return role === null ? "Nothing in force now" : `${roleName(role)} now`;
}

function stopped(text: string): string {
  return text === "" || /[.!?]$/.test(text) ? text : `${text}.`;
}
