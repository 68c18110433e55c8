/** The status line: how far this tablet and the server agree, in plain words. Pure. */
import type { SyncStatus } from "../../state/app.ts";
import { count } from "../text.ts";

/** What the line looks like; the words say the same. */
export type StatusTone = "good" | "waiting" | "offline" | "attention";

/** The one sentence, what else must not be missed, and where to go for more. */
export interface StatusWords {
  readonly tone: StatusTone;
  readonly text: string;
  readonly notes: readonly string[];
  readonly link: { readonly to: string; readonly text: string } | null;
}

const ENTRIES = { to: "/entries", text: "My entries" };

/** `stored`: own entries the server has; `clock` writes an instant in the school's time. */
export function statusWords(status: SyncStatus, stored: number, clock: (instant: string) => string): StatusWords {
  return { ...mainWords(status, stored, clock), notes: notesOf(status) };
}

function mainWords(status: SyncStatus, stored: number, clock: (instant: string) => string): Omit<StatusWords, "notes"> {
  const { waiting, held, refused } = status;
  const last = status.lastIn === null ? null : clock(status.lastIn);
  if (status.signInNeeded) {
    const why = waiting > 0 ? `send ${count(waiting, "entry", "entries")}` : "get the latest news";
    return { tone: "attention", text: `Sign in again to ${why}.`, link: { to: "/sign-in", text: "Sign in" } };
  }
  if (refused > 0) {
    const text = `${count(refused, "entry is", "entries are")} refused and ${refused === 1 ? "stays" : "stay"} on this tablet.`;
    return { tone: "attention", text, link: { ...ENTRIES, text: "See why" } };
  }
  if (held > 0) {
    const text = `${count(held, "entry is", "entries are")} held.`;
    return { tone: "attention", text: `${text}${waitingTail(waiting)}`, link: { ...ENTRIES, text: "See why" } };
  }
  if (!status.online) {
    const tail = waitingTail(waiting);
    return { tone: "offline", text: `No signal: everything you do is kept on this tablet.${tail}`, link: ENTRIES };
  }
  if (waiting > 0) {
    const received = last === null ? "" : ` Last received ${last}.`;
    const text = `${count(waiting, "entry waits", "entries wait")} on this tablet.${received}`;
    return { tone: "waiting", text, link: ENTRIES };
  }
  return { tone: "good", text: receivedText(stored, last, status.lastContact, clock), link: ENTRIES };
}

function waitingTail(waiting: number): string {
  return waiting === 0 ? "" : ` ${count(waiting, "entry waits", "entries wait")}.`;
}

function receivedText(
  stored: number,
  last: string | null,
  contact: string | null,
  clock: (instant: string) => string,
): string {
  if (stored > 0 && last !== null) {
    return stored === 1 ? `Your entry is received, at ${last}.` : `All ${stored} entries received, last at ${last}.`;
  }
  if (contact !== null) return `Nothing waits on this tablet. In touch with the school at ${clock(contact)}.`;
  return "Nothing waits on this tablet.";
}

function notesOf(status: SyncStatus): string[] {
  const notes: string[] = [];
  if (status.signInNeeded && (status.held > 0 || status.refused > 0)) {
    const stuck = status.held + status.refused;
    notes.push(`${count(stuck, "entry is", "entries are")} held or refused: see My entries.`);
  }
  if (status.storage === "best-effort" && status.waiting > 0) {
    notes.push("This browser may clear its storage when space runs short: find a signal soon.");
  }
  return notes;
}
