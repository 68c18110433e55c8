/** What is to be said of a tablet, in plain words. Pure; instants are written by the caller's clock. */
import { count } from "../../components/text.ts";
import type { DeviceHolding, DeviceRow } from "../../generated/types.ts";

/** Writes an instant in the school's time. */
export type Clock = (instant: string) => string;

/** Something that somebody should look at, or know. */
export interface Note {
  readonly tone: "warning" | "plain";
  readonly text: string;
}

const ID_END = 4;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Below this a clock is called right. */
const OFF_MS = 2 * MINUTE_MS;
const SILENT_MS = 7 * DAY_MS;

export const REASONS = {
  lost: "Lost",
  stolen: "Stolen",
  replaced: "Replaced by another",
  left: "Its owner has left",
  other: "Another reason",
} as const;

export type Reason = keyof typeof REASONS;

/** What a tablet is called; one that was only heard of has no name, but people, and the end of its id. */
export function nameOf(row: DeviceRow): string {
  if (row.label !== null && row.label !== undefined && row.label !== "") return row.label;
  const [first] = row.people ?? [];
  const end = row.device.slice(-ID_END);
  return first === undefined ? `A tablet without a name (…${end})` : `${first.name}’s browser (…${end})`;
}

/** Whose it is. */
export function whoseWords({ state, shared, owner_name: owner, people = [] }: DeviceRow): string {
  if (state === "unenrolled") return people.length > 1 ? `Used by ${count(people.length, "person", "people")}` : "Used by one person";
  if (shared ?? false) return people.length === 0 ? "Shared" : `Shared, used by ${count(people.length, "person", "people")}`;
  if (owner !== null && owner !== undefined) return owner;
  return people[0]?.name ?? "Whoever signs in first";
}

/** The warnings first: the line's tags and sentences. `nowMs` by the server's clock. */
export function notesOf(row: DeviceRow, nowMs: number, clock: Clock): Note[] {
  return row.state === "enrolled" || row.state === "unenrolled" ? usedNotes(row, nowMs, clock) : revokedNotes(row, clock);
}

function usedNotes(row: DeviceRow, nowMs: number, clock: Clock): Note[] {
  const notes: Note[] = [];
  const { last_contact: last = null, waiting = 0, oldest_waiting: oldest = null } = row;
  if (last === null) notes.push({ tone: "plain", text: "Not heard of since it was enrolled." });
  else if (nowMs - Date.parse(last) > SILENT_MS) {
    const days = Math.floor((nowMs - Date.parse(last)) / DAY_MS);
    notes.push({ tone: "warning", text: `Not heard of for ${count(days, "day")}.` });
  }
  if (waiting > 0) {
    const since = oldest === null ? "" : `, the oldest from ${clock(oldest)}`;
    notes.push({ tone: "warning", text: `${count(waiting, "entry", "entries")} still to send${since}.` });
  }
  const off = clockWords(row);
  if (off !== null) notes.push({ tone: "warning", text: off });
  if (row.storage === "best-effort") {
    notes.push({ tone: "plain", text: "Its browser may clear its storage when space runs short." });
  }
  const owing = (row.people ?? []).flatMap(({ holding }) => holding?.owes_since ?? []).toSorted();
  if (owing[0] !== undefined) {
    const text = `Has not shown yet that it let go of what it may no longer hold, since ${clock(owing[0])}.`;
    notes.push({ tone: "warning", text });
  }
  if ((row.people ?? []).some(({ holding }) => (holding?.differs ?? null) !== null)) {
    notes.push({ tone: "warning", text: "Held other documents than it should when it last said what it holds." });
  }
  return notes;
}

function revokedNotes({ revoked, farewell, wiped_at: wiped, waiting = 0 }: DeviceRow, clock: Clock): Note[] {
  const notes: Note[] = [];
  if (revoked !== null && revoked !== undefined) {
    const note = revoked.note === null || revoked.note === undefined || revoked.note === "" ? "" : ` “${revoked.note}”`;
    notes.push({ tone: "plain", text: `${REASONS[revoked.reason]}. Revoked by ${revoked.by_name}, ${clock(revoked.at)}.${note}` });
  }
  if (farewell !== null && farewell !== undefined) notes.push({ tone: "plain", text: farewellWords(farewell.entries, farewell.complete) });
  if (wiped !== null && wiped !== undefined) notes.push({ tone: "plain", text: `Said that it is empty, ${clock(wiped)}.` });
  else notes.push({ tone: "warning", text: `${unsentWords(waiting)}When it is next in touch it hands over what it has not sent, and empties itself.` });
  return notes;
}

function unsentWords(waiting: number): string {
  if (waiting === 0) return "";
  return `${count(waiting, "entry was", "entries were")} still to send when it was last heard. `;
}

function farewellWords(entries: number, complete: boolean): string {
  if (!complete) return `${count(entries, "entry", "entries")} handed over so far.`;
  if (entries === 0) return "It had nothing left to hand over.";
  return `${count(entries, "entry", "entries")} handed over: see Held entries.`;
}

/** How wrong its clock is; null for one that is right, or not known. */
export function clockWords({ clock_offset_ms: offset = null }: DeviceRow): string | null {
  if (offset === null || Math.abs(offset) < OFF_MS) return null;
  const minutes = Math.round(Math.abs(offset) / MINUTE_MS);
  return `Its clock is ${count(minutes, "minute")} ${offset > 0 ? "slow" : "fast"}; its times are put right.`;
}

/** What a person's part of a tablet holds, as it last proved. */
export function holdingWords(holding: DeviceHolding | undefined, clock: Clock): string {
  if (holding === undefined) return "Not asked yet";
  const { proven_at: proven = null, documents = null, owes_since: owes = null, differs = null, dropped_at: dropped = null } = holding;
  if (owes !== null) return `Owes to let go of what it may no longer hold, since ${clock(owes)}`;
  if (differs !== null) return "Held other documents than it should";
  if (proven === null) return "Not proven yet";
  const held = `${count(documents ?? 0, "document")}, exactly what it may hold, ${clock(proven)}`;
  return dropped === null ? held : `${held}; let go of the rest ${clock(dropped)}`;
}

export const STORAGE_WORDS = {
  persistent: "Promised by the browser",
  "best-effort": "Not promised: add Tidemark to its home screen",
  unknown: "Not known",
} as const;
