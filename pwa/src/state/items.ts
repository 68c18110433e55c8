/** A person's own entries, as screens list them and as sheets take them in. */
import type { Body, NewBody } from "../domain/entry.ts";
import type { Silence, Waiting } from "../domain/sheet.ts";
import { readEntry, SHAPE } from "../domain/upcast.ts";
import type { Outcome } from "../generated/types.ts";
import type { Stored } from "../store/outbox.ts";
import type { AsideFate, EntryKey, Fate } from "../store/person.ts";
import type { BeyondItem, EntryState, OutboxItem } from "./model.ts";

/** Those that this version can read, in today's shape. */
export function readable(stored: readonly Stored[]): Stored[] {
  return stored.flatMap((one) => {
    const read = readEntry(one.entry);
    return read === null ? [] : [{ ...one, entry: read }];
  });
}

/** The others, and those whose envelope a newer version closed. */
export function beyond(stored: readonly Stored[], closed: readonly EntryKey[]): BeyondItem[] {
  const shut = closed.map((key): BeyondItem => {
    return { key: key.join(":"), state: "waiting", receivedAt: null, writtenAt: null };
  });
  const unread = stored
    .filter(({ entry }) => readEntry(entry) === null)
    .map(({ entry, fate }): BeyondItem => {
      const written: unknown = entry.body.written_at;
      const writtenAt = typeof written === "string" && !Number.isNaN(Date.parse(written)) ? written : null;
      return { key: entry._id, state: fateOf(fate), receivedAt: fate?.receivedAt ?? null, writtenAt };
    });
  return [...shut, ...unread];
}

/** Held only while nobody has decided, or two have and disagree. */
function fateOf(fate: Fate | null): EntryState {
  if (fate === null) return "waiting";
  return fate.state === "held" ? (decided(fate.outcome)?.what ?? "held") : fate.state;
}

type Decided = Outcome & { what: Exclude<Outcome["what"], "contested"> };

/** The outcome, where there is one that holds. */
function decided(outcome: Outcome | null | undefined): Decided | null {
  if (!outcome) return null;
  const { what } = outcome;
  return what === "contested" ? null : { ...outcome, what };
}

/** An entry and what became of it. */
export function itemOf({ entry, fate, backedUp = false }: Stored): OutboxItem {
  return {
    log: entry.log,
    n: entry.n,
    id: entry._id,
    body: entry.body,
    state: fateOf(fate),
    reason: fate?.reason ?? null,
    receivedAt: fate?.receivedAt ?? null,
    setAside: (fate?.setAside ?? []).map(({ claim, reason, outcome = null }) => ({ claim, reason, outcome })),
    outcome: fate?.outcome ?? null,
    backedUp,
  };
}

/** The same entry, to be folded over published documents. */
export function waitingOf({ entry, fate }: Stored, authorName: string): Waiting {
  return {
    entry,
    authorName,
    receivedAt: fate?.receivedAt ?? null,
    silent: silenceOf(fate),
    // What was held because none of its claims could stand is released with all of them.
    aside: new Map(fateOf(fate) === "released" ? [] : (fate?.setAside ?? []).flatMap(asideOf)),
    decided: [fate?.outcome, ...(fate?.setAside ?? []).map(({ outcome }) => outcome)].some((one) => decided(one) !== null),
  };
}

/** Changes whenever an overlay of it would. */
export function stateOf({ entry, receivedAt, silent, aside }: Waiting): string {
  const verdicts = [silent, ...aside.values()].map((one) => `${one?.verdict} ${one?.reason}`);
  return [entry._id, receivedAt, ...verdicts].join(" ");
}

/** Why nothing of an entry speaks: it is held, or it was declined or corrected. */
function silenceOf(fate: Fate | null): Silence | null {
  if (fate?.state !== "held") return null;
  return silence("held", fate.reason ?? "Held for the office to look at.", fate.outcome);
}

function asideOf({ claim, reason, outcome }: AsideFate): [string, Silence][] {
  const found = silence("set_aside", reason, outcome);
  return found === null ? [] : [[claim, found]];
}

/** A released one speaks; a corrected one does not, because its correction does. */
function silence(verdict: "held" | "set_aside", reason: string, outcome: Outcome | null | undefined): Silence | null {
  const found = decided(outcome);
  if (found === null) return { verdict, reason };
  return found.what === "released" ? null : { verdict: "declined", reason: `${found.by_name}: ${found.reason}` };
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
