/**
 * A person's own database on this tablet, `tidemark-<person>`: what they wrote, and what became of
 * it. Nothing here comes from the server but receipts, and nothing here is ever dropped because the
 * server said so, only because it is stored and backed up there.
 */
import type { DBSchema, IDBPTransaction } from "idb";
import type { Entry } from "../domain/entry.ts";
import type { Outcome } from "../generated/types.ts";
import { Connection } from "./connection.ts";
import type { Migration } from "./connection.ts";
import type { Envelope } from "./envelope.ts";
import type { PhotoRecord } from "./photos.ts";

/** One person's writing, from this store, into one school. The key is `log`. */
export interface LogRecord {
  log: string;
  school: string;
  /** 1 for the first log of this store, 2 for the next: older logs are sent first. */
  ordinal: number;
  /** Entries in it, and the digest of the last one (the genesis digest for none). */
  n: number;
  digest: string;
  /** No longer written to: the server, or this store, has lost or doubled a number of it. */
  closed: boolean;
  /** The tag of the last receipt, so that it is not sent again; null asks for one. */
  receipt: string | null;
  /** The highest number the server had at the last receipt. */
  highest: number;
  /** The tag of a receipt that names another's entries in this log, after all of it was offered again. */
  offered: string | null;
  /** Numbers that the last receipt called held, or with claims set aside. */
  judged: number[];
  /** Numbers that the server has refused at some time; absent before the first. */
  refused?: number[];
  /** Up to this number a backup of the server holds every entry; absent before a receipt said so. */
  backedUp?: number;
  /** Own entries whose content was erased by law; absent before the first. */
  erased?: ErasedEntry[];
}

/** What is left here of an entry that was erased by law. */
export interface ErasedEntry {
  n: number;
  digest: string;
}

/** What became of an entry once the server answered for it, or refused to. */
export interface Fate {
  state: "stored" | "held" | "refused";
  reason: string | null;
  /** When the server acknowledged it, by the server's clock. */
  receivedAt: string | null;
  setAside: AsideFate[];
  /** What was decided on it while it was held; absent before. */
  outcome?: Outcome;
}

/** One claim that cannot stand, unless its `outcome` says otherwise. */
export interface AsideFate {
  claim: string;
  reason: string;
  outcome?: Outcome;
}

/** Log and number. */
export type EntryKey = [log: string, n: number];

export interface PersonSchema extends DBSchema {
  logs: { key: string; value: Envelope<LogRecord> };
  entries: { key: EntryKey; value: Envelope<Entry> };
  fates: { key: EntryKey; value: Envelope<Fate> };
  /** Keys of the entries that the server has not acknowledged; the value says nothing. */
  waiting: { key: EntryKey; value: 1 };
  drafts: { key: string; value: Envelope<unknown> };
  /** Photos whose bytes are not known to be safe on the server, by photo. */
  photos: { key: string; value: Envelope<PhotoRecord> };
  meta: { key: string; value: Envelope<unknown> };
}

type OfEntries = ("logs" | "entries" | "fates" | "waiting")[];

/** A transaction over everything that an entry's fate touches. */
export type Writing = IDBPTransaction<PersonSchema, OfEntries, "readwrite">;
export type Reading = IDBPTransaction<PersonSchema, OfEntries>;

export type PersonConnection = Connection<PersonSchema>;

const MIGRATIONS: readonly Migration<PersonSchema>[] = [
  (database) => {
    for (const name of ["logs", "entries", "fates", "waiting", "drafts", "meta"] as const) {
      database.createObjectStore(name);
    }
  },
  (database) => {
    database.createObjectStore("photos");
  },
];

/** The database of `person` on this tablet. */
export function connectPerson(person: string): PersonConnection {
  return new Connection<PersonSchema>(`tidemark-${person}`, MIGRATIONS);
}
