/**
 * What a person may see changes while their tablet is away: groups are given and taken, documents
 * go from one group to another. After an exchange the tablet holds exactly what is in scope, one
 * generation of it and no older one; what was written on it is never lost, whatever was taken away.
 */
import * as fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { holdingDigest } from "../../../pwa/src/domain/canonical.ts";
import { Outbox } from "../../../pwa/src/store/outbox.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import { Generations } from "../../../pwa/src/store/replica.ts";
import { Client } from "../../../pwa/src/sync/client.ts";
import { Exchanger } from "../../../pwa/src/sync/exchange.ts";
import { countingHex, freshStores } from "../support/browser.ts";
import { claim, NINE_MS, taken, TEACHER } from "../support/factory.ts";
import { Server } from "../support/server.ts";
import type { Fault } from "../support/server.ts";

const RUNS = Number(process.env["TIDEMARK_SCHEDULES"] ?? 40);
const GROUPS = ["group-a", "group-b", "group-c"] as const;
type Group = (typeof GROUPS)[number];
type Step =
  | { kind: "publish"; doc: number; group: Group }
  | { kind: "delete"; doc: number }
  | { kind: "scope"; groups: Group[] }
  | { kind: "exchange"; faults: { path: string; fault: Fault }[] }
  | { kind: "write" }
  | { kind: "restart" };

interface Published {
  seq: number;
  group: Group | null;
  /** When it left a group, last. */
  left: Map<Group, number>;
}

const quiet = (): Promise<void> => Promise.resolve();

/** The scripted server, with documents that lie in groups, and the groups of the one who asks. */
class Scopes {
  readonly server = new Server(TEACHER);
  readonly docs = new Map<string, Published>();
  groups: readonly Group[] = ["group-a"];
  #seq = 0;

  constructor() {
    this.server.pageSize = 2;
    this.server.prove = true;
  }

