// One's own watch, on every screen.
import { computed, signal } from "@preact/signals";
import { guardOf } from "../../domain/watches.ts";
import type { ShownWatch } from "../../domain/watches.ts";
import { me, now, watches } from "../../state/app.ts";

/** The watch of the person at the tablet that runs; of several the one that began last; null for none. */
export const myWatch = computed((): ShownWatch | null => ownWatch(watches.value.values(), me.value?.person ?? ""));

/** A person's own watch among all. */
function ownWatch(all: Iterable<ShownWatch>, person: string): ShownWatch | null {
  const running = [...all].filter((one) => one.person === person && !isOver(one));
  return running.toSorted((a, b) => (a.started_at < b.started_at ? 1 : -1))[0] ?? null;
}

/** Watches that one has looked at since somebody else ended them. */
const looked = signal<ReadonlySet<string>>(new Set());
const TOLD_FOR_MS = 12 * 3_600_000;

/** One's own watch that somebody else ended, until one has looked at it, or for half a day. */
export const endedByOthers = computed((): ShownWatch | null => {
  if (myWatch.value !== null) return null;
  const found = endedFor(watches.value.values(), me.value?.person ?? "", now.value);
  return found === null || looked.value.has(found.watch) ? null : found;
});

/** One has read who ended it, and how they knew. */
export function lookedAt(watch: string): void {
  if (!looked.peek().has(watch)) looked.value = new Set([...looked.peek(), watch]);
}

/** The last of a person's watches, where somebody else said not long ago that they are safe. */
export function endedFor(all: Iterable<ShownWatch>, person: string, nowMs: number): ShownWatch | null {
  const [last] = [...all].filter((one) => one.person === person).toSorted((a, b) => (a.started_at < b.started_at ? 1 : -1));
  const at = last?.state === "safe" && last.safe_how ? Date.parse(last.safe_at ?? "") : Number.NaN;
  return last !== undefined && at > nowMs - TOLD_FOR_MS ? last : null;
}

/** Over: as the server knows, or begun and ended here before the server heard of either. */
function isOver(one: ShownWatch): boolean {
  const guard = guardOf(one, Date.parse(one.started_at));
  return guard.by === "over" || (guard.by === "nobody" && one.waiting.includes("watch.ended"));
}
