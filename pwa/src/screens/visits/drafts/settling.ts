/** Settling a draft that was written on two tablets: what its author chose, and what is still to choose. Pure. */
import { isProse } from "../../../domain/draft-merge.ts";
import type { Conflict } from "../../../domain/draft-merge.ts";
import type { Fields } from "../../../domain/draft-versions.ts";
import { isShown } from "./field-words.ts";

/** One of the versions by its place, both one after the other, or other words. */
export type Choice = { pick: number } | { pick: "both" } | { pick: "own"; text: string };
export type Choices = Readonly<Record<string, Choice>>;

/** What is chosen as the page opens: both, where that loses nothing. A choice is the author's. */
export function firstChoices(conflicts: readonly Conflict[]): Choices {
  return Object.fromEntries(conflicts.flatMap(({ field, both }): [string, Choice][] => (both === null ? [] : [[field, { pick: "both" }]])));
}

/** Conflicts for which nothing is chosen yet. */
export function unsettled(conflicts: readonly Conflict[], choices: Choices): Conflict[] {
  return conflicts.filter(({ field }) => isShown(field) && choices[field] === undefined);
}

/** What a conflict comes to; null while nothing is chosen. */
export function chosen({ versions, both }: Conflict, choice: Choice | undefined): string | null {
  if (choice === undefined) return null;
  if (choice.pick === "own") return choice.text;
  return choice.pick === "both" ? both : (versions[choice.pick] ?? null);
}

/** All fields, as the author settled them. */
export function settledFields(merged: Fields, conflicts: readonly Conflict[], choices: Choices): Fields {
  const picked = conflicts.map((one) => [one.field, chosen(one, choices[one.field]) ?? one.both ?? one.versions[0] ?? ""]);
  return { ...merged, ...Object.fromEntries(picked) };
}

/** Fields that only one tablet had something in, or changed: they are taken as they are. */
export function takenFields(mine: Fields, merged: Fields, conflicts: readonly Conflict[]): [field: string, value: string][] {
  const open = new Set(conflicts.map(({ field }) => field));
  return Object.entries(merged).filter(([field, value]) => isShown(field) && !open.has(field) && (mine[field] ?? "") !== value);
}

/** What handed-in text leaves of a draft to add: its prose, each part under what it answers. */
export function leftWords(fields: Fields, handedIn: Fields, label: (field: string) => string): string {
  return Object.entries(fields)
    .filter(([field, value]) => isProse(field) && value.trim() !== "" && value.trim() !== (handedIn[field] ?? "").trim())
    .map(([field, value]) => `${label(field)}: ${value.trim()}`)
    .join("\n\n");
}
