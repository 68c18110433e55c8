/**
 * What the tablet knows of itself and of the people who use it: `tidemark-device`.
 *
 * Identity is kept so that the app opens with no network and no session; it grants nothing.
 */
import type { DBSchema } from "idb";
import type { Me } from "../generated/types.ts";
import { Connection } from "./connection.ts";
import { seal, unseal } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";

interface DeviceSchema extends DBSchema {
  meta: { key: string; value: Envelope<unknown> };
  people: { key: string; value: Envelope<Me> };
}

/** Who is at the tablet. `signedOut`: somebody signed out and the server may not know it yet. */
export interface AtTablet {
  person: string | null;
  signedOut: boolean;
}

const NOBODY: AtTablet = { person: null, signedOut: false };

/** The tablet's own small store. */
export class DeviceStore {
  readonly #connection = new Connection<DeviceSchema>("tidemark-device", [
    (database) => {
      database.createObjectStore("meta");
      database.createObjectStore("people");
    },
  ]);

  /** The tablet's id, minted by `mint` when it is first asked for; says nothing about a person. */
  id(mint: () => string): Promise<string> {
    return this.#connection.use("This tablet could not be given a name.", async (database) => {
      const transaction = database.transaction("meta", "readwrite", { durability: "strict" });
      const known = await transaction.store.get("device");
      const held = known === undefined ? undefined : unseal(known);
      const id = typeof held === "string" ? held : mint();
      if (id !== held) await transaction.store.put(seal(id), "device");
      await transaction.done;
      return id;
    });
  }

  /** Who is at the tablet, as last signed in here. */
  atTablet(): Promise<AtTablet> {
    return this.#connection.use("It could not be read who uses this tablet.", async (database) => {
      const known = await database.get("meta", "at-tablet");
      const held = known === undefined ? NOBODY : unseal(known);
      return isAtTablet(held) ? held : NOBODY;
    });
  }

  /** Somebody signed in, or is known to the server under a new name or role. */
  remember(me: Me): Promise<void> {
    return this.#connection.use("Your name could not be kept on this tablet.", async (database) => {
      const transaction = database.transaction(["meta", "people"], "readwrite", { durability: "strict" });
      await transaction.objectStore("people").put(seal(me), me.person);
      const now: AtTablet = { person: me.person, signedOut: false };
      await transaction.objectStore("meta").put(seal(now), "at-tablet");
      await transaction.done;
    });
  }

  /** Nobody is at the tablet. `told`: the server knows. */
  leave(told: boolean): Promise<void> {
    return this.#connection.use("Signing out could not be noted on this tablet.", async (database) => {
      const nobody: AtTablet = { person: null, signedOut: !told };
      await database.put("meta", seal(nobody), "at-tablet");
    });
  }

  /** A person who has used this tablet; null for one who has not. */
  person(person: string): Promise<Me | null> {
    return this.#connection.use("It could not be read who uses this tablet.", async (database) => {
      const known = await database.get("people", person);
      return known === undefined ? null : unseal(known);
    });
  }

  close(): Promise<void> {
    return this.#connection.close();
  }
}

function isAtTablet(value: unknown): value is AtTablet {
  return typeof value === "object" && value !== null && "person" in value && "signedOut" in value;
}
