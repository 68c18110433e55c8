import { openDB } from "idb";
import type { DBSchema, IDBPDatabase } from "idb";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Connection } from "../../../pwa/src/store/connection.ts";
import type { Migration } from "../../../pwa/src/store/connection.ts";
import { freshStores } from "../support/browser.ts";

interface Notes extends DBSchema {
  notes: { key: string; value: string };
  lists: { key: string; value: string };
}

const FIRST: Migration<Notes> = (database) => database.createObjectStore("notes");
const SECOND: Migration<Notes> = (database) => database.createObjectStore("lists");

const put = (connection: Connection<Notes>): Promise<string> =>
  connection.use("The note is not saved.", (database) => database.put("notes", "kept", "one"));
const get = (connection: Connection<Notes>): Promise<string | undefined> =>
  connection.use("The note could not be read.", (database) => database.get("notes", "one"));

const failing = (name: string) => (): Promise<never> => Promise.reject(new DOMException("?", name));
const tooLong = (): Promise<never> => Promise.reject(new RangeError("too long"));

beforeEach(freshStores);
afterEach(() => {
  vi.useRealTimers();
});

describe("versions", () => {
  test("a newer version takes the older one's data on, step by step", async () => {
    const old = new Connection<Notes>("notes", [FIRST]);
    await put(old);
    const steps: string[] = [];
    const recorded = (name: string, migrate: Migration<Notes>): Migration<Notes> => (database) => {
      steps.push(name);
      migrate(database);
    };
    const next = new Connection<Notes>("notes", [recorded("first", FIRST), recorded("second", SECOND)]);
    expect(await get(next)).toBe("kept");
    expect(steps).toEqual(["second"]);
    expect(await next.use("Not read.", async (database) => [...database.objectStoreNames])).toEqual(["lists", "notes"]);
  });

  test("an older version lets go, and says what to do when it is asked again", async () => {
    const old = new Connection<Notes>("notes", [FIRST]);
    await put(old);
    await get(new Connection<Notes>("notes", [FIRST, SECOND]));
    await expect(get(old)).rejects.toThrow("The note could not be read. A newer version of Tidemark has used this tablet.");
  });

  test("a tab that will not let go is named after five seconds", async () => {
    const stubborn = await openDB<Notes>("notes", 1, { upgrade: (database) => FIRST(database) });
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const next = get(new Connection<Notes>("notes", [FIRST, SECOND])).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(5000);
    expect(String(await next)).toContain("Close the other tabs, then try again.");
    stubborn.close();
  });
});

describe("trouble", () => {
  test("a private window says so", async () => {
    vi.spyOn(indexedDB, "open").mockImplementation(() => {
      throw new DOMException("denied", "SecurityError");
    });
    await expect(put(new Connection<Notes>("notes", [FIRST]))).rejects.toThrow("Open Tidemark in an ordinary window.");
  });

  test("no space says so", async () => {
    const connection = new Connection<Notes>("notes", [FIRST]);
    await expect(connection.use("The note is not saved.", failing("QuotaExceededError"))).rejects.toThrow("The note is not saved. This tablet has no");
  });

  test("anything else the store cannot do asks for a restart", async () => {
    const connection = new Connection<Notes>("notes", [FIRST]);
    await expect(connection.use("The note is not saved.", failing("UnknownError"))).rejects.toMatchObject({ trouble: "damaged" });
  });

  test("what is wrong with a value is not the store's trouble", async () => {
    const connection = new Connection<Notes>("notes", [FIRST]);
    await expect(connection.use("The note is not saved.", tooLong)).rejects.toThrow(RangeError);
  });

  test("a failed opening is tried again at the next use", async () => {
    const open = vi.spyOn(indexedDB, "open").mockImplementationOnce(() => {
      throw new DOMException("?", "UnknownError");
    });
    const connection = new Connection<Notes>("notes", [FIRST]);
    await expect(put(connection)).rejects.toThrow("The note is not saved. This tablet's store");
    expect(await put(connection)).toBe("one");
    expect(open).toHaveBeenCalledTimes(2);
  });
});

describe("a database that the browser closed", () => {
  test("is opened again", async () => {
    const connection = new Connection<Notes>("notes", [FIRST]);
    let held: IDBPDatabase<Notes> | null = null;
    await connection.use("Not opened.", async (database) => {
      held = database;
      await database.put("notes", "kept", "one");
    });
    (held as IDBPDatabase<Notes> | null)?.close();
    expect(await get(connection)).toBe("kept");
  });

  test("is opened again after it was closed on purpose", async () => {
    const connection = new Connection<Notes>("notes", [FIRST]);
    await connection.close();
    await put(connection);
    await connection.close();
    expect(await get(connection)).toBe("kept");
  });
});
