/**
 * A concern that was begun on this tablet and not sent. It is kept at every pause, and every page
 * says that it is there: it never waits as a draft does.
 */
import { signal } from "@preact/signals";
import type { Told } from "../../generated/types.ts";
import { dropDraft, loadDraft, saveDraft } from "../../state/app.ts";

export interface Begun {
  readonly concern: string;
  /** By the tablet's clock. */
  readonly beganAt: string;
  readonly visit: string | null;
  readonly case: string | null;
  readonly child: string | null;
  readonly childName: string;
  readonly school: string | null;
  readonly pupil: string | null;
  readonly text: string;
  readonly immediate: boolean;
  readonly staff: boolean;
  readonly head: boolean;
  readonly about: readonly string[];
  readonly told: readonly Told[];
  /** When it was seen or heard, by the place's clock; "" for now. */
  readonly date: string;
  readonly time: string;
}

const KEY = "concern";

/** What was begun; null for nothing that anybody would miss. */
export const begun = signal<Begun | null>(null);

/** Whether something was written, or somebody was told: from then on it is begun. */
export function isBegun({ text, told }: Begun): boolean {
  return text.trim() !== "" || told.length > 0;
}

/** Read what was begun by whoever is at the tablet now. What is begun meanwhile is newer. */
export async function readBegun(): Promise<void> {
  begun.value = null;
  const kept = await loadDraft<Begun>(KEY);
  begun.value ??= kept !== null && isBegun(kept) ? kept : null;
}

/** Keep it as it is now; what nobody would miss is not kept. */
export async function keepBegun(now: Begun): Promise<void> {
  if (!isBegun(now)) return dropBegun();
  begun.value = now;
  return saveDraft(KEY, now);
}

/** It was sent, or removed on purpose. */
export function dropBegun(): Promise<void> {
  begun.value = null;
  return dropDraft(KEY);
}
