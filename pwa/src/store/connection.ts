/**
 * A database in this browser, opened when first used and again after the browser closed it.
 *
 * Its schema is a list of migrations, one a version, going forward: migration `i` takes a database
 * of version `i` to `i + 1`. A tab that is asked for its older version by a newer one lets go.
 */
import { openDB } from "idb";
import type { DBSchema, IDBPDatabase } from "idb";
import { asStoreError } from "./errors.ts";

export type Migration<S extends DBSchema> = (database: IDBPDatabase<S>) => void;

const BLOCKED_AFTER_MS = 5000;

/** One database and what it takes to keep it open. */
export class Connection<S extends DBSchema> {
  readonly name: string;
  readonly #migrations: readonly Migration<S>[];
  #opened: Promise<IDBPDatabase<S>> | null = null;

  constructor(name: string, migrations: readonly Migration<S>[]) {
    this.name = name;
    this.#migrations = migrations;
  }

  /** Do `work` with the database. Throws `StoreError`; `what` says what was not done. */
  async use<T>(what: string, work: (database: IDBPDatabase<S>) => Promise<T>): Promise<T> {
    try {
      return await this.#tryTwice(work);
    } catch (error) {
      // What is wrong with a value is its writer's to say; all else is trouble with the store.
      throw error instanceof DOMException ? asStoreError(error, what) : error;
    }
  }

  async #tryTwice<T>(work: (database: IDBPDatabase<S>) => Promise<T>): Promise<T> {
    try {
      return await work(await this.#open());
    } catch (error) {
      // The browser may close a database under an idle page. Then no transaction could begin, so
      // nothing was done yet and doing it again is safe; any other failure is not repeated.
      if (!(error instanceof DOMException) || error.name !== "InvalidStateError") throw error;
      this.#opened = null;
      return await work(await this.#open());
    }
  }

  /** Let go of the database; the next use opens it again. */
  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = null;
    if (opened !== null) {
      try {
        (await opened).close();
      } catch {
        // It never opened, so there is nothing to close; its user was told why.
      }
    }
  }

  #open(): Promise<IDBPDatabase<S>> {
    if (this.#opened === null) {
      const opening = this.#openOrGiveUp();
      this.#opened = opening;
      opening.catch(() => {
        if (this.#opened === opening) this.#opened = null;
      });
    }
    return this.#opened;
  }

  async #openOrGiveUp(): Promise<IDBPDatabase<S>> {
    let giveUp: ReturnType<typeof setTimeout> | undefined;
    const blocked = new Promise<never>((_resolve, reject) => {
      const fail = (): void => reject(new DOMException(`${this.name} is held by another tab`, "BlockedError"));
      giveUp = setTimeout(fail, BLOCKED_AFTER_MS);
    });
    const opening = this.#openNow();
    try {
      return await Promise.race([opening, blocked]);
    } catch (error) {
      // A database that opens after all, when nobody waits for it, must not block the next tab.
      void opening.then(
        (late) => late.close(),
        () => undefined,
      );
      throw error;
    } finally {
      clearTimeout(giveUp);
    }
  }

  #openNow(): Promise<IDBPDatabase<S>> {
    return openDB<S>(this.name, this.#migrations.length, {
      upgrade: (database, from) => {
        for (const migrate of this.#migrations.slice(from)) migrate(database);
      },
      blocking: () => void this.close(),
      terminated: () => {
        this.#opened = null;
      },
    });
  }
}
