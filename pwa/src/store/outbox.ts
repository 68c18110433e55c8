/**
 * The outbox: a person's own entries, numbered and chained in logs, pushed and never pulled.
 *
 * An entry's number is taken, its digest computed and the entry put in ONE strict-durability
 * transaction. The digest is computed synchronously for that reason: a transaction commits by itself
 * as soon as it is left waiting for anything but its own requests.
 */
import type { IDBPDatabase } from "idb";
import { canonicalBytes, GENESIS } from "../domain/canonical.ts";
import { makeEntry } from "../domain/entry.ts";
import type { Body, Entry } from "../domain/entry.ts";
import type { LogHead, Receipt } from "../generated/types.ts";
import tables from "../generated/tables.json" with { type: "json" };
import { seal, unsealed } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";
import type { EntryKey, Fate, LogRecord, PersonConnection, PersonSchema, Reading, Writing } from "./person.ts";
import { believe, offerRange } from "./receipts.ts";
import { trimLog } from "./trimming.ts";

/** An entry on this tablet; `fate` null: the server has not acknowledged it. */
export interface Stored {
  entry: Entry;
  fate: Fate | null;
  /** Whether a backup of the server holds it; absent where that is not known. */
  backedUp?: boolean;
}

/** Random bytes as lower-case hex, an argument so that tests can choose them. */
export type RandomHex = (bytes: number) => string;

const ALL: ("logs" | "entries" | "fates" | "waiting")[] = ["logs", "entries", "fates", "waiting"];
const ID_BYTES = 16;
/** What an entry's own members take beside its body, rounded up. */
const HEADER_BYTES = 1024;
/** Older entries than these, of each log, stay on the tablet but are not listed. */
const LISTED = 150;

/** One person's outbox on this tablet. */
export class Outbox {
  readonly #connection: PersonConnection;
  readonly #random: RandomHex;

  constructor(connection: PersonConnection, random: RandomHex) {
    this.#connection = connection;
    this.#random = random;
  }

