/**
 * Seeded fault schedules: tablets that write, sync, lose answers, are cloned and lose their tail,
 * against a server that fails, is rolled back and forgets who is signed in. After quiet every entry
 * that a tablet holds is on the server, once, and the tablet knows it.
 *
 * `TIDEMARK_SCHEDULES` sets how many; a failure names its seed.
 */
import { IDBFactory } from "fake-indexeddb";
import { describe, expect, test } from "vitest";
import { Outbox } from "../../../pwa/src/store/outbox.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import { Generations } from "../../../pwa/src/store/replica.ts";
import { Client } from "../../../pwa/src/sync/client.ts";
import { Exchanger } from "../../../pwa/src/sync/exchange.ts";
import { countingHex, seeded } from "../support/browser.ts";
import { claim, NINE_MS, OFFICER, sheet, taken, TEACHER } from "../support/factory.ts";
import { Server } from "../support/server.ts";
import type { Backup, Fault } from "../support/server.ts";

const SCHEDULES = Number(process.env["TIDEMARK_SCHEDULES"] ?? 25);
const STEPS = 40;
const ROUNDS = 12;
const STORES = ["logs", "entries", "fates", "waiting", "drafts", "meta"] as const;
const PATHS = ["/session", "_bulk_docs", "_sync", "_changes"];
const FAULTS: Fault[] = [
  "cut before",
  "cut after",
  "truncate",
  "portal",
  { status: 401 },
  { status: 403 },
  { status: 413 },
  { status: 503, retryAfter: "1" },
  { status: 507 },
];

const now = (): number => NINE_MS;
const quiet = (): Promise<void> => Promise.resolve();

interface Tab {
  outbox: Outbox;
  exchanger: Exchanger;
}

/** A tablet with two tabs; its stores are a browser of their own. */
class Tablet {
  readonly factory = new IDBFactory();
  readonly tabs: Tab[] = [];
  readonly #server: Server;
  readonly #connection = connectPerson("staff-1");

  constructor(server: Server) {
    this.#server = server;
  }

  /** Make this tablet's stores the ones in use: one tablet acts at a time. */
  use(): void {
    globalThis.indexedDB = this.factory;
  }

  async open(seed: number): Promise<this> {
    this.use();
    for (const tab of [1, 2]) {
      const random = countingHex(seed * 2 + tab);
      const connection = connectPerson("staff-1");
      const outbox = new Outbox(connection, random);
      const generations = new Generations(connection, "staff-1", () => random(8));
      const device = "tablet-1";
      const client = new Client({ fetch: this.#server.fetch, now, device });
      const listeners = { grants: () => "", onIdentity: quiet, onEntries: quiet, onDocuments: quiet, onClock: quiet };
      const about = { person: "staff-1", school: "sch-1", device, app: "1.2.3", storage: () => "persistent" as const };
      const parts = { ...about, client, outbox, generations, now, serverNow: now, ...listeners };
      const exchanger = new Exchanger(parts, await generations.current("sch-1"));
      this.tabs.push({ outbox, exchanger });
    }
    return this;
  }

  /** Another tablet with a copy of everything that this one holds. */
  async clone(seed: number): Promise<Tablet> {
    this.use();
    const held = await this.#connection.use("Not read.", (database) =>
      Promise.all(
        STORES.map(async (name) => {
          const [keys, values] = await Promise.all([database.getAllKeys(name), database.getAll(name)]);
          return { name, rows: keys.map((key, index) => ({ key, value: values[index] })) };
        }),
      ),
    );
    const other = new Tablet(this.#server);
    other.use();
    await other.#connection.use("Not written.", async (database) => {
      // A raw transaction: the copy is of every kind of value at once.
      const transaction = database.transaction([...STORES], "readwrite");
      for (const { name, rows } of held.filter((one) => one.name !== "meta")) {
        const store: unknown = transaction.objectStore(name);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion
        for (const { key, value } of rows) await (store as RawStore).put(value, key);
      }
      await transaction.done;
    });
    return other.open(seed);
  }

