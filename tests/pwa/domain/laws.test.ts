/** Laws of the fold and of its overlay over random histories (see `tests/sync/attendance/test_fold_laws.py`). */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalText } from "../../../pwa/src/domain/canonical.ts";
import { claimIds } from "../../../pwa/src/domain/entry.ts";
import { fold, refines, screen } from "../../../pwa/src/domain/fold.ts";
import type { FoldClaim, Verdict } from "../../../pwa/src/domain/fold.ts";
import { codeAsRead } from "../../../pwa/src/domain/register.ts";
import { foldPublished, overlay, publish } from "../../../pwa/src/domain/sheet.ts";
import type { PublishedClaim, Silence, Waiting } from "../../../pwa/src/domain/sheet.ts";
import { claim, entry, NINE_MS, row, sheet, taken, waiting } from "../support/factory.ts";

const span = { opens: "08:50", closes: "09:20", ends: "12:00" };
const date = "2026-11-23";
const SILENT: Verdict[] = ["set_aside", "voided", "held", "declined", "erased"];

const code = fc.constantFrom("/", "N", "L", "U", "O", "I", "M", "C", "G", "V", "Y1", "H", "Z");
const time = fc.constantFrom(null, "08:40", "08:50", "09:05", "09:20", "09:21", "10:15");
const verdict = fc.oneof({ weight: 4, arbitrary: fc.constant<Verdict>("stands") }, { weight: 1, arbitrary: fc.constantFrom(...SILENT) });
const said = fc.record({ code, arrived: time, seenAt: time, verdict, sees: fc.array(fc.boolean(), { maxLength: 9 }) });

interface Said {
  code: string;
  arrived: string | null;
  seenAt: string | null;
  verdict: Verdict;
  sees: boolean[];
}

/** A history: each author saw some of those before, and replaced what that screen showed. */
function history(acts: Said[]): FoldClaim[] {
  const claims: FoldClaim[] = [];
  for (const [index, { sees, verdict: _later, ...act }] of acts.entries()) {
    const seen = claims.filter((_, before) => sees[before] ?? true);
    claims.push({ ...act, id: String(index), date, replaces: screen(seen, span) });
  }
  // Verdicts come later than the claims that were chosen on sight of them.
  for (const [index, one] of claims.entries()) one.verdict = acts[index]?.verdict ?? "stands";
  return claims;
}

const histories = fc.array(said, { maxLength: 9 }).map(history);
const shuffled = histories.chain((claims) =>
  fc.tuple(fc.constant(claims), fc.shuffledSubarray(claims, { minLength: claims.length }), fc.subarray(claims)),
);

describe("the fold", () => {
  test("is blind to order and to duplicates", () => {
    fc.assert(
      fc.property(shuffled, ([claims, others, again]) => {
        expect(fold([...others, ...again], span)).toEqual(fold(claims, span));
        expect(screen([...others, ...again], span)).toEqual(screen(claims, span));
      }),
    );
  });

  test("leaves a standing claim that nobody replaced live or joined, and no other", () => {
    fc.assert(
      fc.property(histories, (claims) => {
        const standing = claims.filter((one) => one.verdict === "stands");
        const named = new Set(standing.flatMap(({ replaces = [] }) => replaces));
        const { live, joined } = fold(claims, span);
        expect([...live, ...joined].toSorted()).toEqual(standing.map(({ id }) => id).filter((id) => !named.has(id)));
      }),
    );
  });

  test("joins only an N that a live claim refines", () => {
    fc.assert(
      fc.property(histories, (claims) => {
        const { live, joined } = fold(claims, span);
        const by = (ids: string[]): FoldClaim[] => claims.filter(({ id }) => ids.includes(id));
        expect(by(joined).every((old) => old.code === "N" && by(live).some((one) => refines(one, old, span)))).toBe(true);
      }),
    );
  });

  test("invents no winner", () => {
    fc.assert(
      fc.property(histories, (claims) => {
        const cell = fold(claims, span);
        const live = claims.filter(({ id }) => cell.live.includes(id));
        const read = new Set(live.map((one) => codeAsRead(one.code, one.arrived, span)));
        expect(cell.state).toBe(["unmarked", "agreed", "contested"][Math.min(read.size, 2)]);
        expect(cell.code).toBe(read.size === 1 ? [...read][0] : null);
      }),
    );
  });

  test("brings nothing back that a standing claim had replaced, whatever became of what it replaced", () => {
    fc.assert(
      fc.property(histories, (claims) => {
        const { live, joined } = fold(claims, span);
        const back = new Set([...live, ...joined]);
        const standing = claims.filter((one) => one.verdict === "stands");
        expect(standing.flatMap(({ replaces = [] }) => replaces).filter((id) => back.has(id))).toEqual([]);
      }),
    );
  });

  test("agrees with a claim chosen on sight of everything", () => {
    fc.assert(
      fc.property(histories, (claims) => {
        const settled: FoldClaim = { id: "z", code: "I", date, replaces: screen(claims, span) };
        expect(fold([...claims, settled], span)).toMatchObject({ state: "agreed", code: "I", live: ["z"] });
      }),
    );
  });
});

