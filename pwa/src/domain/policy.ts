/** Which role may see what, write which kind of entry, and use which code: the twin of `schemas/policy.py`. */
import tables from "../generated/tables.json" with { type: "json" };
import type { Kind, Role } from "./entry.ts";

type Table = Readonly<Record<string, readonly string[]>>;

const ENTRY_ROLES: Table = tables.entry_roles;
const SEES: Table = tables.sees;
const POWERS: Table = tables.powers;
const GIVES: Readonly<Record<string, readonly Role[]>> = asRoles(tables.gives);
const TEACHER: readonly string[] = tables.teacher_codes;
const ANY_CODE: readonly string[] = tables.any_code_roles;

/** A part of a school's published documents. */
export type Reach =
  | "staff"
  | "roll"
  | "groups"
  | "pupils"
  | "office"
  | "quarantine"
  | "support"
  | "safeguarding"
  | "allegations"
  | "chair"
  | "cases"
  | "summaries";
/** Something a role may do that is no entry of its own. */
export type Power = "access" | "drafts" | "explain" | "figures" | "glass" | "views";

/** What a role is called, for people. */
export function roleName(role: Role): string {
  return tables.roles[role];
}

/** Whether `role` sees a part of the school's documents. */
export function sees(role: Role, reach: Reach): boolean {
  return SEES[role]?.includes(reach) ?? false;
}

/** Whether `role` has `power`. */
export function hasPower(role: Role, power: Power): boolean {
  return POWERS[role]?.includes(power) ?? false;
}

/** Whether `role` may make entries of `kind`. */
export function mayWrite(role: Role, kind: Kind): boolean {
  return ENTRY_ROLES[kind]?.includes(role) ?? false;
}

/** The roles that somebody in `role` may give to others, and end. */
export function givenBy(role: Role): readonly Role[] {
  return GIVES[role] ?? [];
}

/** Whether a role may claim every code, and so settles what others disagree on. */
export function mayUseAnyCode(role: Role): boolean {
  return ANY_CODE.includes(role);
}

/** Whether `role` may claim `code`; `planned` are the codes planned for that pupil and session. */
export function mayUseCode(role: Role, code: string, planned: readonly string[] = []): boolean {
  return mayUseAnyCode(role) || TEACHER.includes(code) || planned.includes(code);
}

/** The generated table names nothing but roles; its type only knows of text. */
function asRoles(table: Table): Readonly<Record<string, readonly Role[]>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return table as Readonly<Record<string, readonly Role[]>>;
}
