/** The published documents that a tablet may hold, told apart by their type. */
import type {
  Card,
  Case,
  CaseSummary,
  Concern,
  ConcernStatus,
  Draft,
  DraftOpening,
  Glass,
  Group,
  DraftEnd,
  Held,
  History,
  Roll,
  School,
  SharedSupport,
  Sheet,
  Support,
  Unexplained,
  Visit,
  Watch,
} from "../generated/types.ts";

type Told<T, K extends string> = Omit<T, "type"> & { type: K };

export type Published =
  | Told<School, "school">
  | Told<Group, "group">
  | Told<Card, "card">
  | Told<Sheet, "sheet">
  | Told<Roll, "roll">
  | Told<Unexplained, "unexplained">
  | Told<Held, "held">
  | Told<History, "history">
  | Told<Case, "case">
  | Told<Visit, "visit">
  | Told<Watch, "watch">
  | Told<Concern, "concern">
  | Told<ConcernStatus, "concern_status">
  | Told<Support, "support">
  | Told<SharedSupport, "shared">
  | Told<CaseSummary, "summary">
  | Told<Glass, "glass">
  | Told<Draft, "draft">
  | Told<DraftEnd, "draft_end">
  | Told<DraftOpening, "draft_opening">;

/** Every type of document that this version knows. */
export const EVERY_KIND: ReadonlySet<Published["type"]> = new Set([
  "school",
  "group",
  "card",
  "sheet",
  "roll",
  "unexplained",
  "held",
  "history",
  "case",
  "visit",
  "watch",
  "concern",
  "concern_status",
  "support",
  "shared",
  "summary",
  "glass",
  "draft",
  "draft_end",
  "draft_opening",
]);

const KNOWN: ReadonlySet<unknown> = EVERY_KIND;

/** How the ids of histories begin: a half-term's first day and the pupil follow. */
export const HISTORY = "history:";

/** The pupil and the half-term that an id of the replica names; null for one that is no history's. */
export function historyOf(id: string): { half: string; pupil: string } | null {
  if (!id.startsWith(HISTORY)) return null;
  const [, half = "", pupil = ""] = id.split(":");
  return { half, pupil };
}

/** The `_id` of a pupil's history of the half-term that begins on `half`. */
export function historyId(half: string, pupil: string): string {
  return `${HISTORY}${half}:${pupil}`;
}

/** A document that this version does not know: kept as it came, and shown by one that does. */
export interface Unknown {
  _id: string;
}

export type Kept = Published | Unknown;

/** Whether a row of the feed brings a document to keep. */
export function isKept(value: unknown): value is Kept {
  return typeof value === "object" && value !== null && "_id" in value && typeof value._id === "string";
}

/** Whether a document is one that this version knows. */
export function isPublished(value: unknown): value is Published {
  return typeof value === "object" && value !== null && "_id" in value && "type" in value && KNOWN.has(value.type);
}
