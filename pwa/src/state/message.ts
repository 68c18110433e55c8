/** How far this tablet and the server agree, in one plain sentence. */
import { localMoment } from "../domain/time.ts";

/** What the sentence is made from. */
export interface Standing {
  waiting: number;
  held: number;
  refused: number;
  online: boolean;
  signInNeeded: boolean;
  /** What keeps the server or this tablet from going on, in words; null for nothing. */
  trouble: { words: string; retryMs: number } | null;
  /** When the server last answered, by its clock. */
  lastContact: string | null;
  timeZone: string;
}

const SECOND_MS = 1000;

/** The most pressing thing first; never a sentence that leaves open where an entry is. */
export function sentence(standing: Standing): string {
  const { waiting, held, refused, online, signInNeeded, trouble } = standing;
  if (signInNeeded) {
    return waiting > 0
      ? `Sign in again to send ${entries(waiting)}; they are safe on this tablet.`
      : "Sign in again to get what is new.";
  }
  if (refused > 0) return `${entries(refused)} could not be sent; see My entries for the reason.`;
  if (trouble !== null) return `${trouble.words} ${waits(waiting)} Trying again ${soon(trouble.retryMs)}.`;
  if (!online) return waiting > 0 ? `No connection. ${waits(waiting)}` : `No connection. ${lastHeard(standing)}`;
  if (waiting > 0) return `Sending ${entries(waiting)}.`;
  if (held > 0) return `Everything is in; ${are(held)} held for a reason, see My entries.`;
  return `Everything is in. ${lastHeard(standing)}`;
}

function entries(count: number): string {
  return count === 1 ? "1 entry" : `${count} entries`;
}

function are(count: number): string {
  return `${entries(count)} ${count === 1 ? "is" : "are"}`;
}

function waits(count: number): string {
  if (count === 0) return "Nothing waits to be sent.";
  return `${are(count)} safe on this tablet, to be sent when the server answers.`;
}

function soon(retryMs: number): string {
  const seconds = Math.round(retryMs / SECOND_MS);
  return seconds <= 1 ? "now" : `in ${seconds} seconds`;
}

function lastHeard({ lastContact, timeZone }: Standing): string {
  if (lastContact === null) return "This tablet has not heard from the server yet.";
  return `Last heard from the server at ${localMoment(lastContact, timeZone).time}.`;
}
