import { beforeEach, describe, expect, test } from "vitest";
import { Outbox } from "../../../pwa/src/store/outbox.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import { Client } from "../../../pwa/src/sync/client.ts";
import { bounded, pushAll } from "../../../pwa/src/sync/push.ts";
import type { PushResult } from "../../../pwa/src/sync/push.ts";
import { countingHex, freshStores } from "../support/browser.ts";
import { claim, entry, NINE_MS, taken, TEACHER } from "../support/factory.ts";
import { Server } from "../support/server.ts";

let outbox: Outbox;
let server: Server;
let progress: number;

beforeEach(() => {
  freshStores();
  outbox = new Outbox(connectPerson("staff-1"), countingHex());
  server = new Server(TEACHER);
  progress = 0;
});

function push(): Promise<PushResult> {
  const client = new Client({ fetch: server.fetch, now: () => NINE_MS, device: "tablet-1" });
  return pushAll({
    waiting: () => outbox.waiting("sch-1"),
    read: (keys) => outbox.read(keys),
    settle: (fates) => outbox.settle(fates),
    send: (docs) => client.push("sch-1", docs),
    serverNow: () => NINE_MS + 5000,
    onProgress: () => {
      progress += 1;
      return Promise.resolve();
    },
  });
}

/** Write registers, one for each remark. */
async function write(...remarks: string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const remark of remarks) {
    ids.push((await outbox.append("sch-1", taken([claim("pup-1", "/", { remark })]))).entry._id);
  }
  return ids;
}

const LARGE = "x".repeat(110_000);
const states = async (): Promise<string[]> =>
  (await outbox.list("sch-1")).map(({ fate }) => fate?.state ?? "waiting").toReversed();
const sizes = (): number[] => server.pushed.map((docs) => docs.length);

describe("a push", () => {
  test("sends in order of the log, as they are, and notes when they were received", async () => {
    const ids = await write("one", "two", "three");
    expect(await push()).toEqual({ kind: "ok", settled: 3 });
    expect(server.pushed.map((docs) => docs.map(({ _id }) => _id))).toEqual([ids]);
    expect((await outbox.list("sch-1"))[0]?.fate).toEqual({
      state: "stored",
      reason: null,
      receivedAt: "2026-11-23T09:00:05.000Z",
      setAside: [],
    });
    expect(progress).toBe(1);
  });

  test("of nothing asks for nothing", async () => {
    expect(await push()).toEqual({ kind: "ok", settled: 0 });
    expect(server.requests).toEqual([]);
  });

  test("keeps within so many bytes and so many entries a batch", async () => {
    await write(...Array.from({ length: 7 }, () => "x".repeat(90_000)));
    expect(await push()).toEqual({ kind: "ok", settled: 7 });
    expect(sizes()).toEqual([5, 2]);
    const one = entry(taken([claim("pup-1", "/", { remark: "x".repeat(600_000) })]));
    expect(bounded([one, one])).toHaveLength(1);
  });

  test("shows a held entry with its reason", async () => {
    const [id = ""] = await write("one");
    server.held.set(id, "Not yours.");
    await push();
    expect((await outbox.list("sch-1"))[0]?.fate).toMatchObject({ state: "held", reason: "Not yours." });
  });

  test("takes what the server holds under another name for held", async () => {
    await write("one");
    const row = { id: "unnamed", rev: "0-0", verdict: "held", reason: "?" };
    server = Object.assign(new Server(TEACHER), { fetch: () => Promise.resolve(Response.json([row])) });
    expect(await push()).toMatchObject({ kind: "ok" });
    expect(await states()).toEqual(["held"]);
  });
});

describe("a refused batch", () => {
  test("is halved until the one bad entry stands alone; those behind it go on", async () => {
    const ids = await write("1", "2", "3", LARGE, "5", "6", "7", "8");
    expect(await push()).toEqual({ kind: "ok", settled: 8 });
    expect(await states()).toEqual(["stored", "stored", "stored", "refused", "stored", "stored", "stored", "stored"]);
    expect(server.stored()).toEqual(ids.filter((_, index) => index !== 3).toSorted());
    expect((await outbox.list("sch-1")).find(({ entry: { n } }) => n === 4)?.fate?.reason).toBe(`${ids[3]} is too large.`);
    expect(await push()).toEqual({ kind: "ok", settled: 0 });
  });

  test("with two bad entries finds both", async () => {
    await write(LARGE, "2", "3", LARGE);
    await push();
    expect(await states()).toEqual(["refused", "stored", "stored", "refused"]);
  });

  test.each([
    [401, "signed-out"],
    [403, "busy"],
    [429, "busy"],
    [503, "busy"],
    [507, "busy"],
  ])("in whose midst comes a %d keeps what is not answered", async (status, kind) => {
    await write("1", LARGE, "3", "4");
    server.failNext("_bulk_docs", { status: 413 }, { status: 413 }, { status, retryAfter: "3" });
    expect(await push()).toMatchObject({ kind });
    expect(await states()).toEqual(["waiting", "waiting", "waiting", "waiting"]);
    await push();
    expect(await states()).toEqual(["stored", "refused", "stored", "stored"]);
  });
});

describe("a push whose answer is lost", () => {
  test.each(["cut before", "cut after", "truncate", "portal"] as const)("(%s) is made again, and stored once", async (fault) => {
    const ids = await write("one", "two");
    server.failNext("_bulk_docs", fault);
    expect(await push()).toMatchObject({ kind: "unreachable" });
    expect(await states()).toEqual(["waiting", "waiting"]);
    expect(await push()).toEqual({ kind: "ok", settled: 2 });
    expect(server.stored()).toEqual(ids.toSorted());
  });

  test("or names none of the entries is not asked for without end", async () => {
    await write("one");
    server = Object.assign(new Server(TEACHER), { fetch: () => Promise.resolve(Response.json([])) });
    expect(await push()).toMatchObject({ kind: "unreachable" });
    const stranger = { id: "entry:other", rev: "1-0", verdict: "stored" };
    server = Object.assign(new Server(TEACHER), { fetch: () => Promise.resolve(Response.json([stranger])) });
    expect(await push()).toMatchObject({ kind: "unreachable" });
    expect(await states()).toEqual(["waiting"]);
  });
});
