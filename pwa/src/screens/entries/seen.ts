/** Which decisions this person has been told of: kept on this tablet, like a form's draft. */
import { computed, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { entries, loadDraft, me, saveDraft } from "../../state/app.ts";
import { decisions, unseenOf } from "./news.ts";

const KEY = "decisions-seen";

/** Null until it has been read. */
const seen = signal<{ person: string; keys: ReadonlySet<string> } | null>(null);

/** Decisions to be told of, newest first; none until it is known which were. */
export const unseen = computed(() => {
  const known = seen.value;
  return known === null || known.person !== me.value?.person ? [] : unseenOf(entries.value, known.keys);
});

/** Read what was seen, whenever somebody comes to the tablet. */
export function useSeen(): void {
  const person = me.value?.person;
  useEffect(() => {
    if (person !== undefined && seen.value?.person !== person) void read(person);
  }, [person]);
}

async function read(person: string): Promise<void> {
  const kept = await loadDraft<readonly string[]>(KEY).catch(() => null);
  if (me.value?.person === person) seen.value = { person, keys: new Set(kept ?? []) };
}

/** They have been read: nothing reminds of them any more. */
export function markSeen(): void {
  const person = me.value?.person;
  if (person === undefined) return;
  const keys = decisions(entries.value).map(({ key }) => key);
  seen.value = { person, keys: new Set(keys) };
  // If it cannot be kept, they are told again: better twice than never.
  saveDraft(KEY, keys).catch(() => undefined);
}
