/** Drafts: a form's unfinished state, kept so that closing the app costs nothing. */
import type { PersonConnection } from "./person.ts";
import { seal, unseal } from "./envelope.ts";

/** One person's drafts on this tablet. A draft is never sent; recording its entry ends it. */
export class Drafts {
  readonly #connection: PersonConnection;

  constructor(connection: PersonConnection) {
    this.#connection = connection;
  }

  /** Keep `value`, anything that can be cloned, under `key`. */
  save(key: string, value: unknown): Promise<void> {
    return this.#connection.use("What you began is not saved.", async (database) => {
      await database.put("drafts", seal(value), key);
    });
  }

  /** What was kept under `key`; null for nothing. */
  load(key: string): Promise<unknown> {
    return this.#connection.use("What you began could not be read.", async (database) => {
      const known = await database.get("drafts", key);
      return known === undefined ? null : unseal(known);
    });
  }

  drop(key: string): Promise<void> {
    return this.#connection.use("What you began could not be removed.", async (database) => {
      await database.delete("drafts", key);
    });
  }
}
