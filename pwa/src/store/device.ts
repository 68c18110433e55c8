/**
 * What the tablet knows of itself and of the people who use it: `tidemark-device`.
 *
 * Identity is kept so that the app opens with no network and no session; it grants nothing.
 */
import { deleteDB } from "idb";
import type { DBSchema } from "idb";
import type { DeviceKey } from "../device/key.ts";
import type { Me } from "../generated/types.ts";
import { Connection } from "./connection.ts";
import { seal, unseal } from "./envelope.ts";
import type { Envelope } from "./envelope.ts";

/** The name of the tablet's own small database: the last one that a revoked tablet deletes. */
export const DEVICE_DATABASE = "tidemark-device";

/** What the school said when it enrolled this tablet. `shared`: anybody who works there may sign in. */
export interface Enrolment {
  device: string;
  label: string;
  shared: boolean;
  school: string;
  schoolName: string;
}

/**
 * How far a revoked tablet has come; each step is taken again after a crash in the middle of it.
 * "handing-over": entries that the server has not got; "emptying": everything that is kept here;
 * "telling": the school is told, signed with the key that is destroyed after that.
 */
export interface Departure {
  stage: "handing-over" | "emptying" | "telling";
  label: string;
  schoolName: string;
  /** When the school revoked it; where that was not said, when this tablet heard of it. */
  revokedAt: string;
  /** Entries handed over; counted when all of them are. */
  handedOver: number;
  /** Photos that went with the rest; left out by earlier versions. */
  photosLost?: number;
}

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
  readonly #connection = new Connection<DeviceSchema>(DEVICE_DATABASE, [
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

  /** The tablet's key; null where none was made. */
  key(): Promise<DeviceKey | null> {
    return this.#read("key", isDeviceKey, "This tablet's key could not be read.");
  }

  /** Keep a key that was just made. Where the browser cannot keep one, it says so. */
  keepKey(key: DeviceKey): Promise<void> {
    return this.#write("key", key, "This tablet's key could not be kept.");
  }

  /** Forget a key that the school knows as revoked. */
  dropKey(): Promise<void> {
    return this.#connection.use("This tablet's key could not be removed.", async (database) => {
      await database.delete("meta", "key");
    });
  }

  /** What the school enrolled this tablet as; null where it did not. */
  enrolment(): Promise<Enrolment | null> {
    return this.#read("enrolment", isEnrolment, "It could not be read what this tablet is called.");
  }

  enrol(enrolment: Enrolment): Promise<void> {
    return this.#write("enrolment", enrolment, "It could not be kept what this tablet is called.");
  }

  /** How far this tablet, revoked, has come; null for one that is not revoked. */
  departure(): Promise<Departure | null> {
    return this.#read("departure", isDeparture, "It could not be read whether this tablet is revoked.");
  }

  depart(departure: Departure): Promise<void> {
    return this.#write("departure", departure, "It could not be noted that this tablet is revoked.");
  }

  /** Forget everybody who used this tablet. */
  forgetPeople(): Promise<void> {
    return this.#connection.use("The names on this tablet could not be removed.", async (database) => {
      const transaction = database.transaction(["meta", "people"], "readwrite", { durability: "strict" });
      await transaction.objectStore("people").clear();
      await transaction.objectStore("meta").delete("at-tablet");
      await transaction.done;
    });
  }

  /** Delete all of it, the key too. The next use begins a new one. */
  async destroy(): Promise<void> {
    await this.close();
    await deleteDB(DEVICE_DATABASE);
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  #read<T>(key: string, is: (value: unknown) => value is T, what: string): Promise<T | null> {
    return this.#connection.use(what, async (database) => {
      const known = await database.get("meta", key);
      const held = known === undefined ? undefined : unseal(known);
      return is(held) ? held : null;
    });
  }

  #write(key: string, value: unknown, what: string): Promise<void> {
    return this.#connection.use(what, async (database) => {
      const transaction = database.transaction("meta", "readwrite", { durability: "strict" });
      await transaction.store.put(seal(value), key);
      await transaction.done;
    });
  }
}

function isAtTablet(value: unknown): value is AtTablet {
  return typeof value === "object" && value !== null && "person" in value && "signedOut" in value;
}

function isDeviceKey(value: unknown): value is DeviceKey {
  return typeof value === "object" && value !== null && "jwk" in value && "sign" in value;
}

function isEnrolment(value: unknown): value is Enrolment {
  return typeof value === "object" && value !== null && "device" in value && "label" in value;
}

function isDeparture(value: unknown): value is Departure {
  return typeof value === "object" && value !== null && "stage" in value && "revokedAt" in value;
}
