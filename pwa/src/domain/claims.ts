/** What marks and facts have in common: the twin of `sync/claims.py`. */
import type { Verdict } from "./fold.ts";

/** The part of a claim that says whether it speaks. */
export interface Claimed {
  id: string;
  replaces?: readonly string[];
  verdict?: Verdict;
}

/** The claims that stand and that no standing claim replaces, by id; each once. */
export function unreplaced<C extends Claimed>(claims: Iterable<C>): C[] {
  const standing = new Map([...claims].filter(stands).map((claim) => [claim.id, claim]));
  const replaced = new Set(
    [...standing.values()].flatMap((claim) => (claim.replaces ?? []).filter((old) => old !== claim.id)),
  );
  return [...standing.values()].filter((claim) => !replaced.has(claim.id)).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** Whether a claim speaks at all. */
export function stands(claim: Claimed): boolean {
  return (claim.verdict ?? "stands") === "stands";
}

/**
 * The claims shown, and all that those had replaced: what a claim chosen now replaces. So a claim
 * declined later brings nothing back that this author had not accepted.
 */
export function accepted(shown: Iterable<string>, known: ReadonlyMap<string, Claimed>): string[] {
  const found = new Set(shown);
  // A Set hands out what is added to it while it is walked: this is the transitive closure.
  for (const id of found) for (const old of known.get(id)?.replaces ?? []) found.add(old);
  return [...found].toSorted();
}
