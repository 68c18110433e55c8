/** What a person's grants in a school come to at a moment: the twin of `Access` in `sync/grants.py`. */
import tables from "../generated/tables.json" with { type: "json" };
import { mayWrite } from "./policy.ts";
import type { Kind } from "./entry.ts";
import type { Grant, GrantLine, MySchool, Role } from "../generated/types.ts";

const RANKED: readonly string[] = tables.ranked;

/** The id of the grant that comes with an account. */
export const POST = "post";

/** The first moment at which a grant is no longer in force, in milliseconds; null for none yet. */
export function endsMs({ ends = null, ended = null }: Grant): number | null {
  const found = [ends, ended?.at ?? null].flatMap((one) => (one === null ? [] : [Date.parse(one)]));
  return found.length === 0 ? null : Math.min(...found);
}

/** Whether a grant is yet to begin, in force, or over at a moment. */
export function stateOf(grant: Grant, ms: number): GrantLine["state"] {
  const end = endsMs(grant);
  if (end !== null && end <= ms) return "over";
  return (grant.starts ?? null) !== null && ms < Date.parse(grant.starts ?? "") ? "to_begin" : "in_force";
}

/**
 * Every role that is in force at a moment, the one that may write most last. `usual`: that of the
 * account, for what was kept before grants were told.
 */
export function rolesAt(mine: MySchool | undefined, usual: Role, ms: number): Role[] {
  if (mine === undefined) return [];
  const { grants = [], role } = mine;
  if (grants.length === 0) return role === null ? [] : [role ?? usual];
  const held = new Set(grants.filter((grant) => stateOf(grant, ms) === "in_force").map((grant) => grant.role));
  return [...held].toSorted((a, b) => RANKED.indexOf(a) - RANKED.indexOf(b));
}

/** In which of their roles somebody makes an entry of a kind: the last that may, else the last; undefined without any. */
export function roleFor(kind: Kind, roles: readonly Role[]): Role | undefined {
  return roles.findLast((role) => mayWrite(role, kind)) ?? roles.at(-1);
}
