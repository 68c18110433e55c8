/** Which role may write which kind of entry, and use which code: the twin of `schemas/policy.py`. */
import tables from "../generated/tables.json" with { type: "json" };
import type { Kind, Role } from "./entry.ts";

const ENTRY_ROLES: Readonly<Record<string, readonly string[]>> = tables.entry_roles;
const DESK: readonly string[] = tables.desk_roles;
const TEACHER: readonly string[] = tables.teacher_codes;

/** Roles that see the whole school and settle what others disagree on. */
export function isDesk(role: Role): boolean {
  return DESK.includes(role);
}

/** What a role is called, for people. */
export function roleName(role: Role): string {
  return tables.roles[role];
}

/** Something a role may do that is no entry of its own. */
export type Power = "access" | "explain" | "figures" | "views";

const POWERS: Readonly<Record<string, readonly string[]>> = tables.powers;

/** Whether `role` has `power`. */
export function hasPower(role: Role, power: Power): boolean {
  return POWERS[role]?.includes(power) ?? false;
}

/** Whether `role` may make entries of `kind`. */
export function mayWrite(role: Role, kind: Kind): boolean {
  return ENTRY_ROLES[kind]?.includes(role) ?? false;
}

/** Whether `role` may claim `code`; `planned` are the codes planned for that pupil and session. */
export function mayUseCode(role: Role, code: string, planned: readonly string[] = []): boolean {
  return isDesk(role) || TEACHER.includes(code) || planned.includes(code);
}