  /** Lose the last entry of the open log, as a store does that was not durable. */
  async loseTail(): Promise<void> {
    this.use();
    await this.#connection.use("Not lost.", async (database) => {
      const transaction = database.transaction(["logs", "entries", "fates", "waiting"], "readwrite");
      const logs = (await transaction.objectStore("logs").getAll()).map(({ data }) => data);
      const log = logs.find(({ closed, n }) => !closed && n > 0);
      const last = log === undefined ? undefined : await transaction.objectStore("entries").get([log.log, log.n]);
      if (log !== undefined && last !== undefined) {
        for (const name of ["entries", "fates", "waiting"] as const) await transaction.objectStore(name).delete([log.log, log.n]);
        const before = { ...log, n: log.n - 1, digest: last.data.prev };
        await transaction.objectStore("logs").put({ v: 1, alg: "none", data: before }, log.log);
      }
      await transaction.done;
    });
  }

  async states(): Promise<Map<string, string>> {
    this.use();
    const list = (await this.tabs[0]?.outbox.list("sch-1")) ?? [];
    return new Map(list.map(({ entry, fate }) => [entry._id, fate?.state ?? "waiting"]));
  }
}

interface RawStore {
  put: (value: unknown, key: IDBValidKey) => Promise<unknown>;
}

/** One schedule: the steps of a seed. */
class Schedule {
  readonly #random: () => number;
  readonly #seed: number;
  readonly server = new Server(TEACHER);
  readonly tablets: Tablet[] = [];
  #backup: Backup | null = null;
  #written = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seeded(seed);
  }

  async run(): Promise<void> {
    this.tablets.push(await new Tablet(this.server).open(this.#seed * 1000));
    for (let step = 0; step < STEPS; step += 1) await this.#step();
    await this.#heal();
  }

  #pick<T>(from: readonly T[]): T {
    const found = from[Math.floor(this.#random() * from.length)];
    if (found === undefined) throw new Error("There is nothing to pick from.");
    return found;
  }

  async #step(): Promise<void> {
    const chance = this.#random();
    const tablet = this.#pick(this.tablets);
    if (chance < 0.34) await this.#write(tablet);
    else if (chance < 0.7) await this.#exchange(tablet);
    else if (chance < 0.82) this.server.failNext(this.#pick(PATHS), this.#pick(FAULTS));
    else if (chance < 0.86) this.server.me = this.#pick([null, TEACHER, TEACHER, OFFICER]);
    else if (chance < 0.9) this.#backup = this.server.backup();
    else if (chance < 0.94) this.#restore();
    else if (chance < 0.97) this.server.publish(sheet([], { _id: `sheet:2026-11-23:AM:group-${this.#pick([1, 2, 3])}` }));
    else if (chance < 0.985) await tablet.loseTail();
    else if (this.tablets.length < 3) this.tablets.push(await tablet.clone(this.#seed * 1000 + this.tablets.length));
  }

  async #write(tablet: Tablet): Promise<void> {
    tablet.use();
    const remark = this.#random() < 0.05 ? "x".repeat(110_000) : `entry ${this.#written}`;
    this.#written += 1;
    const body = taken([claim("pup-1", "/", { remark })]);
    const writers = this.#random() < 0.2 ? tablet.tabs : [this.#pick(tablet.tabs)];
    await Promise.all(writers.map(({ outbox }) => outbox.append("sch-1", body)));
  }

  async #exchange(tablet: Tablet): Promise<void> {
    tablet.use();
    const { exchanger } = this.#pick(tablet.tabs);
    await exchanger.reopen();
    await exchanger.exchange(0, new AbortController().signal);
  }

  #restore(): void {
    if (this.#backup !== null) this.server.restore(this.#backup, { silently: this.#random() < 0.5 });
  }

  /** No more faults: everybody syncs until nothing is left to say. */
  async #heal(): Promise<void> {
    this.server.faults.clear();
    this.server.me = TEACHER;
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const tablet of this.tablets) {
        tablet.use();
        for (const { exchanger, outbox } of tablet.tabs) {
          await outbox.retryRefused();
          await exchanger.reopen();
          await exchanger.exchange(0, new AbortController().signal);
        }
      }
    }
  }
}

describe("after a schedule of faults and then quiet", () => {
  test.each(Array.from({ length: SCHEDULES }, (_, index) => index + 1))("(seed %d) nothing is lost, stranded or doubled", async (seed) => {
    const schedule = new Schedule(seed);
    await schedule.run();
    const stored = schedule.server.stored();
    expect(new Set(stored).size).toBe(stored.length);
    for (const tablet of schedule.tablets) {
      for (const [id, state] of await tablet.states()) {
        const refused = state === "refused";
        expect([id, state]).toEqual([id, refused ? "refused" : "stored"]);
        expect([id, stored.includes(id)]).toEqual([id, !refused]);
      }
      for (const { exchanger } of tablet.tabs) {
        await exchanger.reopen();
        const held = (await exchanger.replica.read()).map(({ _id }) => _id);
        expect(held).toEqual(schedule.server.docs.map(({ doc }) => doc._id).toSorted());
      }
    }
  });
});
