/** Laws of the fold of facts, and of what is laid over it, over random histories (see `tests/sync/family/test_facts.py`). */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cellNamed, cellOf, contested, filled, foldFacts, liveClaims, screenOf, withClaims } from "../../../pwa/src/domain/facts.ts";
import type { Fact, FactSaid } from "../../../pwa/src/domain/facts.ts";
import type { Verdict } from "../../../pwa/src/domain/fold.ts";
import { overlayVisit } from "../../../pwa/src/domain/visits.ts";
import { readVector, said } from "../support/family.ts";
import type { Act } from "../support/family.ts";

const SAYS: Fact[] = [
  { fact: "outcome", outcome: "seen" },
  { fact: "outcome", outcome: "seen", card_left: true },
  { fact: "outcome", outcome: "no_answer" },
  { fact: "seen", item: "kid-1", seen: true },
  { fact: "seen", item: "kid-1", seen: false },
  { fact: "seen", item: "kid-2", seen: true },
];
const SILENT: Verdict[] = ["set_aside", "voided", "held", "declined", "erased"];
const verdict = fc.oneof({ weight: 4, arbitrary: fc.constant<Verdict>("stands") }, { weight: 1, arbitrary: fc.constantFrom(...SILENT) });
const act = fc.record({ says: fc.constantFrom(...SAYS), verdict, sees: fc.array(fc.boolean(), { maxLength: 8 }) });

/** Each author saw some of those before, and replaced what that screen showed. */
const histories = fc.array(act, { maxLength: 8 }).map((acts) => {
  const claims: FactSaid[] = [];
  for (const [index, { says, sees }] of acts.entries()) {
    const seen = claims.filter((_, before) => sees[before] ?? true);
    claims.push(said(String(index), says, { replaces: screenOf(foldFacts(seen), cellOf(says)) }));
  }
  // Verdicts come later than the claims that were chosen on sight of them.
  for (const [index, one] of claims.entries()) one.verdict = acts[index]?.verdict ?? "stands";
  return claims;
});
const shuffled = histories.chain((claims) =>
  fc.tuple(fc.constant(claims), fc.shuffledSubarray(claims, { minLength: claims.length }), fc.subarray(claims), fc.nat(8)),
);

describe("the fold of facts", () => {
  test("is blind to order, to copies and to how claims were brought together", () => {
    fc.assert(
      fc.property(shuffled, ([claims, others, again, cut]) => {
        const whole = foldFacts(claims);
        expect(foldFacts([...others, ...again])).toEqual(whole);
        expect(withClaims(foldFacts(others.slice(0, cut)), [...again, ...others.slice(cut)])).toEqual(whole);
      }),
    );
  });

  test("loses no claim, and lets every one speak that stands and nobody replaced", () => {
    fc.assert(
      fc.property(histories, (claims) => {
        const cells = foldFacts(claims);
        expect(cells.flatMap((cell) => cell.claims.map(({ id }) => id)).toSorted()).toEqual(claims.map(({ id }) => id).toSorted());
        const standing = claims.filter((one) => one.verdict === "stands");
        const replaced = new Set(standing.flatMap(({ replaces = [] }) => replaces));
        const live = standing.map(({ id }) => id).filter((id) => !replaced.has(id));
        expect(cells.flatMap((cell) => cell.live).toSorted()).toEqual(live.toSorted());
      }),
    );
  });

  test("never replaces what nobody saw, and settles what somebody saw all of", () => {
    fc.assert(
      fc.property(histories, fc.constantFrom(...SAYS), (claims, says) => {
        const before = cellNamed(foldFacts(claims), cellOf(says))?.live ?? [];
        const unseen = foldFacts([...claims, said("unseen", says)]);
        expect(cellNamed(unseen, cellOf(says))?.live.toSorted()).toEqual([...before, "unseen"].toSorted());
        const settled = foldFacts([...claims, said("z", says, { replaces: screenOf(foldFacts(claims), cellOf(says)) })]);
        expect(cellNamed(settled, cellOf(says))).toMatchObject({ state: "agreed", live: ["z"] });
      }),
    );
  });

  test("calls contested exactly where live claims differ", () => {
    fc.assert(
      fc.property(histories, (claims) => {
        const cells = foldFacts(claims);
        const differ = cells.filter((cell) => new Set(liveClaims(cell).map(({ says }) => JSON.stringify(filled(says)))).size > 1);
        expect(contested(cells)).toEqual(differ);
      }),
    );
  });
});

describe("own entries over a published visit", () => {
  const told = fc.array(fc.record({ by: fc.constantFrom("ann", "bo"), says: fc.constantFrom(...SAYS), note: fc.boolean() }), { minLength: 1, maxLength: 6 });
  const acts = (few: { by: string; says: Fact; note: boolean }[]): Act[] =>
    few.map(({ by, says, note }, index) => ({
      as: String(index),
      by,
      kind: note ? "visit.submitted" : "visit.noted",
      written_at: `2026-11-23T1${index}:00:00.000Z`,
      facts: [says],
      ...(note ? { contribution: { observation: "Seen." } } : {}),
    }));

  test("come to the fold of all, wherever the line runs, in any order, and twice as well as once", () => {
    fc.assert(
      fc.property(told, fc.nat(6), (few, cut) => {
        const { own } = readVector(acts(few));
        const whole = overlayVisit(null, own, false);
        const base = overlayVisit(null, own.slice(0, cut), false);
        const over = overlayVisit(base, own.slice(cut).toReversed(), false);
        expect({ ...over, as_at: "" }).toEqual({ ...whole, as_at: "" });
        expect(overlayVisit(over, own, false)).toEqual(over);
      }),
    );
  });
});
