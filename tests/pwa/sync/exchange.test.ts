import { beforeEach, describe, expect, test } from "vitest";
import { makeEntry } from "../../../pwa/src/domain/entry.ts";
import type { Me } from "../../../pwa/src/generated/types.ts";
import { Outbox } from "../../../pwa/src/store/outbox.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import { Generations } from "../../../pwa/src/store/replica.ts";
import { Client } from "../../../pwa/src/sync/client.ts";
import type { ServerClock } from "../../../pwa/src/sync/clock.ts";
import { Exchanger } from "../../../pwa/src/sync/exchange.ts";
import type { ExchangeResult } from "../../../pwa/src/sync/loop.ts";
import { countingHex, freshStores } from "../support/browser.ts";
import { claim, claimId, NINE_MS, OFFICER, SCHOOL, sheet, taken, TEACHER } from "../support/factory.ts";
import { Server } from "../support/server.ts";

/** One tab of a tablet against a server. */
class Tab {
  readonly outbox: Outbox;
  readonly generations: Generations;
  readonly clocks: ServerClock[] = [];
  readonly documents: (readonly string[] | null)[] = [];
  readonly names: string[] = [];
  grants = "";
  entries = 0;
  exchanger!: Exchanger;
  readonly #server: Server;

  constructor(server: Server, seed = 1) {
    this.#server = server;
    const connection = connectPerson("staff-1");
    const random = countingHex(seed);
    this.outbox = new Outbox(connection, random);
    this.generations = new Generations(connection, "staff-1", () => random(8));
  }