  /** Write an entry into the open log of `school`. Resolves when it is durable on this tablet. */
  async append(school: string, body: Body): Promise<Stored> {
    const bytes = canonicalBytes(body).length + HEADER_BYTES;
    if (bytes > tables.max_entry_bytes) {
      throw new RangeError(
        `This entry is ${bytes} bytes, more than the ${tables.max_entry_bytes} that one may have. Save it in two parts.`,
      );
    }
    const salt = this.#random(ID_BYTES);
    const freshLog = this.#random(ID_BYTES);
    return await this.#connection.use("Your entry is not saved.", async (database) => {
      const transaction = writing(database);
      const log = await openLog(transaction, school, freshLog);
      const entry = makeEntry(log.log, log.n + 1, log.digest, salt, body);
      const key: EntryKey = [entry.log, entry.n];
      // `add`, not `put`: a number that is taken already fails here and nothing is overwritten.
      await Promise.all([
        transaction.objectStore("entries").add(seal(entry), key),
        transaction.objectStore("waiting").put(1, key),
        transaction.objectStore("logs").put(seal({ ...log, n: entry.n, digest: entry.digest }), log.log),
        transaction.done,
      ]);
      return { entry, fate: null };
    });
  }

  /** Keys of the entries to send to `school`, oldest log first, each log in order of its numbers. */
  waiting(school: string): Promise<EntryKey[]> {
    return this.#connection.use("What waits could not be read.", async (database) => {
      const transaction = database.transaction(["logs", "waiting"]);
      const [logs, keys] = await Promise.all([
        transaction.objectStore("logs").getAll(),
        transaction.objectStore("waiting").getAllKeys(),
      ]);
      const ordinal = new Map(logs.flatMap(readableLog).map((log) => [log.log, log]));
      return keys
        .filter(([log]) => ordinal.get(log)?.school === school)
        .toSorted(
          ([a, n], [b, m]) => (ordinal.get(a)?.ordinal ?? 0) - (ordinal.get(b)?.ordinal ?? 0) || n - m,
        );
    });
  }

  /** The entries under `keys`, in that order; one that is not there, or cannot be read, is left out. */
  read(keys: readonly EntryKey[]): Promise<Entry[]> {
    return this.#connection.use("What waits could not be read.", async (database) => {
      const store = database.transaction("entries").store;
      const found = await Promise.all(keys.map((key) => store.get(key)));
      return found.flatMap((one) => unsealed(one) ?? []);
    });
  }

  /** When the oldest entry that waits was written, by the tablet's clock; null when none does. */
  async oldest(keys: readonly EntryKey[]): Promise<string | null> {
    // Within a log numbers and times go together: the first of each is its oldest.
    const first = new Map<string, EntryKey>();
    for (const key of keys) if (!first.has(key[0])) first.set(key[0], key);
    const written = (await this.read([...first.values()])).map(({ body }) => body.written_at);
    return written.toSorted()[0] ?? null;
  }

  /**
   * Keys of all that the server has not got, of every school, oldest log first: what waits, and what
   * it refused, which is on this tablet alone. `school` null: of a log that only a newer version can open.
   */
  unsent(): Promise<{ school: string | null; key: EntryKey }[]> {
    return this.#connection.use("What waits could not be read.", async (database) => {
      const transaction = database.transaction(ALL);
      const [records, waiting, fateKeys, fates] = await Promise.all([
        transaction.objectStore("logs").getAll(),
        transaction.objectStore("waiting").getAllKeys(),
        transaction.objectStore("fates").getAllKeys(),
        transaction.objectStore("fates").getAll(),
      ]);
      const logs = new Map(records.flatMap(readableLog).map((log) => [log.log, log]));
      const refused = fateKeys.filter((_key, index) => unsealed(fates[index])?.state === "refused");
      const once = new Map([...waiting, ...refused].map((key) => [key.join(" "), key]));
      return [...once.values()]
        .map((key) => ({ school: logs.get(key[0])?.school ?? null, ordinal: logs.get(key[0])?.ordinal ?? 0, key }))
        .toSorted((a, b) => a.ordinal - b.ordinal || a.key[1] - b.key[1])
        .map(({ school, key }) => ({ school, key }));
    });
  }

  /** How many entries have a fate with this reason. */
  countFates(reason: string): Promise<number> {
    return this.#connection.use("What became of your entries could not be read.", async (database) => {
      const fates = await database.getAll("fates");
      return fates.filter((fate) => unsealed(fate)?.reason === reason).length;
    });
  }

  /** Note what the server answered for entries. A second answer for the same one changes nothing. */
  settle(fates: readonly { key: EntryKey; fate: Fate }[]): Promise<void> {
    return this.#connection.use("The server's answer could not be noted.", async (database) => {
      const transaction = writing(database);
      for (const { key, fate } of fates) {
        const kept = unsealed(await transaction.objectStore("fates").get(key)) ?? null;
        // The first acknowledgement has the truer time, and its set-aside claims stay known.
        const merged =
          kept === null || kept.state === "refused"
            ? fate
            : { ...kept, ...fate, receivedAt: kept.receivedAt ?? fate.receivedAt, setAside: kept.setAside };
        await transaction.objectStore("fates").put(seal(merged), key);
        await transaction.objectStore("waiting").delete(key);
        if (fate.state === "refused") await noteRefused(transaction, key);
        else await askForReceipt(transaction, key[0]);
      }
      await transaction.done;
    });
  }

  /** Refused entries wait again: after an update, or because the person asks for it. */
  retryRefused(): Promise<number> {
    return this.#connection.use("What was refused could not be offered again.", async (database) => {
      const transaction = writing(database);
      let again = 0;
      for (let cursor = await transaction.objectStore("fates").openCursor(); cursor; cursor = await cursor.continue()) {
        if (unsealed(cursor.value)?.state !== "refused") continue;
        await transaction.objectStore("waiting").put(1, cursor.key);
        again += 1;
      }
      await transaction.done;
      return again;
    });
  }

  /**
   * Offer all of the closed logs of `school` again: the server's history is another one now, and
   * in a log that was cloned or cut no number shows that an entry is still there.
   */
  offerClosed(school: string): Promise<void> {
    return this.#connection.use("What the server lost could not be offered again.", async (database) => {
      const transaction = writing(database);
      const logs = (await transaction.objectStore("logs").getAll()).flatMap(readableLog);
      for (const log of logs.filter((one) => one.school === school && one.closed)) {
        await offerRange(transaction, [log.log, 1], [log.log, log.n]);
      }
      await transaction.done;
    });
  }

  /** The last acknowledged entry of each log of `school`, and the receipt this store holds. */
  heads(school: string): Promise<LogHead[]> {
    return this.#connection.use("What waits could not be read.", async (database) => {
      const transaction = database.transaction(ALL);
      const logs = (await transaction.objectStore("logs").getAll()).flatMap(readableLog);
      const ours = logs.filter((log) => log.school === school).toSorted((a, b) => a.ordinal - b.ordinal);
      return Promise.all(
        ours.map(async ({ log, receipt, erased = [] }) => {
          const kept = await lastAcknowledged(transaction, log);
          const [last] = [...erased, ...(kept === null ? [] : [kept])].toSorted((a, b) => b.n - a.n);
          return { log, n: last?.n ?? 0, digest: last?.digest ?? GENESIS, receipt };
        }),
      );
    });
  }

  /**
   * Believe receipts. `asked`: the heads that were sent when they were asked for. Resolves to
   * whether anything that a person sees changed.
   */
  believe(receipts: readonly Receipt[], asked: readonly LogHead[]): Promise<boolean> {
    const numbers = new Map(asked.map((head) => [head.log, head.n]));
    if (receipts.length === 0) return Promise.resolve(false);
    return this.#connection.use("The server's receipt could not be noted.", async (database) => {
      const transaction = writing(database);
      let changed = false;
      for (const receipt of receipts) {
        changed = (await believe(transaction, receipt, numbers.get(receipt.log) ?? 0)) || changed;
      }
      await transaction.done;
      return changed;
    });
  }

  /** Entries to show, newest first: the latest of each log, and every one that is not stored. */
  list(school: string): Promise<Stored[]> {
    return this.#connection.use("Your entries could not be read.", async (database) => {
      const transaction = database.transaction(ALL);
      const logs = (await transaction.objectStore("logs").getAll()).flatMap(readableLog);
      const pending = await transaction.objectStore("waiting").getAllKeys();
      const found: (Stored & { ordinal: number })[] = [];
      for (const log of logs.filter((one) => one.school === school)) {
        const first = pending.find(([id]) => id === log.log)?.[1] ?? log.n;
        const from = Math.min(first, log.n - LISTED + 1);
        found.push(...(await notStored(transaction, log, from)));
        const range = IDBKeyRange.bound([log.log, from], [log.log, Infinity]);
        const [keys, entries, fateKeys, fates] = await Promise.all([
          transaction.objectStore("entries").getAllKeys(range),
          transaction.objectStore("entries").getAll(range),
          transaction.objectStore("fates").getAllKeys(range),
          transaction.objectStore("fates").getAll(range),
        ]);
        const waits = new Set(pending.filter(([id]) => id === log.log).map(([, n]) => n));
        const fateOf = new Map(fateKeys.map(([, n], index) => [n, fates[index]]));
        for (const [index, [, n]] of keys.entries()) {
          const entry = unsealed(entries[index]);
          const fate = waits.has(n) ? null : (unsealed(fateOf.get(n)) ?? null);
          const backedUp = fate !== null && n <= (log.backedUp ?? 0);
          if (entry !== undefined) found.push({ entry, fate, backedUp, ordinal: log.ordinal });
        }
      }
      return found
        .toSorted((a, b) => b.ordinal - a.ordinal || b.entry.n - a.entry.n)
        .map(({ entry, fate, backedUp = false }) => ({ entry, fate, backedUp }));
    });
  }

  /** How many entries of `school` were erased by law, here and on the server. */
  erased(school: string): Promise<number> {
    return this.#connection.use("Your entries could not be read.", async (database) => {
      const logs = (await database.getAll("logs")).flatMap(readableLog);
      const ours = logs.filter((log) => log.school === school);
      return ours.reduce((sum, { erased = [] }) => sum + erased.length, 0);
    });
  }

  /**
   * Remove entries of `school` that are stored, backed up, and were received before `before`; resolves
   * to how many. See `trimming.ts`.
   */
  async trim(school: string, before: string): Promise<number> {
    const heads = new Map((await this.heads(school)).map(({ log, n }) => [log, n]));
    return this.#connection.use("Old entries could not be removed.", async (database) => {
      const transaction = writing(database);
      const logs = (await transaction.objectStore("logs").getAll()).flatMap(readableLog);
      let gone = 0;
      for (const log of logs.filter((one) => one.school === school)) {
        gone += await trimLog(transaction, log, heads.get(log.log) ?? 0, before);
      }
      await transaction.done;
      return gone;
    });
  }

  /**
   * Keys of waiting entries in envelopes that this version cannot open: a newer one wrote them, and
   * sends them when it is back. Of a log that cannot be opened the school is not known: it counts.
   */
  beyond(school: string): Promise<EntryKey[]> {
    return this.#connection.use("What waits could not be read.", async (database) => {
      const transaction = database.transaction(["logs", "entries", "waiting"]);
      const keys = await transaction.objectStore("waiting").getAllKeys();
      const [logs, entries] = [transaction.objectStore("logs"), transaction.objectStore("entries")];
      const found = await Promise.all(
        keys.map(async (key) => {
          const log = unsealed(await logs.get(key[0]));
          if (log === undefined) return [key];
          return log.school === school && unsealed(await entries.get(key)) === undefined ? [key] : [];
        }),
      );
      return found.flat();
    });
  }
}

