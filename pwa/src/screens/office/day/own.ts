/** What this person's own entries say before the server has: answers given, movements recorded. */
import type { Body } from "../../../domain/entry.ts";
import type { EntryState } from "../../../state/model.ts";

/** The part of an own entry that these lists read. */
export interface OwnEntry {
  readonly id: string;
  readonly body: Body;
  readonly state: EntryState;
  readonly reason: string | null;
  readonly receivedAt: string | null;
}

/** Whether an entry speaks, or will unless the server finds something against it. */
export function speaks(entry: OwnEntry): boolean {
  return entry.state === "waiting" || entry.state === "stored" || entry.state === "released";
}

/** Ids of claims that own entries have replaced: their lines leave the lists of open things at once. */
export function replacedBy(entries: readonly OwnEntry[]): ReadonlySet<string> {
  const replaced = entries.filter(speaks).flatMap(({ body }) => {
    if (!("claims" in body)) return [];
    return body.claims.flatMap((claim) => claim.replaces ?? []);
  });
  return new Set(replaced);
}

/** Ids of entries that own entries have voided or withdrawn. */
export function undoneBy(entries: readonly OwnEntry[]): ReadonlySet<string> {
  const undone = entries.filter(speaks).flatMap(({ body }) => {
    return body.kind === "register.voided" || body.kind === "planned.withdrawn" ? [body.entry] : [];
  });
  return new Set(undone);
}
