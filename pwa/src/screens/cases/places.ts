/** What forms and lines of a case look up on this tablet: members, colleagues, teams, the clock. */
import { itemsOf } from "../../domain/facts.ts";
import type { Cells, FactOf, Item } from "../../domain/facts.ts";
import type { Case } from "../../generated/types.ts";
import { groups, nowLocal, school, today } from "../../state/app.ts";
import type { Field, Option, Values } from "./forms/fields.ts";
import type { CaseFactKind, Names, Spec } from "./forms/specs.ts";

/** A member of the household as one of several says it; the first, where people differ. */
function memberOf({ values }: Item<"member">): FactOf<"member"> | null {
  return values[0] ?? null;
}

/** Everybody of the household. */
export function household(cells: Cells): FactOf<"member">[] {
  return itemsOf(cells, "member").flatMap((one) => memberOf(one) ?? []);
}

/** "The Okafor family": by the children's surnames, since that is how people look for a case. */
export function familyName(cells: Cells): string {
  const members = household(cells);
  const children = members.filter(({ child }) => child);
  const named = (children.length > 0 ? children : members).map(({ name }) => name.trim().split(/\s+/).at(-1) ?? "");
  const surnames = [...new Set(named)].filter((name) => name !== "");
  return surnames.length === 0 ? "A family without names yet" : `${surnames.join("–")} family`;
}

/** Whom and what ids stand for, on this tablet. */
export function namesOf(cells: Cells): Names {
  const members = new Map(household(cells).map(({ item, name }) => [item, name]));
  return {
    member: (item) => members.get(item) ?? "somebody no longer in the household",
    person: (person) => school.value?.staff.find((one) => one.person === person)?.name ?? "a colleague no longer on the list",
    team: (team) => groups.value.get(team)?.name ?? "another team",
  };
}

/** What a select offers. */
export function choicesOf(of: Pick<Case, "cells">, field: Extract<Field, { type: "choice" | "member" | "person" | "team" }>): Option[] {
  const none = (text: string): Option => ({ value: "", text });
  switch (field.type) {
    case "choice":
      return [none("Choose"), ...field.options];
    case "member": {
      const members = household(of.cells).filter(({ child }) => child || !field.children);
      return [none(field.none === "" ? "Choose" : field.none), ...members.map(({ item, name }) => ({ value: item, text: name }))];
    }
    case "person":
      return [none(field.none), ...(school.value?.staff ?? []).map(({ person, name }) => ({ value: person, text: name }))];
    case "team": {
      const teams = [...groups.value.values()].filter(({ kind }) => kind === "team");
      return [none("Choose"), ...teams.map(({ group, name }) => ({ value: group, text: name }))];
    }
  }
}

/** A new fact is of today and now, and begins at its first state. */
export function nowIn<K extends CaseFactKind>(spec: Spec<K>): Values {
  const begins: Record<string, string> = { status: "", effect: "too_early" };
  if (spec.kind === "action") begins["status"] = "open";
  if (spec.kind === "referral") begins["status"] = "sent";
  const dated = new Set(["on", "sent", "began"]);
  return Object.fromEntries(
    spec.fields.flatMap(({ name, type }) => {
      if (type === "date" && dated.has(name) && spec.kind !== "meeting") return [[name, today.value] as const];
      if (type === "time" && name === "time") return [[name, nowLocal.value] as const];
      const first = begins[name];
      return type === "choice" && first !== undefined ? [[name, first] as const] : [];
    }),
  );
}
