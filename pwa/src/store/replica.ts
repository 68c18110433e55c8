/**
 * The replica: published documents in a person's scope. Pull only and disposable: lost or doubtful,
 * it is pulled again.
 *
 * It is kept in *generations*, each a database of its own. When the server says that a token is of
 * another store or of other grants, the next generation is pulled beside the old one, which is
 * deleted after the switch: no document that was out of scope can be left behind.
 */
import { deleteDB } from "idb";
import type { DBSchema } from "idb";
import { holdingDigest } from "../domain/canonical.ts";
import type { Holding } from "../generated/types.ts";
import { Connection } from "./connection.ts";
import { seal, unsealed } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";
import type { PersonConnection } from "./person.ts";
import { HISTORY, historyOf } from "./published.ts";
import type { Kept } from "./published.ts";

const AFTER_HISTORIES = "history;";

interface ReplicaSchema extends DBSchema {
  docs: { key: string; value: Envelope<Kept> };
  meta: { key: string; value: string };
}

/** What one page of the feed says: documents to put, ids to remove, where to go on. */
export interface Page {
  put: readonly Kept[];
  remove: readonly string[];
  token: string;
}

/**
 * Sheets and fire lists of days before these are forgotten, and histories of half-terms that are
 * not among `halves` (their first days); null while the school's calendar is not known.
 */
export interface Window {
  sheetsFrom: string;
  rollsFrom: string;
  halves: readonly string[] | null;
}

/** One generation. */
export class Replica {
  readonly generation: string;
  readonly #connection: Connection<ReplicaSchema>;