  /** Put a document into a group, or delete it. */
  put(id: string, group: Group | null): void {
    this.#seq += 1;
    const before = this.docs.get(id);
    const left = new Map(before?.left);
    const from = before?.group ?? null;
    if (from !== null && from !== group) left.set(from, this.#seq);
    this.docs.set(id, { seq: this.#seq, group, left });
    this.#show();
  }

  may(groups: readonly Group[]): void {
    this.groups = [...new Set(groups)].toSorted();
    this.#show();
  }

  inScope(): { id: string; seq: number }[] {
    const found = [...this.docs].filter(([, { group }]) => group !== null && this.groups.includes(group));
    return found.map(([id, { seq }]) => ({ id, seq }));
  }

  /** As the real server does: a token is of the groups it was given for, and a group's leavers are told. */
  #show(): void {
    this.server.epoch = `of-${this.groups.join("-")}`;
    this.server.docs = [...this.docs].flatMap(([id, { seq, group, left }]): Server["docs"] => {
      const doc = { _id: id, _rev: `1-${seq}`, type: "card" };
      if (group !== null && this.groups.includes(group)) return [{ seq, doc, removed: false }];
      const gone = Math.max(...this.groups.map((one) => left.get(one) ?? 0), 0);
      return gone > 0 ? [{ seq: gone, doc, removed: true }] : [];
    });
  }
}

/** The tablet: its stores outlast each of its tabs. */
class Tablet {
  readonly #server: Server;
  readonly #connection = connectPerson("staff-1");
  readonly outbox: Outbox;
  readonly generations: Generations;
  exchanger!: Exchanger;

  /** `tab`: the number of this tab, so that no two mint the same names. */
  constructor(server: Server, tab: number) {
    this.#server = server;
    const random = countingHex(tab);
    this.outbox = new Outbox(this.#connection, random);
    this.generations = new Generations(this.#connection, "staff-1", () => random(8));
  }

  async open(): Promise<this> {
    const now = (): number => NINE_MS;
    const client = new Client({ fetch: this.#server.fetch, now, device: "tablet-1", person: "staff-1" });
    const about = { person: "staff-1", school: "sch-1", device: "tablet-1", app: "1.2.3" };
    const listeners = { grants: () => "", onIdentity: quiet, onEntries: quiet, onDocuments: quiet, onClock: quiet };
    const stores = { outbox: this.outbox, generations: this.generations, storage: () => "persistent" as const };
    await this.generations.sweep();
    const replica = await this.generations.current("sch-1");
    this.exchanger = new Exchanger({ ...about, ...stores, ...listeners, client, now, serverNow: now }, replica);
    return this;
  }

  exchange(): ReturnType<Exchanger["exchange"]> {
    return this.exchanger.exchange(0, new AbortController().signal);
  }
}

const group = fc.constantFrom(...GROUPS);
const fault = fc.record({
  path: fc.constantFrom("_sync", "_changes", "_bulk_docs"),
  fault: fc.constantFrom<Fault>("cut before", "cut after", "truncate", { status: 503 }, { status: 401 }),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("publish" as const), doc: fc.nat(5), group }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("delete" as const), doc: fc.nat(5) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant("scope" as const), groups: fc.uniqueArray(group) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant("exchange" as const), faults: fc.array(fault, { maxLength: 2 }) }) },
  { weight: 2, arbitrary: fc.constant({ kind: "write" as const }) },
  { weight: 1, arbitrary: fc.constant({ kind: "restart" as const }) },
);

beforeEach(freshStores);

test("after an exchange a tablet holds exactly what is in scope, and has lost nothing it wrote", async () => {
  const schedule = fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 24 }), async (steps) => {
    freshStores();
    const scopes = new Scopes();
    let tabs = 1;
    let tablet = await new Tablet(scopes.server, tabs).open();
    const written: string[] = [];
    for (const one of [...steps, { kind: "exchange" as const, faults: [] }]) {
      if (one.kind === "publish") scopes.put(`card:${one.doc}`, one.group);
      else if (one.kind === "delete") scopes.put(`card:${one.doc}`, null);
      else if (one.kind === "scope") scopes.may(one.groups);
      else if (one.kind === "restart") tablet = await new Tablet(scopes.server, (tabs += 1)).open();
      else if (one.kind === "write") written.push((await tablet.outbox.append("sch-1", taken([claim("pup-1", "/")]))).entry._id);
      else await exchanged(tablet, scopes, one.faults);
      const kept = (await tablet.outbox.list("sch-1")).map(({ entry }) => entry._id);
      expect(kept.toSorted()).toEqual(written.toSorted());
    }
    expect(scopes.server.stored()).toEqual(written.toSorted());
  });
  await fc.assert(schedule, { numRuns: RUNS });
}, 120_000);

/** Exchange; where nothing went wrong, the tablet holds what it may, and says so. */
async function exchanged(tablet: Tablet, scopes: Scopes, faults: { path: string; fault: Fault }[]): Promise<void> {
  for (const { path, fault: one } of faults) scopes.server.failNext(path, one);
  const result = await tablet.exchange();
  if (faults.length > 0) {
    scopes.server.faults.clear();
    return;
  }
  expect(result.kind).toBe("ok");
  const due = scopes.inScope();
  const { replica } = tablet.exchanger;
  expect((await replica.read()).map(({ _id }) => _id).toSorted()).toEqual(due.map(({ id }) => id).toSorted());
  const digest = holdingDigest(due.map(({ id, seq }) => [id, `1-${seq}`] as const));
  expect(await replica.holding()).toMatchObject({ documents: due.length, digest });
  expect(scopes.server.syncs.at(-1)?.holds).toMatchObject({ documents: due.length, digest });
  const stores = (await indexedDB.databases()).map(({ name }) => name ?? "");
  expect(stores.filter((name) => name.includes("-replica-"))).toEqual([`tidemark-staff-1-replica-${replica.generation}`]);
}
