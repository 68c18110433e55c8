/** Decisions on what this person wrote that they have not been told of yet. Pure. */
import type { Outcome } from "../../generated/types.ts";
import type { OutboxItem } from "../../state/model.ts";

/** One decision on one entry of theirs. */
export interface Decided {
  readonly key: string;
  readonly item: OutboxItem;
  readonly outcome: Outcome;
  /** How many marks of the entry it is on; null for the whole of it. */
  readonly marks: number | null;
}

/** Every decision that holds, newest first. */
export function decisions(items: readonly OutboxItem[]): Decided[] {
  return items.flatMap(ofItem).toSorted((a, b) => (a.outcome.at < b.outcome.at ? 1 : -1));
}

function ofItem(item: OutboxItem): Decided[] {
  const found = new Map<string, Decided>();
  const told: readonly (readonly [Outcome | null, number | null])[] = [
    [item.outcome, null],
    ...item.setAside.map(({ outcome }) => [outcome, 1] as const),
  ];
  for (const [outcome, marks] of told) {
    if (outcome === null || outcome.what === "contested") continue;
    const key = [item.id, ...outcome.entries.toSorted()].join(" ");
    const before = found.get(key);
    if (before === undefined) found.set(key, { key, item, outcome, marks });
    else if (before.marks !== null) found.set(key, { ...before, marks: before.marks + (marks ?? 0) });
  }
  return [...found.values()];
}

/** Those that are not among `seen`. */
export function unseenOf(items: readonly OutboxItem[], seen: ReadonlySet<string>): Decided[] {
  return decisions(items).filter(({ key }) => !seen.has(key));
}
