import { expect, test } from "vitest";
import schema from "../../../../pwa/src/generated/schema.json" with { type: "json" };
import { foldFacts, screenOf } from "../../../../pwa/src/domain/facts.ts";
import type { Fact, FactSaid } from "../../../../pwa/src/domain/facts.ts";
import { claimOn, factFrom, hasMoved, valuesFrom } from "../../../../pwa/src/screens/cases/forms/claim.ts";
import { asked, errorsIn } from "../../../../pwa/src/screens/cases/forms/fields.ts";
import type { Field } from "../../../../pwa/src/screens/cases/forms/fields.ts";
import { factWords, SPECS } from "../../../../pwa/src/screens/cases/forms/specs.ts";
import type { CaseFactKind, Names } from "../../../../pwa/src/screens/cases/forms/specs.ts";

const ZONE = "Europe/London";
const names: Names = { member: (item) => `member ${item}`, person: (one) => one, team: (one) => `team ${one}` };
const KINDS = Object.keys(SPECS).filter((kind): kind is CaseFactKind => kind in SPECS);

interface Defined {
  properties: Record<string, { default?: unknown; enum?: string[]; anyOf?: unknown[] }>;
  required?: string[];
}

/** The schema of a fact's kind. */
function defined(kind: string): Defined {
  const all: Record<string, unknown> = schema.$defs;
  const found = Object.values(all).find((one): one is Defined => {
    const properties: unknown = typeof one === "object" && one !== null ? Reflect.get(one, "properties") : null;
    return typeof properties === "object" && properties !== null && JSON.stringify(Reflect.get(properties, "fact") ?? null).includes(`"${kind}"`);
  });
  if (found === undefined) throw new Error(`no fact ${kind}`);
  return found;
}

function filledIn(field: Field): string {
  switch (field.type) {
    case "date":
      return "2026-11-23";
    case "time":
      return "09:30";
    case "tick":
      return "yes";
    case "choice":
      return field.options[0]?.value ?? "";
    case "lines":
    case "ticks":
      return "dog\nthird_party";
    case "text":
    case "area":
    case "member":
    case "person":
    case "team":
      return "  something  ";
  }
}

test.each(KINDS)("the form for %s asks for nothing but what the fact has, and for all that it must have", (kind) => {
  const { properties, required = [] } = defined(kind);
  const fields: readonly Field[] = SPECS[kind].fields;
  const asks = new Set(fields.map(({ name }) => name));
  const clock = kind === "contact" ? ["on", "time"] : [];
  for (const name of asks) expect([...Object.keys(properties), ...clock]).toContain(name);
  const known = new Set(["fact", "item", ...(kind === "contact" ? ["at"] : [])]);
  const ticked = new Set(fields.filter(({ type }) => type === "tick").map(({ name }) => name));
  const wanted = new Set(fields.filter(({ required: must = false }) => must).map(({ name }) => name));
  for (const name of required) expect(known.has(name) || wanted.has(name) || ticked.has(name), `${kind} needs ${name}`).toBe(true);
});

test.each(KINDS)("a form for %s that is filled in says a fact, and shows it again as it was", (kind) => {
  const spec = SPECS[kind];
  const values = Object.fromEntries(spec.fields.map((field) => [field.name, filledIn(field)]));
  expect(errorsIn(spec.fields, values, (name) => name)).toEqual([]);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- each spec takes the facts of its own kind
  const fact = factFrom(spec as typeof SPECS.strength, values, { item: "item-1", before: null, timeZone: ZONE }) as Fact;
  expect(fact.fact).toBe(kind);
  expect(factWords(fact, names)?.length).toBeGreaterThan(3);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- as above
  const again = valuesFrom(spec as typeof SPECS.strength, fact as never, ZONE);
  for (const { name, type } of asked(spec.fields, values)) expect(again[name]).toBe(type === "date" || type === "time" ? values[name] : values[name]?.trim());
});

test("what must be answered and is not is named", () => {
  const errors = errorsIn(SPECS.goal.fields, { what: "  ", by: "23/11/2026", measure: "x".repeat(501) }, (name) => `fact-${name}`);
  expect(errors).toEqual([
    { field: "fact-what", text: "Enter: what will be different" },
    { field: "fact-measure", text: "Shorten to 500 characters: how you will know" },
    { field: "fact-by", text: "Enter a date: by when" },
  ]);
});

test("what is asked follows from what was answered", () => {
  const open = asked(SPECS.status.fields, { status: "open" }).map(({ name }) => name);
  const closed = asked(SPECS.status.fields, { status: "closed" }).map(({ name }) => name);
  expect(open).not.toContain("outcome");
  expect(closed).toContain("outcome");
  const reopened = factFrom(SPECS.status, { status: "open", outcome: "moved", note: "" }, { item: "", before: { fact: "status", status: "closed", outcome: "moved" }, timeZone: ZONE });
  expect(reopened).toEqual({ fact: "status", status: "open", outcome: null, note: null });
});

test("members that a form does not ask for stay as they were", () => {
  const before = { fact: "member", item: "m1", name: "Ada", relation: "Child", child: true, school: "sch-1", pupil: "pup-1" } as const;
  const fact = factFrom(SPECS.member, { ...valuesFrom(SPECS.member, before, ZONE), name: "Ada Finch" }, { item: "m1", before, timeZone: ZONE });
  expect(fact).toMatchObject({ name: "Ada Finch", school: "sch-1", pupil: "pup-1" });
});

test("a contact is on the place's own clock, in summer too", () => {
  const fact = factFrom(SPECS.contact, { on: "2026-06-01", time: "10:00", how: "phone", name: "Mother", reached: "yes", note: "" }, { item: "c1", before: null, timeZone: ZONE });
  expect(fact).toMatchObject({ at: "2026-06-01T09:00:00.000Z", reached: true });
  expect(fact).not.toHaveProperty("on");
});

function said(id: string, says: Fact, replaces: string[] = []): FactSaid {
  return {
    id,
    entry: `entry:${id}`,
    kind: "case.noted",
    says,
    observed_at: "2026-11-23T09:00:00.000Z",
    written_at: "2026-11-23T09:00:00.000Z",
    received_at: "2026-11-23T09:00:00.000Z",
    author: "staff-1",
    author_name: "Fay",
    role: "family_worker",
    device: "tablet-1",
    replaces,
  };
}

test("a claim replaces what was on the screen, and a change that came meanwhile is noticed", () => {
  const action = (what: string): Fact => ({ fact: "action", item: "a1", what, owner: "Mother" });
  const before = foldFacts([said("1", action("Ring the school"))]);
  const claim = claimOn(before, action("Ring the school on Monday"), "2026-11-23T10:00:00.000Z");
  expect(claim.replaces).toEqual(screenOf(before, "action:a1"));
  const after = foldFacts([said("1", action("Ring the school")), said("2", action("Write to the school"))]);
  expect(hasMoved(before, "action:a1", ["1"])).toBe(false);
  expect(hasMoved(after, "action:a1", ["1"])).toBe(true);
});
