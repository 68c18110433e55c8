/** Laws of the merge of drafts, and its vectors. */
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mergeAll, mergeFields, mergeText, sentences } from "../../../pwa/src/domain/draft-merge.ts";
import { commonBase, coversOf, relation, takenIn } from "../../../pwa/src/domain/draft-versions.ts";
import type { Fields, Version } from "../../../pwa/src/domain/draft-versions.ts";
import vectors from "../../vectors/draft-merge.json" with { type: "json" };

const sentence = fc.constantFrom("Ali came. ", "Bea was out. ", "It was cold. ", "Nobody spoke. ", "He ate\n", "The end");
const text = fc.array(sentence, { maxLength: 6 }).map((parts) => parts.join(""));
const field = fc.constantFrom("observation", "analysis", "seen.m1");
const fields = fc.dictionary(field, text);

function said(from: string): string[] {
  return sentences(from).map((one) => one.trim());
}

describe("a merge of text", () => {
  test.each(vectors.merges)("$name", ({ base, one, other, text: wanted, ...rest }) => {
    const found = mergeFields({ observation: base }, { observation: one }, { observation: other });
    const conflict = found.conflicts[0];
    expect(conflict === undefined ? found.fields["observation"] : null).toBe(wanted);
    expect(conflict?.both).toBe("both" in rest ? rest.both : undefined);
  });

  test("cuts a text into sentences and puts all of it together again", () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (any) => {
        expect(sentences(any).join("")).toBe(any);
      }),
    );
  });

  test("of a text with itself is that text", () => {
    fc.assert(
      fc.property(text, text, (base, any) => {
        expect(mergeText(base, any, any).text?.trim()).toBe(any.trim());
      }),
    );
  });

  test("is blind to which is which, but for the order in a conflict", () => {
    fc.assert(
      fc.property(text, text, text, (base, one, other) => {
        const [there, back] = [mergeText(base, one, other), mergeText(base, other, one)];
        expect(said(there.text ?? "").join("|")).toBe(said(back.text ?? "").join("|"));
        expect(said(there.both).toSorted().filter(distinct)).toEqual(said(back.both).toSorted().filter(distinct));
      }),
    );
  });

  test("loses no sentence that either wrote, nor one that both kept", () => {
    fc.assert(
      fc.property(text, text, text, (base, one, other) => {
        const merged = mergeText(base, one, other);
        const found = new Set(said(merged.text ?? merged.both));
        const was = new Set(said(base));
        for (const each of [...said(one), ...said(other)]) {
          const kept = said(one).includes(each) && said(other).includes(each);
          expect(found.has(each) || (was.has(each) && !kept)).toBe(true);
        }
      }),
    );
  });

  test("says no sentence that nobody wrote", () => {
    fc.assert(
      fc.property(text, text, text, (base, one, other) => {
        const known = new Set([...said(one), ...said(other)]);
        for (const each of said(mergeText(base, one, other).both)) expect(known.has(each)).toBe(true);
      }),
    );
  });
});

function distinct(value: string, index: number, all: readonly string[]): boolean {
  return all.indexOf(value) === index;
}

describe("a merge of fields", () => {
  test("takes what one side changed, whatever it is", () => {
    fc.assert(
      fc.property(fields, fields, (base, mine) => {
        const { fields: merged, conflicts } = mergeFields(base, mine, { ...base });
        expect(conflicts).toEqual([]);
        for (const [name, value] of Object.entries(mine)) expect(merged[name]).toBe(value);
      }),
    );
  });

  test("joins no two choices: their author chooses", () => {
    const { conflicts } = mergeFields({ outcome: "seen" }, { outcome: "refused" }, { outcome: "no_answer" });
    expect(conflicts).toEqual([{ field: "outcome", base: "seen", versions: ["refused", "no_answer"], both: null }]);
  });

  test("keeps all that was on either screen as something was answered", () => {
    const { fields: merged, conflicts } = mergeFields({}, { "pin.action.a": '["x","y"]' }, { "pin.action.a": '["y","z"]' });
    expect([merged, conflicts]).toEqual([{ "pin.action.a": '["x","y","z"]' }, []]);
  });
});

/** A tablet's copy. */
function copy(name: string, n: number, observation: string, more: Partial<Version> = {}): Version {
  return { copy: name, n, saw: {}, seen: {}, fields: { observation }, ...more };
}

