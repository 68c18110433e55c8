// The draft of one's own note of a visit: which it is, and those that are going on.
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { visitDrafts } from "../../../state/app.ts";
import type { VisitDraft } from "../../../state/app.ts";

const ID_LENGTH = 32;

/**
 * The id of a person's draft of a visit's note. Made of both, so that two tablets without a signal
 * begin the same one, and their author finds both on each. `n`: how many were discarded before it.
 */
export function draftIdOf(visit: string, person: string, n = 0): string {
  return bytesToHex(sha256(utf8ToBytes(`${visit}\n${person}\n${n}`))).slice(0, ID_LENGTH);
}

/** Drafts that are going on, the one written in last first. */
export function draftsGoingOn(drafts: ReadonlyMap<string, VisitDraft>): VisitDraft[] {
  return [...drafts.values()].toSorted((a, b) => (a.savedAt < b.savedAt ? 1 : -1));
}

/** The draft of a visit's note that is going on; null for none. */
export function draftFor(visit: string): VisitDraft | null {
  return draftsGoingOn(visitDrafts.peek()).find((one) => one.visit === visit) ?? null;
}
