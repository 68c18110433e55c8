/**
 * Photos on this tablet, from when they are taken until the server has had their bytes for a while:
 * a server that was set back asks for them once more.
 */
import type { PersonConnection } from "./person.ts";
import { seal, unsealed } from "./envelope.ts";

/** The two parts of a photo's bytes. A thumbnail is sent before any whole photo is. */
export type Part = "thumbnail" | "photo";

/** A photo as this tablet keeps it. Its entry (`photo.added`) says the rest. */
export interface PhotoRecord {
  photo: string;
  school: string;
  case: string;
  visit: string;
  caption: string | null;
  /** JPEG, both of them. */
  bytes: Record<Part, ArrayBuffer>;
  /** Bytes that the server has said it has. */
  sent: Record<Part, number>;
  /** Its entry is written. */
  announced: boolean;
  state: "waiting" | "held" | "stored";
  /** What keeps it from being stored, in words; null for nothing that is known. */
  reason: string | null;
  /** Attempts in a row that came to nothing. */
  failures: number;
  /** Milliseconds since 1970, by the tablet's clock: when it was taken, when it was stored. */
  takenMs: number;
  storedMs: number | null;
}

/** One person's photos on this tablet. */
export class Photos {
  readonly #connection: PersonConnection;

  constructor(connection: PersonConnection) {
    this.#connection = connection;
  }

  /** Keep a photo; resolves when it is durable. */
  put(record: PhotoRecord): Promise<void> {
    return this.#connection.use("The photo is not saved.", async (database) => {
      const transaction = database.transaction("photos", "readwrite", { durability: "strict" });
      await Promise.all([transaction.store.put(seal(record), record.photo), transaction.done]);
    });
  }

  /** Change what is known of a photo; nothing where it has gone meanwhile. */
  change(photo: string, change: Partial<PhotoRecord>): Promise<void> {
    return this.#connection.use("What became of a photo is not saved.", async (database) => {
      const transaction = database.transaction("photos", "readwrite");
      const known = unsealed(await transaction.store.get(photo));
      if (known !== undefined) await transaction.store.put(seal({ ...known, ...change }), photo);
      await transaction.done;
    });
  }

  /** All of a school's, the oldest first. */
  list(school: string): Promise<PhotoRecord[]> {
    return this.#connection.use("The photos on this tablet could not be read.", async (database) => {
      const found = (await database.getAll("photos")).flatMap((one) => unsealed(one) ?? []);
      return found.filter((one) => one.school === school).toSorted((a, b) => a.takenMs - b.takenMs);
    });
  }

  /** How many the server has not got, of whichever school. */
  countUnsent(): Promise<number> {
    return this.#connection.use("The photos on this tablet could not be read.", async (database) => {
      const found = await database.getAll("photos");
      // One that a newer version wrote cannot be read here: it counts as not sent.
      return found.filter((one) => (unsealed(one)?.storedMs ?? null) === null).length;
    });
  }

  drop(photo: string): Promise<void> {
    return this.#connection.use("A photo could not be removed.", async (database) => {
      await database.delete("photos", photo);
    });
  }
}
