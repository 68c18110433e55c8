import { expect, test } from "vitest";
import { foldFacts } from "../../../../pwa/src/domain/facts.ts";
import type { Fact, FactSaid } from "../../../../pwa/src/domain/facts.ts";
import type { Case } from "../../../../pwa/src/generated/types.ts";
import { lineOf, listed } from "../../../../pwa/src/screens/cases/listing.ts";
import { familyName } from "../../../../pwa/src/screens/cases/places.ts";
import { isLate } from "../../../../pwa/src/screens/cases/tabs/chronology.tsx";
import { directionOf, fill, speaks, TEMPLATES } from "../../../../pwa/src/screens/cases/letters/templates.ts";

const TODAY = "2026-11-23";
let minted = 0;

function said(says: Fact, received: string | null = "2026-11-20T09:00:00.000Z"): FactSaid {
  minted += 1;
  return {
    id: String(minted),
    entry: `entry:${minted}`,
    kind: "case.noted",
    says,
    observed_at: "2026-11-20T09:00:00.000Z",
    written_at: "2026-11-20T09:00:00.000Z",
    received_at: received,
    author: "staff-1",
    author_name: "Fay",
    role: "family_worker",
    device: "tablet-1",
  };
}

function family(name: string, ...more: FactSaid[]): Case {
  const child = said({ fact: "member", item: "m1", name, relation: "Child", child: true });
  const placing = said({ fact: "placing", team: "team-1" });
  const cells = [...foldFacts([child, placing, ...more])];
  return { _id: `case:${name}`, type: "case", case: name, cells, opened_at: "2026-11-01T09:00:00.000Z", as_at: "2026-11-23T09:00:00.000Z" };
}

const action = (item: string, due: string | null, status: "open" | "done" = "open"): FactSaid => said({ fact: "action", item, what: "Ring", owner: "Mother", due, status });

test("a line says what is late, overdue, contested, and not received", () => {
  const line = lineOf(
    family(
      "Ada Finch",
      action("a1", "2026-11-20"),
      action("a2", "2026-11-30"),
      action("a3", "2026-11-01", "done"),
      said({ fact: "review", item: "r1", due: "2026-11-22" }),
      said({ fact: "goal", item: "g1", what: "At school", measure: "9 of 10", by: "2026-12-18" }),
      said({ fact: "goal", item: "g1", what: "At school", measure: "10 of 10", by: "2026-12-18" }, null),
    ),
    TODAY,
  );
  expect(line).toMatchObject({ name: "Finch family", children: ["Ada Finch"], actions: 2, late: 1, review: "2026-11-22", overdue: true, contested: 1, waiting: true });
});

test("what needs doing comes first, then names; closed ones stand apart; a search finds children", () => {
  const closed = family("Zed Zebra", said({ fact: "status", status: "closed", outcome: "goals_met" }));
  const lines = [family("Bo Brown"), family("Cy Clay", action("a1", "2026-11-20")), family("Al Apple"), closed].map((one) => lineOf(one, TODAY));
  expect(listed(lines, "", "open").map(({ id }) => id)).toEqual(["Cy Clay", "Al Apple", "Bo Brown"]);
  expect(listed(lines, "", "closed").map(({ id }) => id)).toEqual(["Zed Zebra"]);
  expect(listed(lines, "bo", "all").map(({ id }) => id)).toEqual(["Bo Brown"]);
});

test("a family is called by its children, else by whoever is there", () => {
  const parent = said({ fact: "member", item: "m2", name: "Ola Okafor", relation: "Mother", child: false });
  const child = said({ fact: "member", item: "m3", name: "Ben Finch", relation: "Son", child: true });
  expect(familyName(foldFacts([parent, child]))).toBe("Finch family");
  expect(familyName(foldFacts([parent]))).toBe("Okafor family");
  expect(familyName([])).toBe("A family without names yet");
});

test("what was recorded days after it happened says so", () => {
  expect(isLate({ at: "2026-11-20T09:00:00.000Z", recorded_at: "2026-11-20T18:00:00.000Z" })).toBe(false);
  expect(isLate({ at: "2026-11-20T09:00:00.000Z", recorded_at: "2026-11-22T09:00:00.000Z" })).toBe(true);
});

test("every template has the same gaps in every language, and what is not known stays in sight", () => {
  const gaps = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map(([gap]) => gap).toSorted();
  for (const { texts } of TEMPLATES) for (const text of Object.values(texts)) expect(new Set(gaps(text))).toEqual(new Set(gaps(texts.en)));
  const [first] = TEMPLATES;
  if (first === undefined) throw new Error("there are templates");
  const filling = { family: "The Finch family", worker: "Fay", phone: "01632 960001", date: "", time: "10:00" };
  expect(fill(first, "en", filling)).toContain("on [date] at 10:00");
  expect(speaks(first, "so")).toBe(false);
  expect(fill(first, "so", filling)).toBe(fill(first, "en", filling));
  expect([directionOf("ur"), directionOf("ar-SY"), directionOf("pl")]).toEqual(["rtl", "rtl", "ltr"]);
});