function readableLog(envelope: Envelope<LogRecord>): LogRecord[] {
  const log = unsealed(envelope);
  return log === undefined ? [] : [log];
}

function writing(database: IDBPDatabase<PersonSchema>): Writing {
  return database.transaction(ALL, "readwrite", { durability: "strict" });
}

/** The log of `school` that is written to, minted in this very transaction if there is none. */
async function openLog(transaction: Writing, school: string, fresh: string): Promise<LogRecord> {
  const logs = (await transaction.objectStore("logs").getAll()).flatMap(readableLog);
  const open = logs.find((log) => log.school === school && !log.closed);
  if (open !== undefined) return open;
  const ordinal = 1 + Math.max(0, ...logs.map((log) => log.ordinal));
  const empty = { n: 0, digest: GENESIS, closed: false, receipt: null, highest: 0, offered: null, judged: [] };
  return { log: fresh, school, ordinal, ...empty };
}

/** The last entry of a log that the server acknowledged: its digest stands for all before it. */
async function lastAcknowledged(transaction: Reading, log: string): Promise<Entry | null> {
  const range = IDBKeyRange.bound([log, 1], [log, Infinity]);
  let cursor = await transaction.objectStore("fates").openCursor(range, "prev");
  for (; cursor !== null; cursor = await cursor.continue()) {
    const entry = unsealed(await transaction.objectStore("entries").get(cursor.key));
    if (entry !== undefined && unsealed(cursor.value)?.state !== "refused") return entry;
  }
  return null;
}

