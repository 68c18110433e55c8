/**
 * A visit's draft as its author sees it: this tablet's copy, what their other tablets wrote, and
 * whether it was handed in.
 */
import type { Draft, DraftKept, DraftSeen, DraftEnd } from "../generated/types.ts";
import { coversOf, further, reaches, relation } from "./draft-versions.ts";
import type { Covers, Fields, Seen, Version } from "./draft-versions.ts";

/** Where the newest words of this tablet's are: here alone, or also on the server since then. */
export type DraftStanding =
  /** `reason`: why the server will not take them; null: they are sent when there is a signal. */
  { where: "tablet"; reason: string | null } | { where: "server"; at: DraftKept["received_at"] };

export interface VisitDraft {
  draft: string;
  case: string;
  visit: string;
  begunAt: string;
  savedAt: string;
  /** As they are here; where nothing was written here since, as another tablet left them. */
  fields: Fields;
  standing: DraftStanding;
  /** `newer`: another tablet went on from here. `apart`: both wrote, and their author reconciles. */
  others: "none" | "newer" | "apart";
  /** The entry it was handed in with, though more was written than that says; null: not handed in. */
  handedIn: string | null;
  /** How far its copies are known here: what goes into the entry that hands it in. */
  covers: Covers;
}

/** What this tablet keeps of a draft. */
export interface OwnCopy extends Version {
  draft: string;
  case: string;
  visit: string;
  begunAt: string;
  savedAt: string;
  acked: { n: number; at: string } | null;
  refused: string | null;
  dropped: Covers | null;
}

/** A copy as the server publishes it, as a version among others. */
export function versionOfDraft({ copy_id: copy, n, saw = {}, seen = {}, fields }: Draft): Version {
  return { copy, n, saw: covers(saw), seen: seenOf(seen), fields: covers(fields) };
}

/** The copies of other stores that this one has not got all of. */
export function othersOf(own: OwnCopy | null, published: readonly Draft[], end: DraftEnd | null): Version[] {
  const gone = further(own?.dropped ?? {}, covers(end?.covers ?? {}));
  const versions = published.filter(({ copy_id: copy, n }) => copy !== own?.copy && (gone[copy] ?? 0) < n).map(versionOfDraft);
  const unknown = own === null ? versions : versions.filter((other) => !reaches(coversOf(own), coversOf(other)));
  // One that another of them has taken in says nothing of its own any more.
  return unknown.filter((one) => !unknown.some((other) => other !== one && relation(one, other) === "behind"));
}

/** The draft as it shows; null for nothing: handed in, or discarded, with all that there was. */
export function visitDraft(own: OwnCopy | null, published: readonly Draft[], end: DraftEnd | null): VisitDraft | null {
  const others = othersOf(own, published, end);
  const covered = covers(end?.covers ?? {});
  const mine = own === null || own.dropped !== null || (end !== null && reaches(covered, coversOf(own))) ? null : own;
  const first = published.find(({ copy_id: copy }) => others.some((other) => other.copy === copy));
  const head = mine ?? (first === undefined ? null : publishedHead(first));
  if (head === null) return null;
  const ahead = others.length === 1 && (mine === null || relation(mine, others[0] ?? mine) === "behind");
  const shown = ahead && others[0] !== undefined ? others[0] : (mine ?? others[0]);
  if (shown === undefined) return null;
  return {
    draft: head.draft,
    case: head.case,
    visit: head.visit,
    begunAt: earliest([head.begunAt, ...published.map(({ begun_at }) => begun_at)]),
    savedAt: head.savedAt,
    fields: shown.fields,
    standing: mine === null ? { where: "server", at: first?.received_at ?? head.savedAt } : standingOf(mine),
    others: others.length === 0 ? "none" : ahead ? "newer" : "apart",
    handedIn: end?.entry ?? null,
    covers: coversOf(shown),
  };
}

function publishedHead({ draft, case: ofCase, visit, begun_at: begunAt, saved_at: savedAt }: Draft): Pick<OwnCopy, "draft" | "case" | "visit" | "begunAt" | "savedAt"> {
  return { draft, case: ofCase, visit, begunAt, savedAt };
}

function standingOf({ n, acked, refused }: OwnCopy): DraftStanding {
  if (acked !== null && acked.n >= n) return { where: "server", at: acked.at };
  return { where: "tablet", reason: refused };
}

function earliest(instants: readonly string[]): string {
  return instants.toSorted()[0] ?? "";
}

/** A record as it was sent, without what its type says may be missing. */
function covers<T>(given: Readonly<Record<string, T | undefined>>): Record<string, T> {
  return Object.fromEntries(Object.entries(given).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}

function seenOf(seen: Readonly<Record<string, DraftSeen | undefined>>): Record<string, Seen> {
  const kept = covers(seen);
  return Object.fromEntries(
    Object.entries(kept).map(([copy, { n, saw = {}, fields }]) => [copy, { n, saw: covers(saw), fields: covers(fields) }]),
  );
}
