/** What the screens read: the shapes of the app's state. */
import type { Body } from "../domain/entry.ts";
import type { Outcome } from "../generated/types.ts";

/** How far this tablet and the server agree, for the person at the tablet. */
export interface SyncStatus {
  /** Whether the server answered the last time it was asked. */
  online: boolean;
  /** The server is there and asks who this is; entries are kept until somebody signs in. */
  signInNeeded: boolean;
  /** Entries the server has not acknowledged. */
  waiting: number;
  /** Entries the server has, and does not let speak until somebody decides, each with a reason. */
  held: number;
  /** Entries the server would not take at all, each with a reason; they stay on this tablet. */
  refused: number;
  /** When the last entry was received, by the server's clock. */
  lastIn: string | null;
  /** When the server last answered, by the server's clock. */
  lastContact: string | null;
  syncing: boolean;
  /** Whether the browser promised not to clear this tablet's data by itself. */
  storage: "persistent" | "best-effort" | "unknown";
  /** What keeps the server or this tablet from going on, in words; null for nothing. */
  trouble: string | null;
  /** One plain sentence. */
  message: string;
  /** Server time less this tablet's time; null before the first contact. */
  offsetMs: number | null;
  /** A new version of the app is ready and waits for the person's word. */
  updateReady: boolean;
  /** What is on this tablet and only a newer version of the app can show. */
  beyond: number;
  /** Entries of other people who used this tablet, which wait here until they sign in again. */
  others: number;
}

/** `released`, `corrected`, `declined`: it was held, and somebody at the desk has decided. */
/** Days after its receipt for which an own entry stays here: this half-term and the last, and some. */
export const KEPT_DAYS = 120;

export type EntryState = "waiting" | "stored" | "held" | "refused" | "released" | "corrected" | "declined";

/** One entry of this person's own, and what became of it. */
export interface OutboxItem {
  log: string;
  n: number;
  id: string;
  body: Body;
  state: EntryState;
  /** Why it is held or refused. */
  reason: string | null;
  /** When the server acknowledged it, by the server's clock; null before that. */
  receivedAt: string | null;
  /** Claims of it that cannot stand, each with its reason and what was decided; the rest stands. */
  setAside: { claim: string; reason: string; outcome: Outcome | null }[];
  /** What was decided on the whole of it; `contested` leaves it held. */
  outcome: Outcome | null;
  /** Whether a backup of the server holds it; until one does, it stays on this tablet. */
  backedUp: boolean;
}

/** An own entry that a newer version of the app wrote: kept, and sent where it can be, not shown. */
export interface BeyondItem {
  key: string;
  state: EntryState;
  receivedAt: string | null;
  /** By the tablet's clock; null where not even that can be read. */
  writtenAt: string | null;
}

export type SignInResult = { ok: true } | { ok: false; message: string };
export type EnrolResult = SignInResult;

export const NOTHING_YET: SyncStatus = {
  online: false,
  signInNeeded: false,
  waiting: 0,
  held: 0,
  refused: 0,
  lastIn: null,
  lastContact: null,
  syncing: false,
  storage: "unknown",
  trouble: null,
  message: "Opening what is on this tablet.",
  offsetMs: null,
  updateReady: false,
  beyond: 0,
  others: 0,
};
