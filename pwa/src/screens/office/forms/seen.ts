/**
 * What was on the screen when a value was chosen. A claim that arrives while a form is open has
 * not been seen until it is shown and looked at, and nobody replaces what they have not seen.
 */
import { screen } from "../../../domain/fold.ts";
import { foldClaim } from "../../../domain/sheet.ts";
import type { PublishedClaim, Sheet } from "../../../generated/types.ts";

/** Ids of every claim on a cell, to pin what a form shows as it opens. */
export function seenIn(claims: readonly PublishedClaim[]): ReadonlySet<string> {
  return new Set(claims.map((claim) => claim.id));
}

/** Claims that stand and came after `seen` was pinned. */
export function unseen(claims: readonly PublishedClaim[], seen: ReadonlySet<string>): PublishedClaim[] {
  return claims.filter((claim) => (claim.verdict ?? "stands") === "stands" && !seen.has(claim.id));
}

/** What a claim chosen on sight of `seen` replaces: those that speak, and all they had replaced. */
export function replacesOf(
  claims: readonly PublishedClaim[],
  seen: ReadonlySet<string>,
  sheet: Pick<Sheet, "date" | "opens" | "closes" | "ends">,
  timeZone: string,
): string[] {
  const shown = claims.filter((claim) => seen.has(claim.id));
  return screen(
    shown.map((claim) => foldClaim(claim, sheet.date, timeZone)),
    sheet,
  );
}