  async open(): Promise<this> {
    const parts = {
      person: "staff-1",
      school: "sch-1",
      device: "tablet-1",
      app: "1.2.3",
      storage: () => "persistent" as const,
      client: new Client({ fetch: this.#server.fetch, now: () => NINE_MS, device: "tablet-1", person: "staff-1" }),
      outbox: this.outbox,
      generations: this.generations,
      now: () => NINE_MS,
      serverNow: () => NINE_MS,
      grants: () => this.grants,
      onIdentity: ({ name, schools }: Me) => {
        this.names.push(name);
        this.grants = schools[0]?.digest ?? "";
        return Promise.resolve();
      },
      onEntries: () => Promise.resolve(void (this.entries += 1)),
      onDocuments: (ids: readonly string[] | null) => Promise.resolve(void this.documents.push(ids)),
      onClock: (clock: ServerClock) => Promise.resolve(void this.clocks.push(clock)),
    };
    this.exchanger = new Exchanger(parts, await this.generations.current("sch-1"));
    return this;
  }

  exchange(waitS = 0): Promise<ExchangeResult> {
    return this.exchanger.exchange(waitS, new AbortController().signal);
  }

  async write(): Promise<string> {
    return (await this.outbox.append("sch-1", taken([claim("pup-1", "/")]))).entry._id;
  }

  async states(): Promise<string[]> {
    return (await this.outbox.list("sch-1")).map(({ fate }) => fate?.state ?? "waiting").toReversed();
  }

  async held(): Promise<string[]> {
    return (await this.exchanger.replica.read()).map(({ _id }) => _id);
  }
}

let server: Server;
let tab: Tab;
beforeEach(async () => {
  freshStores();
  server = new Server(TEACHER);
  tab = await new Tab(server).open();
});

describe("an exchange", () => {
  test("sends what waits, learns the server's time, and gets what is published", async () => {
    server.publish(SCHOOL);
    server.publish(sheet());
    await tab.write();
    expect(await tab.exchange()).toMatchObject({ kind: "ok" });
    expect(server.requests).toEqual([
      "GET /session",
      "POST /db/sch-1/_bulk_docs",
      "GET /db/sch-1/_changes",
      "POST /db/sch-1/_sync",
    ]);
    expect(await tab.states()).toEqual(["stored"]);
    expect(await tab.held()).toEqual(["school", sheet()._id]);
    expect(tab.clocks).toEqual([{ offsetMs: 0, nonce: "nonce-1", lastContact: "2026-11-23T09:00:00.000Z" }]);
  });

  test("asks who this is again when the server knows other grants, and only then", async () => {
    server.publish(SCHOOL);
    await tab.exchange();
    server.me = { ...TEACHER, name: "Tess Tutor, in two roles", schools: [{ school: "sch-1", name: "Marsh Lane School", digest: "two" }] };
    server.requests.length = 0;
    server.failNext("/session", { status: 503 });
    expect(await tab.exchange()).toMatchObject({ kind: "busy" });
    expect(tab.names).toEqual(["Tess Tutor"]);
    expect(await tab.exchange()).toMatchObject({ kind: "ok" });
    await tab.exchange();
    expect(server.requests).toEqual(["POST /db/sch-1/_sync", "POST /db/sch-1/_sync", "GET /session", "POST /db/sch-1/_sync"]);
    expect(tab.names).toEqual(["Tess Tutor", "Tess Tutor, in two roles"]);
    expect(server.syncs.map(({ grants }) => grants).slice(-3)).toEqual([null, null, "two"]);
  });

  test("that finds nothing new is one request", async () => {
    server.publish(SCHOOL);
    await tab.exchange();
    server.requests.length = 0;
    expect(await tab.exchange(25)).toEqual({ kind: "ok", news: false });
    expect(server.requests).toEqual(["POST /db/sch-1/_sync"]);
    expect(server.syncs.at(-1)).toMatchObject({ wait_s: 25, waiting: 0, device: "tablet-1", token: "one.1" });
  });

  test("does not wait for news when it has just sent something", async () => {
    await tab.write();
    await tab.exchange(25);
    expect(server.syncs.at(-1)).toMatchObject({ wait_s: 0 });
  });

  test("pulls page after page", async () => {
    server.pageSize = 2;
    for (const group of ["a", "b", "c", "d", "e"]) server.publish(sheet([], { _id: `sheet:2026-11-23:AM:${group}` }));
    await tab.exchange();
    expect(await tab.held()).toHaveLength(5);
    expect(tab.documents.map((ids) => ids?.length)).toEqual([2, 2, 1]);
  });

  test("removes what left the person's scope, and what the server says to drop", async () => {
    server.publish(SCHOOL);
    server.publish(sheet());
    server.publish(sheet([], { _id: "sheet:2026-11-23:PM:form-1" }));
    await tab.exchange();
    server.remove(sheet()._id);
    server.drop = ["sheet:2026-11-23:PM:form-1"];
    await tab.exchange();
    expect(await tab.held()).toEqual(["school"]);
  });

  test("shows a claim that was set aside, by receipt", async () => {
    const id = await tab.write();
    const stored = (await tab.outbox.list("sch-1"))[0]?.entry.digest ?? "";
    server.setAside.set(id, [{ claim: claimId(stored, 0), reason: "Not on the roll." }]);
    await tab.exchange();
    expect((await tab.outbox.list("sch-1"))[0]?.fate?.setAside).toEqual([
      { claim: claimId(stored, 0), reason: "Not on the roll." },
    ]);
  });
});

describe("whose session it is", () => {
  test("nothing is sent while another person is signed in", async () => {
    server.me = OFFICER;
    await tab.write();
    expect(await tab.exchange()).toEqual({ kind: "signed-out" });
    expect(server.pushed).toEqual([]);
    server.me = TEACHER;
    expect(await tab.exchange()).toMatchObject({ kind: "ok" });
    expect(tab.names).toEqual(["Tess Tutor"]);
  });

  test("is asked again after the session ended in mid-push; what was not answered waits", async () => {
    await tab.exchange();
    await tab.write();
    server.failNext("_bulk_docs", { status: 401 });
    expect(await tab.exchange()).toEqual({ kind: "signed-out" });
    expect(await tab.states()).toEqual(["waiting"]);
    server.me = OFFICER;
    expect(await tab.exchange()).toEqual({ kind: "signed-out" });
    server.me = TEACHER;
    await tab.exchange();
    expect(await tab.states()).toEqual(["stored"]);
  });

  const paths = ["/session", "_bulk_docs", "_sync", "_changes"];
  const changes = [
    ["ends", null],
    ["becomes another person's", OFFICER],
  ] as const;

  test.each(paths.flatMap((path) => changes.map(([what, me]) => ({ path, what, me }))))(
    "may change at any moment: it $what right after $path was answered",
    async ({ path, me }) => {
      server.publish(SCHOOL);
      await tab.exchange();
      const seen = await tab.held();
      const id = await tab.write();
      server.publish(sheet());
      if (path === "/session") tab.exchanger.doubt();
      server.afterwards = (asked) => {
        if (asked.includes(path)) server.me = me;
      };
      await tab.exchange();
      // What the server has was answered, and only that is believed to be taken.
      expect(await tab.states()).toEqual(server.stored().includes(id) ? ["stored"] : ["waiting"]);
      server.afterwards = null;
      server.publish({ _id: "card:pup-of-the-other" });
      const before = await tab.held();
      expect(await tab.exchange()).toEqual({ kind: "signed-out" });
      expect(await tab.held()).toEqual(before);
      expect([seen, [...seen, sheet()._id]]).toContainEqual(before);
      expect(server.pushed.flat().every(({ body }) => body.author === "staff-1")).toBe(true);

      server.me = TEACHER;
      expect(await tab.exchange()).toMatchObject({ kind: "ok" });
      expect(await tab.states()).toEqual(["stored"]);
      expect(server.stored()).toEqual([id]);
    },
  );

  test("that is another person's answers nothing of theirs, also before it is asked whose it is", async () => {
    await tab.exchange();
    server.me = OFFICER;
    server.publish({ _id: "card:pup-of-the-other" });
    expect(await tab.exchange()).toEqual({ kind: "signed-out" });
    expect(await tab.held()).not.toContain("card:pup-of-the-other");
    expect(server.requests).toContain("refused /db/sch-1/_sync");
  });

  test("is not asked for right after signing in", async () => {
    tab.exchanger.trust();
    await tab.exchange();
    expect(server.requests).not.toContain("GET /session");
  });

  test("is asked again when somebody signed in", async () => {
    await tab.exchange();
    tab.exchanger.doubt();
    await tab.exchange();
    expect(server.requests.filter((request) => request === "GET /session")).toHaveLength(2);
  });
});

describe("a server restored from a backup", () => {
  test("gets everything back, and the tablet pulls into a new generation", async () => {
    server.publish(SCHOOL);
    const ids = [await tab.write()];
    await tab.exchange();
    const backup = server.backup();
    ids.push(await tab.write(), await tab.write());
    await tab.exchange();
    const before = tab.exchanger.replica.generation;
    server.restore(backup);
    expect(server.stored()).toEqual(ids.slice(0, 1));

    await tab.exchange();
    await tab.exchange();
    expect(server.stored()).toEqual(ids.toSorted());
    expect(await tab.states()).toEqual(["stored", "stored", "stored"]);
    expect(tab.exchanger.replica.generation).not.toBe(before);
    expect(tab.documents.at(-1)).toBeNull();
    expect(await tab.held()).toEqual(["school"]);
  });

  test("silently, right after an acknowledgement, is found out too", async () => {
    const first = await tab.write();
    await tab.exchange();
    const backup = server.backup();
    const second = await tab.write();
    server.failNext("_sync", "cut before");
    await tab.exchange();
    expect(await tab.states()).toEqual(["stored", "stored"]);
    server.restore(backup, { silently: true });
    await tab.exchange();
    await tab.exchange();
    expect(server.stored()).toEqual([first, second].toSorted());
  });

  test("keeps showing what there was until the new generation is complete", async () => {
    server.publish(SCHOOL);
    server.publish(sheet());
    await tab.exchange();
    server.restore(server.backup());
    server.failNext("_changes", "truncate");
    expect(await tab.exchange()).toMatchObject({ kind: "unreachable" });
    expect(await tab.held()).toHaveLength(2);
    expect((await indexedDB.databases()).length).toBe(2);
    expect(await tab.exchange()).toMatchObject({ kind: "ok", news: true });
    expect(await tab.held()).toHaveLength(2);
  });

  test("a reset that only the pull notices is followed as well", async () => {
    server.publish(SCHOOL);
    await tab.exchange();
    server.publish(sheet());
    const late = Object.assign(new Server(TEACHER), { docs: server.docs, epoch: "two" });
    const { fetch: early } = server;
    const fetch: typeof early = (path, init) =>
      typeof path === "string" && path.includes("_changes") ? late.fetch(path, init) : early(path, init);
    const other = await new Tab(Object.assign(server, { fetch }), 99).open();
    expect(await other.exchange()).toMatchObject({ kind: "ok" });
    expect(await other.exchanger.replica.token()).toBe("two.2");
  });
});

/** Another tablet's entry under the number `n` of the same log, put into the server. */
async function clonesEntry(n: number): Promise<string> {
  const [log] = await tab.outbox.heads("sch-1");
  const theirs = makeEntry(log?.log ?? "", n, "a".repeat(64), "00".repeat(16), taken([claim("pup-1", "N")]));
  server.logs.get(log?.log ?? "")?.items.set(n, new Map([[theirs.digest, theirs]]));
  return theirs._id;
}

describe("a cloned store", () => {
  test("keeps both entries of one number, and goes on in a new log", async () => {
    const first = await tab.write();
    await tab.exchange();
    const mine = await tab.write();
    const theirs = await clonesEntry(2);
    await tab.exchange();
    await tab.exchange();
    expect(server.stored()).toEqual([first, mine, theirs].toSorted());
    await tab.write();
    expect(await tab.outbox.heads("sch-1")).toHaveLength(2);
    await tab.exchange();
    expect(await tab.states()).toEqual(["stored", "stored", "stored"]);
  });

  test("does not believe, after a rollback, that the other's entry is its own", async () => {
    const first = await tab.write();
    await tab.exchange();
    const backup = server.backup();
    const mine = await tab.write();
    await tab.exchange();
    server.restore(backup, { silently: true });
    const theirs = await clonesEntry(2);
    await tab.exchange();
    await tab.exchange();
    expect(server.stored()).toEqual([first, mine, theirs].toSorted());
  });

  test("offers a closed log whole once the server's history is another", async () => {
    await tab.write();
    await tab.exchange();
    await clonesEntry(2);
    const backup = server.backup();
    await tab.write();
    await tab.exchange();
    await tab.exchange();
    await tab.write();
    await tab.exchange();
    const all = server.stored();
    server.restore(backup);
    await tab.exchange();
    await tab.exchange();
    expect(server.stored()).toEqual(all);
  });
});

test("what the tablet's own store cannot do is a result, not a crash", async () => {
  const broken = await new Tab(server).open();
  broken.outbox.heads = () => Promise.reject(new Error("Not read."));
  expect(await broken.exchange()).toEqual({ kind: "tablet", reason: "Not read." });
});

test("a generation that another tab switched to is gone on from", async () => {
  server.publish(SCHOOL);
  await tab.exchange();
  const other = await new Tab(server, 99).open();
  server.restore(server.backup());
  await other.exchange();
  await tab.exchanger.reopen();
  expect(tab.exchanger.replica.generation).toBe(other.exchanger.replica.generation);
  expect(await tab.held()).toEqual(["school"]);
});
