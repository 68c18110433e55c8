/**
 * Watches as the tablet shows them: as the server has them, with one's own entries over them.
 *
 * Only what the server has received raises an alarm. So an own entry that waits changes nothing of
 * who watches until when: it is named beside it, until a receipt says that it has come.
 */
import type { Body, BodyOf, Kind } from "./entry.ts";
import type { Waiting } from "./sheet.ts";
import { instant } from "./time.ts";
import type { Watch } from "../generated/types.ts";

/** A watch on screen. Only what the server has received raises an alarm. */
export interface ShownWatch extends Omit<Watch, "received_at"> {
  /** When the server had it; null: it has not, and nobody will be told. */
  received_at: string | null;
  /** What was said about it here that has not reached the server, oldest first. */
  waiting: readonly Kind[];
  /** The end that was said here last and has not reached the server; `expected_back` counts until it has. */
  said_back: string | null;
  /** Why the server holds it, or something said about it, so that it does not count; null: it does not. */
  held: string | null;
}

/** Who watches over somebody, as far as this tablet knows. */
export type Guard =
  /** `said`: another end, said here, that the server does not know of. */
  | { by: "server"; until: string; overdue: boolean; said: string | null; over: boolean; help: boolean }
  | { by: "nobody"; held: string | null }
  /** The server has the call, and tells everybody. */
  | { by: "alarm" }
  | { by: "over" };

type WatchKind = "watch.started" | "watch.extended" | "watch.ended" | "watch.confirmed" | "watch.help";
type WatchBody = BodyOf<WatchKind>;

const DAY_MS = 24 * 3_600_000;
/** A watch published this long after an entry came in has taken it into account. */
const PUBLISHED_WITHIN_MS = 2000;

/** A published watch that nothing waits for. */
export function shownWatch(watch: Watch): ShownWatch {
  return { ...watch, waiting: [], said_back: null, held: null };
}

/** Every watch by its id: those published, and one's `own` (oldest first) that are not yet. */
export function overlayWatches(published: readonly Watch[], own: readonly Waiting[]): Map<string, ShownWatch> {
  const found = new Map(published.map((doc) => [doc.watch, shownWatch(doc)]));
  const told = new Map(published.map((doc) => [doc.watch, Date.parse(doc.as_at)]));
  for (const one of own) {
    const body = watchBody(one);
    if (body === null) continue;
    const known = found.get(body.watch);
    const counted = one.receivedAt !== null && (told.get(body.watch) ?? 0) > Date.parse(one.receivedAt) + PUBLISHED_WITHIN_MS;
    if (counted && one.silent === null) continue;
    const next = known === undefined ? begun(one, body) : taken(known, one, body);
    if (next !== null) found.set(body.watch, next);
  }
  return found;
}

function watchBody({ entry: { body } }: Waiting): WatchBody | null {
  return isWatch(body) ? body : null;
}

function isWatch(body: Body): body is WatchBody {
  return body.kind.startsWith("watch.");
}

/** A watch of which only this tablet knows. */
function begun(one: Waiting, body: WatchBody): ShownWatch | null {
  if (body.kind !== "watch.started" && body.kind !== "watch.help") return null;
  if (one.silent?.verdict === "declined") return null;
  const at = said(one);
  const start = body.kind === "watch.started" ? body : null;
  const empty: ShownWatch = {
    _id: `watch:${body.watch}`,
    type: "watch",
    watch: body.watch,
    person: body.author,
    person_name: one.authorName,
    phone: start?.phone ?? null,
    case: start?.case ?? null,
    visit: start?.visit ?? null,
    where: body.where,
    note: body.note ?? null,
    started_at: instant(at),
    received_at: null,
    expected_back: instant(start === null ? at : endOf(one, start)),
    buddy: start?.buddy ?? null,
    state: "running",
    doubts: [],
    alarms: [],
    waiting: [],
    said_back: null,
    held: null,
    as_at: instant(at),
  };
  return taken(empty, one, body);
}

/** The watch with one more own entry, that the published one may not show. */
function taken(watch: ShownWatch, one: Waiting, body: WatchBody): ShownWatch {
  if (one.silent !== null) return one.silent.verdict === "held" ? { ...watch, held: one.silent.reason } : watch;
  if (one.receivedAt === null) {
    const back = body.kind === "watch.extended" ? instant(endOf(one, body)) : watch.said_back;
    return { ...watch, said_back: back, waiting: [...watch.waiting, body.kind] };
  }
  return received({ ...watch, received_at: watch.received_at ?? one.receivedAt }, one, body);
}

function received(watch: ShownWatch, one: Waiting, body: WatchBody): ShownWatch {
  switch (body.kind) {
    case "watch.extended":
      // It says that the worker is out, also where an end was said before.
      return { ...watch, expected_back: instant(endOf(one, body)), state: watch.state === "help" ? "help" : "running" };
    case "watch.help":
      return { ...watch, where: body.where, state: "help" };
    case "watch.ended":
      return { ...watch, state: "safe", safe_at: instant(said(one)), safe_by_name: one.authorName, safe_how: null };
    case "watch.confirmed":
      return { ...watch, state: "safe", safe_at: instant(said(one)), safe_by_name: one.authorName, safe_how: body.how };
    case "watch.started":
      return watch;
  }
}

/** When an own entry was written, by the server's clock as this device knew it. */
function said({ entry }: Waiting): number {
  return Date.parse(entry.body.written_at) + (entry.body.clock?.offset_ms ?? 0);
}

/** The end as the server reads it: never before it was written, nor more than a day after. */
function endOf(one: Waiting, body: BodyOf<"watch.started" | "watch.extended">): number {
  const length = Date.parse(body.expected_back) - Date.parse(body.written_at);
  return said(one) + Math.min(Math.max(length, 0), DAY_MS);
}

/** Who watches, at a moment by the server's clock. */
export function guardOf(watch: ShownWatch, nowMs: number): Guard {
  if (watch.state === "safe") return { by: "over" };
  if (watch.received_at === null) return { by: "nobody", held: watch.held };
  if (watch.state === "help") return { by: "alarm" };
  return {
    by: "server",
    until: watch.expected_back,
    overdue: nowMs >= Date.parse(watch.expected_back),
    said: watch.said_back,
    over: watch.waiting.includes("watch.ended") || watch.waiting.includes("watch.confirmed"),
    help: watch.waiting.includes("watch.help"),
  };
}