describe("copies of a draft", () => {
  test("that were taken in are behind; one that went on since is ahead; both, and they are apart", () => {
    const a5 = copy("a", 5, "One.");
    const b1 = { ...takenIn(copy("b", 0, ""), a5, { observation: "One. Two." }), n: 1 };
    expect(relation(a5, b1)).toBe("behind");
    expect(relation(b1, a5)).toBe("ahead");
    expect(relation({ ...a5, n: 6 }, b1)).toBe("apart");
    expect(relation(a5, a5)).toBe("same");
  });

  test("have in common what was taken in last, also by way of a third", () => {
    const a5 = copy("a", 5, "One.");
    const b1 = { ...takenIn(copy("b", 0, ""), a5, { observation: "One. B." }), n: 1 };
    const c1 = { ...takenIn(copy("c", 0, ""), b1, { observation: "One. B. C." }), n: 1 };
    const a6 = { ...a5, n: 6, fields: { observation: "A. One." } };
    expect(commonBase(a6, b1)).toEqual({ observation: "One." });
    expect(commonBase(a6, c1)).toEqual({ observation: "One." });
    expect(coversOf(c1)).toEqual({ a: 5, b: 1, c: 1 });
    expect(mergeAll(a6, [b1, c1])).toEqual({ fields: { observation: "A. One. B. C." }, conflicts: [] });
  });

  test("that took each other in at once have in common what both bases say alike", () => {
    const a1 = copy("a", 1, "A.", { fields: { observation: "A.", analysis: "Same." } });
    const b1 = copy("b", 1, "B.", { fields: { observation: "B.", analysis: "Same." } });
    const a2 = { ...takenIn(a1, b1, { observation: "A. B.", analysis: "Same." }), n: 2 };
    const b2 = { ...takenIn(b1, a1, { observation: "B. A.", analysis: "Same. More." }), n: 2 };
    expect(commonBase(a2, b2)).toEqual({ analysis: "Same." });
    const { fields: merged, conflicts } = mergeAll(a2, [b2]);
    expect(merged["analysis"]).toBe("Same. More.");
    expect(conflicts.map((one) => [one.field, one.versions])).toEqual([["observation", ["A. B.", "B. A."]]]);
  });

  test("of three tablets: a conflict shows what each of them says", () => {
    const base = copy("a", 1, "Base.");
    const b = { ...takenIn(copy("b", 0, ""), base, { observation: "Base. From B." }), n: 1 };
    const c = { ...takenIn(copy("c", 0, ""), base, { observation: "Base. From C." }), n: 1 };
    const { conflicts } = mergeAll({ ...base, n: 2, fields: { observation: "Base. From A." } }, [b, c]);
    expect(conflicts).toEqual([
      {
        field: "observation",
        base: "Base.",
        versions: ["Base. From A.", "Base. From B.", "Base. From C."],
        both: "Base. From A. From B. From C.",
      },
    ]);
  });
});

/** What an author does on one of three tablets: write, or settle all that has come. */
type Step = { at: number; does: "write"; field: string; text: string } | { at: number; does: "settle"; of: boolean[] };

const step = fc.oneof(
  fc.record({ at: fc.nat(2), does: fc.constant("write" as const), field: fc.constantFrom("observation", "analysis"), text: fc.nat(999).map((one) => `Said ${one}.`) }),
  fc.record({ at: fc.nat(2), does: fc.constant("settle" as const), of: fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }) }),
);

/** The fields a careful author settles on: everything, where it conflicts. */
function settled(mine: Version, others: readonly Version[]): Fields {
  const { fields: merged, conflicts } = mergeAll(mine, others);
  return { ...merged, ...Object.fromEntries(conflicts.map(({ field: name, both, versions }) => [name, both ?? versions[0] ?? ""])) };
}

describe("three tablets", () => {
  test("whatever is written where, and whoever takes in what when, no word is lost in the end", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps: Step[]) => {
        let tablets = ["a", "b", "c"].map((name) => copy(name, 0, "", { fields: {} }));
        const written: [string, string][] = [];
        const settleAt = (at: number, of: readonly boolean[]): void => {
          const mine = tablets[at];
          if (mine === undefined) return;
          const others = tablets.filter((one, index) => index !== at && one.n > 0 && (of[index] ?? false) && relation(mine, one) !== "ahead" && relation(mine, one) !== "same");
          if (others.length === 0) return;
          const chosen = settled(mine, others);
          const joined = others.reduce((one, other) => takenIn(one, other, chosen), mine);
          tablets = tablets.map((one, index) => (index === at ? { ...joined, n: mine.n + 1 } : one));
        };
        for (const one of steps) {
          if (one.does === "settle") settleAt(one.at, one.of);
          else {
            written.push([one.field, one.text]);
            tablets = tablets.map((tablet, index) =>
              index === one.at
                ? { ...tablet, n: tablet.n + 1, fields: { ...tablet.fields, [one.field]: `${tablet.fields[one.field] ?? ""} ${one.text}`.trim() } }
                : tablet,
            );
          }
        }
        settleAt(0, [true, true, true]);
        for (const [name, said_] of written) expect(said(tablets[0]?.fields[name] ?? "")).toContain(said_);
        // The others are behind by then: what they say is what the first came to.
        const [first, ...others] = tablets;
        const how = others.filter(({ n }) => n > 0).map((other) => first && relation(other, first));
        expect(how.every((one) => one === "behind")).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