  constructor(person: string, generation: string) {
    this.generation = generation;
    this.#connection = new Connection<ReplicaSchema>(databaseName(person, generation), [
      (database) => {
        database.createObjectStore("docs");
        database.createObjectStore("meta");
      },
    ]);
  }

  /** Where the next pull begins; null before the first. */
  token(): Promise<string | null> {
    return this.#connection.use("What this tablet holds could not be read.", async (database) => {
      return (await database.get("meta", "token")) ?? null;
    });
  }

  /**
   * Every document held but for histories (there are many, and a screen shows one pupil's); one
   * that cannot be opened by its id alone.
   */
  read(): Promise<Kept[]> {
    return this.#connection.use("What this tablet holds could not be read.", async (database) => {
      const store = database.transaction("docs").store;
      const around = [IDBKeyRange.upperBound(HISTORY, true), IDBKeyRange.lowerBound(AFTER_HISTORIES)];
      const parts = around.map(async (range) => {
        const [ids, found] = await Promise.all([store.getAllKeys(range), store.getAll(range)]);
        return ids.map((id, index) => unsealed(found[index]) ?? { _id: id });
      });
      return (await Promise.all(parts)).flat();
    });
  }

  /** The documents under `ids`; one that is not held is left out. */
  readSome(ids: readonly string[]): Promise<Kept[]> {
    return this.#connection.use("What this tablet holds could not be read.", async (database) => {
      const store = database.transaction("docs").store;
      const found = await Promise.all(ids.map((id) => store.get(id)));
      return ids.flatMap((id, index) => (found[index] === undefined ? [] : [unsealed(found[index]) ?? { _id: id }]));
    });
  }

  /** What is held, in one number and one digest, so that the server can see that it is exactly what may be. */
  holding(): Promise<Holding> {
    return this.#connection.use("What this tablet holds could not be read.", async (database) => {
      const transaction = database.transaction(["docs", "meta"]);
      const [docs, token] = await Promise.all([
        transaction.objectStore("docs").getAll(),
        transaction.objectStore("meta").get("token"),
      ]);
      // What a newer version keeps sealed is held all the same, and says so by a digest that differs.
      const held = docs.map((doc) => unsealed(doc) ?? { _id: "" }).map((doc) => [doc._id, revOf(doc)] as const);
      return { documents: held.length, digest: holdingDigest(held), token: token ?? "" };
    });
  }

  /**
   * Put a page that was fetched from token `since`, and its token, in one transaction. False, and
   * nothing is put, if another tab has pulled meanwhile: its token is the one to go on from.
   */
  putPage(since: string | null, page: Page): Promise<boolean> {
    return this.#connection.use("What came from the server could not be kept.", async (database) => {
      const transaction = database.transaction(["docs", "meta"], "readwrite", { durability: "relaxed" });
      const [docs, meta] = [transaction.objectStore("docs"), transaction.objectStore("meta")];
      const fits = ((await meta.get("token")) ?? null) === since;
      const writes = fits
        ? [
            ...page.put.map((doc) => docs.put(seal(doc), doc._id)),
            ...page.remove.map((id) => docs.delete(id)),
            meta.put(page.token, "token"),
          ]
        : [];
      await Promise.all([...writes, transaction.done]);
      return fits;
    });
  }

  /** Remove documents that the server says are out of scope. */
  drop(ids: readonly string[]): Promise<void> {
    return this.#connection.use("What is out of scope could not be removed.", async (database) => {
      const transaction = database.transaction("docs", "readwrite");
      await Promise.all([...ids.map((id) => transaction.store.delete(id)), transaction.done]);
    });
  }

  /** Forget days before the window; returns the ids removed. Ids begin with kind and date. */
  trim({ sheetsFrom, rollsFrom, halves }: Window): Promise<string[]> {
    return this.#connection.use("Old days could not be removed.", async (database) => {
      const transaction = database.transaction("docs", "readwrite");
      const old = [
        IDBKeyRange.bound("sheet:", `sheet:${sheetsFrom}`, false, true),
        IDBKeyRange.bound("roll:", `roll:${rollsFrom}`, false, true),
      ];
      const found = await Promise.all(old.map((range) => transaction.store.getAllKeys(range)));
      const histories = await transaction.store.getAllKeys(IDBKeyRange.bound(HISTORY, AFTER_HISTORIES));
      const past = histories.filter((id) => halves !== null && !halves.includes(historyOf(id)?.half ?? ""));
      await Promise.all([...[...old, ...past].map((which) => transaction.store.delete(which)), transaction.done]);
      return [...found.flat(), ...past];
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

/** Which generation of each school's replica is current; kept in the person's own database. */
export class Generations {
  readonly #connection: PersonConnection;
  readonly #person: string;
  readonly #mint: () => string;

  constructor(connection: PersonConnection, person: string, mint: () => string) {
    this.#connection = connection;
    this.#person = person;
    this.#mint = mint;
  }

  /** The current generation of `school`; the first one if there is none. */
  async current(school: string): Promise<Replica> {
    const generation = await this.#connection.use("What this tablet holds could not be found.", async (database) => {
      const transaction = database.transaction("meta", "readwrite");
      const known = await transaction.store.get(keyOf(school));
      const held = unsealed(known);
      const name = typeof held === "string" ? held : this.#mint();
      if (name !== held) await transaction.store.put(seal(name), keyOf(school));
      await transaction.done;
      return name;
    });
    return new Replica(this.#person, generation);
  }

  /** A new generation beside the current one. */
  begin(): Replica {
    return new Replica(this.#person, this.#mint());
  }

  /** Make `next` the current generation of `school`, then delete the one before it. */
  async switchTo(school: string, next: Replica, before: Replica): Promise<void> {
    await this.#connection.use("What came from the server could not be kept.", async (database) => {
      await database.put("meta", seal(next.generation), keyOf(school));
    });
    await this.destroy(before);
  }

  /** Forget the replica of `school`: its documents do not outlast their reader's presence. */
  async forget(school: string): Promise<void> {
    const current = await this.current(school);
    await this.#connection.use("What this tablet holds could not be removed.", async (database) => {
      await database.delete("meta", keyOf(school));
    });
    await this.destroy(current);
  }

  /** Delete a generation's database. Another tab that reads it is asked to let go, and does. */
  async destroy(replica: Replica): Promise<void> {
    await replica.close();
    await deleteDB(databaseName(this.#person, replica.generation));
  }

  /** Delete what a closed tab left half pulled: generations of this person that nobody points to. */
  async sweep(): Promise<void> {
    const factory: Partial<Pick<IDBFactory, "databases">> = indexedDB;
    if (factory.databases === undefined) return;
    const current = await this.#connection.use("What this tablet holds could not be found.", async (database) => {
      return (await database.getAll("meta")).map(unsealed<unknown>);
    });
    const prefix = databaseName(this.#person, "");
    for (const { name } of await indexedDB.databases()) {
      if (name?.startsWith(prefix) && !current.includes(name.slice(prefix.length))) await deleteDB(name);
    }
  }
}

/** A document's revision, as the server named it; the types of published documents leave it out. */
function revOf(doc: Kept): string {
  return "_rev" in doc && typeof doc._rev === "string" ? doc._rev : "";
}

function keyOf(school: string): string {
  return `replica:${school}`;
}

function databaseName(person: string, generation: string): string {
  return `tidemark-${person}-replica-${generation}`;
}
