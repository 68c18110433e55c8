/** The published documents that a tablet may hold, told apart by their type. */
import type { Card, Group, Held, Roll, School, Sheet, Unexplained } from "../generated/types.ts";

type Told<T, K extends string> = Omit<T, "type"> & { type: K };

export type Published =
  | Told<School, "school">
  | Told<Group, "group">
  | Told<Card, "card">
  | Told<Sheet, "sheet">
  | Told<Roll, "roll">
  | Told<Unexplained, "unexplained">
  | Told<Held, "held">;

const TYPES: ReadonlySet<unknown> = new Set(["school", "group", "card", "sheet", "roll", "unexplained", "held"]);

/** Whether a document of the feed is one that this version knows; others wait for a newer one. */
export function isPublished(value: unknown): value is Published {
  return typeof value === "object" && value !== null && "_id" in value && "type" in value && TYPES.has(value.type);
}
