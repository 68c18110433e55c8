// One's own watch, on every screen.
import { computed } from "@preact/signals";
import { guardOf } from "../../domain/watches.ts";
import type { ShownWatch } from "../../domain/watches.ts";
import { me, watches } from "../../state/app.ts";

/** The watch of the person at the tablet that runs; of several the one that began last; null for none. */
export const myWatch = computed((): ShownWatch | null => ownWatch(watches.value.values(), me.value?.person ?? ""));

/** A person's own watch among all. */
export function ownWatch(all: Iterable<ShownWatch>, person: string): ShownWatch | null {
  const running = [...all].filter((one) => one.person === person && !isOver(one));
  return running.toSorted((a, b) => (a.started_at < b.started_at ? 1 : -1))[0] ?? null;
}

/** Over: as the server knows, or begun and ended here before the server heard of either. */
function isOver(one: ShownWatch): boolean {
  const guard = guardOf(one, Date.parse(one.started_at));
  return guard.by === "over" || (guard.by === "nobody" && one.waiting.includes("watch.ended"));
}
