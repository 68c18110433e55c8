/** What a newer version of the app wrote or fetched, seen by this one: kept, told of, sent where it can be. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { openDB } from "idb";
import { makeEntry } from "../../../pwa/src/domain/entry.ts";
import type { Body, Entry } from "../../../pwa/src/domain/entry.ts";
import { Application } from "../../../pwa/src/state/application.ts";
import { lockManager, freshStores, countingHex, notices, ORIGIN } from "../support/browser.ts";
import { bodied, newRegister, NINE_MS, SCHOOL, sheet, TEACHER } from "../support/factory.ts";
import { Server } from "../support/server.ts";

let server: Server;
let tab: Application;
let seed = 0;

async function open(): Promise<Application> {
  seed += 1;
  const made = new Application({
    fetch: async (input, init) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return server.fetch(input, init);
    },
    now: () => NINE_MS,
    random: () => 0,
    randomHex: countingHex(seed),
    app: "1.2.3",
    origin: ORIGIN,
    subtle: crypto.subtle,
    notices: notices(),
    clearOther: () => Promise.resolve(),
    locks: lockManager(),
    storage: undefined,
    visible: () => true,
    onAwake: () => () => undefined,
    everySecond: () => () => undefined,
  });
  await made.start();
  return made;
}

async function signIn(): Promise<void> {
  tab = await open();
  await tab.signIn("someone", "right");
  await vi.waitFor(() => expect(tab.signals.sheets.value.size).toBe(1));
}

/* oxlint-disable typescript/no-unsafe-type-assertion -- the store holds what this very test put there */
/** Do something to the person's own store, as the newer version did. */
async function asNewer(work: (entry: Entry) => { entry: Entry; v?: number }): Promise<void> {
  const database = await openDB(`tidemark-${TEACHER.person}`);
  const [key] = (await database.getAllKeys("entries")).slice(-1);
  const [log, n] = key as unknown as [string, number];
  const { data } = (await database.get("entries", [log, n])) as { data: Entry };
  const { entry, v = 1 } = work(data);
  const record = (await database.get("logs", log)) as { data: object };
  const transaction = database.transaction(["entries", "logs", "waiting", "fates"], "readwrite");
  await transaction.objectStore("entries").put({ v, alg: v === 1 ? "none" : "A256GCM", data: entry }, [log, n]);
  await transaction.objectStore("logs").put({ v: 1, alg: "none", data: { ...record.data, digest: entry.digest } }, log);
  await transaction.objectStore("fates").delete([log, n]);
  await transaction.objectStore("waiting").put(1, [log, n]);
  await transaction.done;
  database.close();
}
/* oxlint-enable typescript/no-unsafe-type-assertion */

beforeEach(() => {
  freshStores();
  server = new Server(TEACHER);
  server.publish(SCHOOL);
  server.publish(sheet());
});
afterEach(() => tab.stop());

test("a published document of an unknown kind is kept, counted, and hides nothing", async () => {
  server.publish(Object.assign({ _id: "plan:2026-11-23:form-1" }, { type: "plan", words: "Trip" }));
  await signIn();
  await vi.waitFor(() => expect(tab.signals.status.value.beyond).toBe(1));
  expect(tab.signals.sheets.value.size).toBe(1);
  const replica = (await indexedDB.databases()).find(({ name }) => name?.includes("replica"));
  const database = await openDB(replica?.name ?? "");
  expect(await database.get("docs", "plan:2026-11-23:form-1")).toMatchObject({ data: { type: "plan", words: "Trip" } });
  database.close();
  server.remove("plan:2026-11-23:form-1");
  tab.syncNow().catch(() => undefined);
  await vi.waitFor(() => expect(tab.signals.status.value.beyond).toBe(0));
});

test.each([
  ["kind", { kind: "visit.logged" }],
  ["shape", { shape: 99 }],
])("an own entry of a newer %s is listed, told of, and still sent as it was written", async (_what, change) => {
  await signIn();
  await tab.record(newRegister());
  await vi.waitFor(() => expect(server.stored()).toHaveLength(1));
  await tab.stop();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what a newer version writes
  const newer = { ...bodied(newRegister()), ...change } as unknown as Body;
  await asNewer(({ log, n, prev, salt }) => ({ entry: makeEntry(log, n, prev, salt, newer) }));
  tab = await open();
  await vi.waitFor(() => expect(tab.signals.beyond.value).toHaveLength(1));
  expect(tab.signals.entries.value).toEqual([]);
  expect(tab.signals.status.value.beyond).toBe(1);
  await vi.waitFor(() => expect(server.stored()).toHaveLength(2));
  expect(server.pushed.at(-1)?.[0]?.body).toEqual(newer);
  await vi.waitFor(() => expect(tab.signals.beyond.value[0]?.state).toBe("stored"));
});

test("an own entry in a newer envelope is kept and counted, and those behind it go on", async () => {
  await signIn();
  await tab.record(newRegister());
  await vi.waitFor(() => expect(server.stored()).toHaveLength(1));
  await tab.stop();
  await asNewer((entry) => ({ entry, v: 2 }));
  tab = await open();
  await vi.waitFor(() => expect(tab.signals.beyond.value).toMatchObject([{ state: "waiting", writtenAt: null }]));
  await tab.record(newRegister());
  await vi.waitFor(() => expect(tab.signals.entries.value).toMatchObject([{ n: 2, state: "stored" }]));
  expect(tab.signals.status.value).toMatchObject({ waiting: 1, beyond: 1 });
  const database = await openDB(`tidemark-${TEACHER.person}`);
  expect(await database.getAll("entries")).toHaveLength(2);
  expect((await database.getAll("entries"))[0]).toMatchObject({ v: 2 });
  database.close();
});

test("a log in a newer envelope is left alone: this version writes into a log of its own", async () => {
  await signIn();
  await tab.record(newRegister());
  await vi.waitFor(() => expect(server.stored()).toHaveLength(1));
  await tab.stop();
  const database = await openDB(`tidemark-${TEACHER.person}`);
  const [log] = await database.getAllKeys("logs");
  await database.put("logs", { v: 2, alg: "A256GCM", data: "shut" }, log);
  database.close();
  tab = await open();
  const item = await tab.record(newRegister());
  expect(item.log).not.toBe(log);
  await vi.waitFor(() => expect(server.stored()).toHaveLength(2));
});
