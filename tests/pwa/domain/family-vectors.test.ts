/** The vectors of facts, visits and cases that Python keeps too (`tests/sync/family/test_visits.py` and beside it). */
import { describe, expect, test } from "vitest";
import { isRestricted, overlayCase, reviewDue, statusOf, teamsOf } from "../../../pwa/src/domain/cases.ts";
import { cellOf, filled, foldFacts, itemsOf, screenOf, valueOf, valuesOf } from "../../../pwa/src/domain/facts.ts";
import type { Fact } from "../../../pwa/src/domain/facts.ts";
import type { Verdict } from "../../../pwa/src/domain/fold.ts";
import { isOfAVisit } from "../../../pwa/src/domain/told.ts";
import { overlayVisit } from "../../../pwa/src/domain/visits.ts";
import type { Visit } from "../../../pwa/src/generated/types.ts";
import caseVectors from "../../vectors/cases.json" with { type: "json" };
import factVectors from "../../vectors/facts.json" with { type: "json" };
import visitVectors from "../../vectors/visits.json" with { type: "json" };
import { cellsInBrief, readVector, said, visitInBrief, withoutEmpty } from "../support/family.ts";
import type { Act, Telling } from "../support/family.ts";

/* The files are JSON: their texts are known to be of narrower types than TypeScript can see. */
/* oxlint-disable typescript/no-unsafe-type-assertion */

interface Claim {
  id: string;
  says: Fact;
  replaces?: string[];
  verdict?: Verdict;
}
const cells = factVectors.cells as unknown as {
  name: string;
  claims: Claim[];
  cell: object;
  values: number;
  screen: string[];
  there?: boolean;
}[];
const visits = visitVectors.visits as unknown as { name: string; told: Act[]; visit: object }[];
const cases = caseVectors.cases as unknown as { name: string; told: Act[]; case: object }[];

describe("facts", () => {
  test.each(cells)("$name", ({ claims, cell, values, screen }) => {
    const told = claims.map(({ id, says, replaces = [], verdict = "stands" }) => said(id, says, { replaces, verdict }));
    const folded = foldFacts(told);
    expect(foldFacts(told.toReversed())).toEqual(folded);
    expect(folded.map(({ cell: name, state, live }) => ({ cell: name, state, live }))).toEqual([cell]);
    const [says] = told.map((claim) => filled(claim.says));
    if (says === undefined) throw new Error("a vector without a claim");
    const name = cellOf(says);
    expect(screenOf(folded, name)).toEqual(screen);
    expect(valuesOf(folded, name)).toHaveLength(values);
    expect(valueOf(folded, name) !== null).toBe(values === 1);
  });

  test.each(cells.filter(({ there }) => there !== undefined))("$name (whether it is there)", ({ claims, there }) => {
    const folded = foldFacts(claims.map(({ id, says, replaces = [] }) => said(id, says, { replaces })));
    expect(claims.some(({ says }) => itemsOf(folded, says.fact).length > 0)).toBe(there);
  });
});

describe("visits", () => {
  test.each(visits)("$name", ({ told, visit }) => {
    const { own, names } = readVector(told);
    const folded = overlayVisit(null, own, false);
    expect(folded === null ? null : visitInBrief(folded, names)).toEqual(visit);
    expect(overlayVisit(null, own.toReversed(), false)).toEqual(folded);
    expect(overlayVisit(folded, own, false)).toEqual(folded);
  });
});

function visitsOf({ own }: Telling): Visit[] {
  const named = new Set(own.flatMap(({ entry: { body } }) => (isOfAVisit(body) ? [body.visit] : [])));
  return [...named].flatMap((name) => {
    const of = own.filter(({ entry: { body } }) => isOfAVisit(body) && body.visit === name);
    return overlayVisit(null, of, false) ?? [];
  });
}

describe("cases", () => {
  test.each(cases)("$name", ({ told, case: wanted }) => {
    const telling = readVector(told);
    const { own, names } = telling;
    const whole = overlayCase(null, own, visitsOf(telling), { timeZone: caseVectors.time_zone, moved: true });
    expect(whole).not.toBeNull();
    if (whole === null) return;
    const lines = (whole.chronology ?? []).map((one) => {
      return [one.at, one.recorded_at, one.what, one.text, names.get(one.ref ?? "") ?? one.ref];
    });
    const brief = {
      cells: cellsInBrief(whole.cells, names),
      restricted: whole.restricted,
      opened_at: whole.opened_at,
      status: statusOf(whole.cells),
      teams: teamsOf(whole.cells),
      review_due: isRestricted(whole.cells) ? null : reviewDue(whole.cells),
      chronology: lines,
    };
    expect(withoutEmpty(brief)).toEqual(wanted);
    expect(overlayCase(whole, own, visitsOf(telling), { timeZone: caseVectors.time_zone, moved: true })).toEqual(whole);
  });
});
