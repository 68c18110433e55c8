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

/** What the words need beside the status. */
export interface Standing {
  /** Own entries that the server has. */
  readonly stored: number;
  /** Own photos that the server has not got. */
  readonly photos: number;
  /** Decisions on own entries that this person has not read yet. */
  readonly decided: number;
  /** The app has just been opened and has not been answered yet. */
  readonly starting: boolean;
  /** Writes an instant in the school's time. */
  readonly clock: (instant: string) => string;
}

/** The most pressing thing first. */
export function statusWords(status: SyncStatus, standing: Standing): StatusWords {
  return { ...mainWords(status, standing), notes: notesOf(status, standing) };
}

function mainWords(status: SyncStatus, { stored, photos, starting, clock }: Standing): Omit<StatusWords, "notes"> {
  const { waiting, held, refused, trouble } = status;
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
  if (trouble !== null) return { tone: "attention", text: `${trouble}${waitingTail(waiting)}`, link: ENTRIES };
  if (!status.online && starting) {
    return { tone: "waiting", text: `Getting in touch with the school…${waitingTail(waiting)}`, link: ENTRIES };
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
  if (photos > 0) return { tone: "waiting", text: "Every entry is received.", link: ENTRIES };
  return { tone: "good", text: receivedText(status, stored, clock), link: ENTRIES };
}

function waitingTail(waiting: number): string {
  return waiting === 0 ? "" : ` ${count(waiting, "entry waits", "entries wait")}.`;
}

function receivedText({ lastIn, lastContact }: SyncStatus, stored: number, clock: Standing["clock"]): string {
  if (stored > 0 && lastIn !== null) {
    const last = clock(lastIn);
    return stored === 1 ? `Your entry is received, at ${last}.` : `All ${stored} entries received, last at ${last}.`;
  }
  if (lastContact !== null) return `Nothing waits to be sent. Last in touch ${clock(lastContact)}.`;
  return "Nothing waits to be sent.";
}

function notesOf(status: SyncStatus, { decided, photos }: Standing): string[] {
  const notes: string[] = [];
  if (photos > 0) notes.push(`${count(photos, "photo")} ${photos === 1 ? "waits" : "wait"}.`);
  if (decided > 0) notes.push(`The office has decided on ${count(decided, "entry", "entries")} of yours: see My entries.`);
  if (status.beyond > 0) notes.push(`An update is needed to show everything: ${count(status.beyond, "item")}.`);
  if (status.signInNeeded && (status.held > 0 || status.refused > 0)) {
    const stuck = status.held + status.refused;
    notes.push(`${count(stuck, "entry is", "entries are")} held or refused: see My entries.`);
  }
  if (status.others > 0) notes.push(othersWords(status.others));
  if (status.storage === "best-effort" && status.waiting + photos > 0 && !status.online) {
    notes.push("This browser may clear its storage when space runs short: find a signal soon.");
  }
  return notes;
}

/** Entries of other people on a shared tablet: how many, and nobody's name. */
export function othersWords(others: number): string {
  return `${count(others, "entry", "entries")} of somebody else ${others === 1 ? "waits" : "wait"} on this tablet until they sign in.`;
}