const published = (entries: Waiting[]): PublishedClaim[] =>
  entries.flatMap((one) => (one.entry.body.kind === "register.taken" ? publish(one, one.entry.body) : []));

describe("the overlay", () => {
  /** Own registers, each chosen on sight of some of those before it. */
  const own = fc.array(said, { minLength: 1, maxLength: 6 }).map((acts): Waiting[] => {
    const known: PublishedClaim[] = [];
    return acts.map(({ code: chosen, arrived, sees, verdict: later }, index) => {
      const seen = known.filter((_, before) => sees[before] ?? true);
      const shown = screen(seen.map((one) => ({ id: one.id, code: one.code, date, replaces: one.replaces ?? [] })), span);
      const observed = new Date(NINE_MS + index * 60_000).toISOString();
      const body = taken([claim("pup-1", chosen, { arrived, replaces: shown, observed_at: observed })]);
      const sealed = entry(body, index + 1);
      const silence = (why: Silence["verdict"]): Silence => ({ verdict: why, reason: "No." });
      const aside = later === "set_aside" ? claimIds(sealed).map((id): [string, Silence] => [id, silence(later)]) : [];
      const silent = later === "held" || later === "declined" ? silence(later) : null;
      const one = waiting(sealed, { silent, aside: new Map(aside) });
      known.push(...publish(one, body));
      return one;
    });
  });

  test("of what is published and what waits is the fold of all, wherever the line runs", () => {
    fc.assert(
      fc.property(own, fc.nat(6), fc.boolean(), (entries, cut, twice) => {
        const there = published(entries.slice(0, cut));
        const base = sheet([row("pup-1", { claims: there, cell: foldPublished(there, sheet(), "Europe/London") })]);
        const over = overlay(base, twice ? entries : entries.slice(cut));
        const whole = foldPublished(published(entries), sheet(), "Europe/London");
        expect(over.rows[0]?.cell).toEqual(whole);
        expect(overlay(over, entries).rows).toEqual(over.rows);
      }),
    );
  });

  test("is blind to the order in which own entries are given", () => {
    fc.assert(
      fc.property(
        own.chain((entries) => fc.tuple(fc.constant(entries), fc.shuffledSubarray(entries, { minLength: entries.length }))),
        ([entries, others]) => {
          expect(overlay(sheet(), others).rows).toEqual(overlay(sheet(), entries).rows);
        },
      ),
    );
  });
});

test("canonical form does not depend on the order of keys, and is read back as it was", () => {
  const values = fc.letrec((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, false),
      fc.maxSafeInteger(),
      fc.string({ unit: "grapheme" }),
      fc.array(tie("value"), { maxLength: 4 }),
      fc.dictionary(fc.string({ unit: "grapheme-ascii" }), tie("value"), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));
  const turned = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(turned);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).toReversed().map(([key, member]) => [key, turned(member)]));
  };
  fc.assert(
    fc.property(values.value, (value) => {
      const text = canonicalText(value);
      expect(canonicalText(turned(value))).toBe(text);
      expect(canonicalText(JSON.parse(text))).toBe(text);
    }),
  );
});