/** Entries of a log before number `before` that the server refused, holds, or set claims of aside. */
async function notStored(
  transaction: Reading,
  log: LogRecord,
  before: number,
): Promise<(Stored & { ordinal: number })[]> {
  const numbers = [...new Set([...log.judged, ...(log.refused ?? [])])].filter((n) => n < before);
  const found = await Promise.all(
    numbers.map(async (n) => {
      const key: EntryKey = [log.log, n];
      const entry = unsealed(await transaction.objectStore("entries").get(key));
      const fate = unsealed(await transaction.objectStore("fates").get(key)) ?? null;
      const told = fate === null || fate.state !== "stored" || fate.setAside.length > 0;
      const backedUp = fate !== null && n <= (log.backedUp ?? 0);
      return entry === undefined || !told ? [] : [{ entry, fate, backedUp, ordinal: log.ordinal }];
    }),
  );
  return found.flat();
}

/** Remember that a number was refused: however old it grows, its author goes on being told. */
async function noteRefused(transaction: Writing, [log, n]: EntryKey): Promise<void> {
  const record = unsealed(await transaction.objectStore("logs").get(log));
  if (record === undefined) return;
  const refused = [...new Set([...(record.refused ?? []), n])];
  await transaction.objectStore("logs").put(seal({ ...record, refused }), log);
}

/** After news of a log, hold no receipt: only a fresh one can show that the server kept it. */
async function askForReceipt(transaction: Writing, log: string): Promise<void> {
  const known = unsealed(await transaction.objectStore("logs").get(log));
  if (known !== undefined) await transaction.objectStore("logs").put(seal({ ...known, receipt: null }), log);
}
