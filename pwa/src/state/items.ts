/** A person's own entries, as screens list them and as sheets take them in. */
import type { Body, NewBody } from "../domain/entry.ts";
import type { Waiting } from "../domain/sheet.ts";
import { readEntry, SHAPE } from "../domain/upcast.ts";
import type { Stored } from "../store/outbox.ts";
import type { OutboxItem } from "./model.ts";

/** Those that this version can read, in today's shape; what a newer version wrote is left out. */
export function readable(stored: readonly Stored[]): Stored[] {
  return stored.flatMap(({ entry, fate }) => {
    const read = readEntry(entry);
    return read === null ? [] : [{ entry: read, fate }];
  });
}

/** An entry and what became of it. */
export function itemOf({ entry, fate }: Stored): OutboxItem {
  return {
    log: entry.log,
    n: entry.n,
    id: entry._id,
    body: entry.body,
    state: fate?.state ?? "waiting",
    reason: fate?.reason ?? null,
    receivedAt: fate?.receivedAt ?? null,
    setAside: fate?.setAside ?? [],
  };
}

/** The same entry, to be folded over published documents. */
export function waitingOf({ entry, fate }: Stored, authorName: string): Waiting {
  return {
    entry,
    authorName,
    receivedAt: fate?.receivedAt ?? null,
    held: fate?.state === "held" ? (fate.reason ?? "Held for the office to look at.") : null,
    setAside: new Map((fate?.setAside ?? []).map(({ claim, reason }) => [claim, reason])),
  };
}

/** Who, when and by which clock: what `record` adds to what a screen gives. */
export type Circumstances = Pick<Body, "author" | "role" | "device" | "written_at" | "clock">;

/** The full body: without members that say nothing, and with whole characters only. */
export function bodyOf(given: NewBody, circumstances: Circumstances): Body {
  // Spreading a union loses which of its kinds it is; the two halves make up exactly that kind.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return tidy({ shape: SHAPE, ...given, ...circumstances }) as Body;
}

const HALF_CHARACTERS = /\p{Surrogate}/gu;

/** Half an emoji, cut by a field's length limit, has no canonical form: it becomes a replacement mark. */
function tidy(value: unknown): unknown {
  if (typeof value === "string") return value.replaceAll(HALF_CHARACTERS, "\uFFFD");
  if (Array.isArray(value)) return value.map(tidy);
  if (typeof value !== "object" || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, tidy(member)]));
}
