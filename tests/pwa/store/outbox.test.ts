import { beforeEach, describe, expect, test, vi } from "vitest";
import { bodyDigest, entryDigest, GENESIS } from "../../../pwa/src/domain/canonical.ts";
import type { Entry } from "../../../pwa/src/domain/entry.ts";
import type { Receipt } from "../../../pwa/src/generated/types.ts";
import { StoreError } from "../../../pwa/src/store/errors.ts";
import { Outbox } from "../../../pwa/src/store/outbox.ts";
import type { Stored } from "../../../pwa/src/store/outbox.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import type { EntryKey, Fate } from "../../../pwa/src/store/person.ts";
import { countingHex, freshStores } from "../support/browser.ts";
import { claim, claimId, taken } from "../support/factory.ts";

const STORED: Fate = { state: "stored", reason: null, receivedAt: "2026-11-23T09:00:01.000Z", setAside: [] };
const register = (code = "/") => taken([claim("pup-1", code)]);
const open = (seed = 1): Outbox => new Outbox(connectPerson("staff-1"), countingHex(seed));
const keyOf = (entry: Entry): EntryKey => [entry.log, entry.n];
const receipt = (log: string, highest: number, more: Partial<Receipt> = {}): Receipt => ({
  log,
  tag: `tag-${highest}`,
  through: highest,
  highest,
  ...more,
});

let outbox: Outbox;
beforeEach(() => {
  freshStores();
  outbox = open();
});

/** Write `count` entries, all acknowledged by the server. */
async function acknowledged(count: number): Promise<Entry[]> {
  const written: Entry[] = [];
  for (let n = 0; n < count; n += 1) written.push((await outbox.append("sch-1", register())).entry);
  await outbox.settle(written.map((entry) => ({ key: keyOf(entry), fate: STORED })));
  return written;
}

const states = async (): Promise<Record<number, string>> => {
  const list = await outbox.list("sch-1");
  return Object.fromEntries(list.map(({ entry, fate }: Stored) => [entry.n, fate?.state ?? "waiting"]));
};
const numbersWaiting = async (): Promise<number[]> => (await outbox.waiting("sch-1")).map(([, n]) => n);

describe("writing", () => {
  test("numbers entries from 1 and chains each to the one before", async () => {
    const entries = [];
    for (const code of ["/", "N", "L"]) entries.push((await outbox.append("sch-1", register(code))).entry);
    let prev = GENESIS;
    for (const [index, entry] of entries.entries()) {
      expect(entry).toMatchObject({ n: index + 1, prev, log: entries[0]?.log });
      const body = bodyDigest(entry.salt, entry.body);
      expect(entryDigest({ log: entry.log, n: entry.n, prev, body })).toBe(entry.digest);
      prev = entry.digest;
    }
  });

  test("of which the head is the last that the server acknowledged", async () => {
    const [first, second] = await acknowledged(2);
    const { entry: third } = await outbox.append("sch-1", register());
    expect(await outbox.heads("sch-1")).toEqual([{ log: first?.log, n: 2, digest: second?.digest, receipt: null }]);
    await outbox.settle([{ key: keyOf(third), fate: { ...STORED, state: "refused" } }]);
    expect(await outbox.heads("sch-1")).toMatchObject([{ n: 2 }]);
    await outbox.append("sch-2", register());
    expect(await outbox.heads("sch-2")).toMatchObject([{ n: 0, digest: GENESIS }]);
  });

  test("asks the browser for strict durability", async () => {
    expect(await outbox.heads("sch-1")).toEqual([]);
    const transactions = vi.spyOn(IDBDatabase.prototype, "transaction");
    await outbox.append("sch-1", register());
    expect(transactions).toHaveBeenCalledExactlyOnceWith(expect.arrayContaining(["entries", "logs"]), "readwrite", {
      durability: "strict",
    });
  });

  test("gives every number once when two tabs write at the same time", async () => {
    const tabs = [open(1), open(2)];
    const written = await Promise.all(Array.from({ length: 40 }, (_, index) => tabs[index % 2]?.append("sch-1", register())));
    const entries = written.flatMap((one) => one?.entry ?? []).toSorted((a, b) => a.n - b.n);
    expect(entries.map(({ n }) => n)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
    expect(new Set(entries.map(({ log }) => log)).size).toBe(1);
    expect(entries.slice(1).every(({ prev }, index) => prev === entries[index]?.digest)).toBe(true);
  });

  test("keeps a log for each school", async () => {
    const [one, other] = [await outbox.append("sch-1", register()), await outbox.append("sch-2", register())];
    expect(one.entry.log).not.toBe(other.entry.log);
    expect([one.entry.n, other.entry.n]).toEqual([1, 1]);
    expect(await outbox.waiting("sch-2")).toEqual([[other.entry.log, 1]]);
  });

  test("takes no number for an entry that cannot be saved, and says so in words", async () => {
    await outbox.append("sch-1", register());
    const full = vi.spyOn(IDBObjectStore.prototype, "add").mockImplementation(() => {
      throw new DOMException("no space", "QuotaExceededError");
    });
    const failed = outbox.append("sch-1", register());
    await expect(failed).rejects.toThrow("Your entry is not saved. This tablet has no free space left.");
    await expect(failed).rejects.toMatchObject({ trouble: "full" });
    await expect(failed).rejects.toBeInstanceOf(StoreError);
    full.mockRestore();
    expect((await outbox.append("sch-1", register())).entry.n).toBe(2);
  });

  test("takes no number for an entry that is larger than the server takes", async () => {
    const remark = "x".repeat(4000);
    const claims = Array.from({ length: 80 }, (_, index) => claim(`pup-${index}`, "N", { remark }));
    await expect(outbox.append("sch-1", taken(claims))).rejects.toThrow("Save it in two parts.");
    expect(await outbox.heads("sch-1")).toEqual([]);
  });

  test("survives closing and opening again", async () => {
    const { entry } = await outbox.append("sch-1", register());
    const next = (await open(7).append("sch-1", register())).entry;
    expect(next).toMatchObject({ log: entry.log, n: 2, prev: entry.digest });
  });
});

describe("what the server answers", () => {
  test("ends the waiting, once", async () => {
    const { entry } = await outbox.append("sch-1", register());
    expect(await numbersWaiting()).toEqual([1]);
    await outbox.settle([{ key: keyOf(entry), fate: STORED }]);
    await outbox.settle([{ key: keyOf(entry), fate: { ...STORED, receivedAt: "2026-11-23T10:00:00.000Z" } }]);
    expect(await numbersWaiting()).toEqual([]);
    expect((await outbox.list("sch-1"))[0]?.fate).toEqual(STORED);
  });

  test("a refused entry goes on being listed, however many were written since", async () => {
    const { entry: old } = await outbox.append("sch-1", register());
    await outbox.settle([{ key: keyOf(old), fate: { ...STORED, state: "refused", reason: "Too large." } }]);
    for (let n = 2; n <= 160; n += 1) {
      const { entry } = await outbox.append("sch-1", register());
      await outbox.settle([{ key: keyOf(entry), fate: STORED }]);
    }
    const listed = await outbox.list("sch-1");
    expect(listed).toHaveLength(151);
    expect(listed.at(-1)).toMatchObject({ entry: { n: 1 }, fate: { state: "refused", reason: "Too large." } });
  });

  test("a refused entry stays, with its reason, and waits again when asked to", async () => {
    const { entry } = await outbox.append("sch-1", register());
    await outbox.settle([{ key: keyOf(entry), fate: { state: "refused", reason: "Too large.", receivedAt: null, setAside: [] } }]);
    expect(await states()).toEqual({ 1: "refused" });
    expect(await numbersWaiting()).toEqual([]);
    expect(await outbox.retryRefused()).toBe(1);
    expect(await states()).toEqual({ 1: "waiting" });
    await outbox.settle([{ key: keyOf(entry), fate: STORED }]);
    expect(await outbox.retryRefused()).toBe(0);
  });

  test("is listed newest first", async () => {
    await acknowledged(2);
    await outbox.append("sch-1", register());
    expect((await outbox.list("sch-1")).map(({ entry, fate }) => [entry.n, fate?.state])).toEqual([
      [3, undefined],
      [2, "stored"],
      [1, "stored"],
    ]);
  });

  test("an old entry that waits is listed, however many came after it", async () => {
    const entries = await acknowledged(160);
    const first = entries[0];
    await outbox.believe([receipt(first?.log ?? "", 160, { through: 0, missing: [[1, 1]] })], await outbox.heads("sch-1"));
    expect((await outbox.list("sch-1")).at(-1)).toMatchObject({ entry: { n: 1 }, fate: null });
  });
});

describe("receipts", () => {
  test("an entry that is missing, or beyond the highest number, is offered again", async () => {
    const [first] = await acknowledged(6);
    const log = first?.log ?? "";
    expect(await outbox.believe([receipt(log, 4, { through: 1, missing: [[2, 3]] })], await outbox.heads("sch-1"))).toBe(true);
    expect(await numbersWaiting()).toEqual([2, 3, 5, 6]);
    expect(await states()).toEqual({ 1: "stored", 2: "waiting", 3: "waiting", 4: "stored", 5: "waiting", 6: "waiting" });
  });

  test("nothing changes when all is covered", async () => {
    const [first] = await acknowledged(3);
    expect(await outbox.believe([receipt(first?.log ?? "", 3)], await outbox.heads("sch-1"))).toBe(false);
    expect((await outbox.heads("sch-1"))[0]).toMatchObject({ receipt: "tag-3" });
  });

  test("an acknowledgement drops the receipt, so that a fresh one must prove it", async () => {
    const [first] = await acknowledged(1);
    await outbox.believe([receipt(first?.log ?? "", 1)], await outbox.heads("sch-1"));
    const { entry } = await outbox.append("sch-1", register());
    expect((await outbox.heads("sch-1"))[0]).toMatchObject({ receipt: "tag-1" });
    await outbox.settle([{ key: keyOf(entry), fate: STORED }]);
    expect((await outbox.heads("sch-1"))[0]).toMatchObject({ receipt: null });
  });

  test("what was written after the receipt was asked for is not in it", async () => {
    const [first] = await acknowledged(1);
    const asked = await outbox.heads("sch-1");
    const { entry } = await outbox.append("sch-1", register());
    await outbox.settle([{ key: keyOf(entry), fate: STORED }]);
    await outbox.believe([receipt(first?.log ?? "", 1)], asked);
    expect(await states()).toEqual({ 1: "stored", 2: "stored" });
  });

  test("that a number is covered does not acknowledge an entry: in a cloned store it may be another's", async () => {
    const { entry } = await outbox.append("sch-1", register());
    await outbox.believe([receipt(entry.log, 1)], await outbox.heads("sch-1"));
    expect(await states()).toEqual({ 1: "waiting" });
  });

  test("held and set-aside claims are shown with their reasons, and released again", async () => {
    const [first] = await acknowledged(1);
    const [id, log, digest] = [first?._id ?? "", first?.log ?? "", first?.digest ?? ""];
    const item = { n: 1, entry: id, reason_code: "forged", received_at: "2026-11-23T09:00:00.000Z" };
    const aside = { n: 1, entry: id, claim: claimId(digest, 0), reason_code: "no_such_code", reason: "No such code." };
    const heads = await outbox.heads("sch-1");
    await outbox.believe([receipt(log, 1, { held: [{ ...item, reason: "Not yours." }], set_aside: [aside] })], heads);
    expect((await outbox.list("sch-1"))[0]?.fate).toMatchObject({
      state: "held",
      reason: "Not yours.",
      setAside: [{ claim: claimId(digest, 0), reason: "No such code." }],
    });
    expect(await outbox.believe([receipt(log, 1, { tag: "released" })], heads)).toBe(true);
    expect((await outbox.list("sch-1"))[0]?.fate).toEqual(STORED);
  });

  test("what was decided is noted, with whoever decided; an unchanged receipt changes nothing", async () => {
    const [first] = await acknowledged(1);
    const [id, log] = [first?._id ?? "", first?.log ?? ""];
    const outcome = { what: "declined", by: "o", by_name: "Mrs Dale", at: "2026-11-23T10:00:00.000Z", reason: "Not ours", entries: ["e"] } as const;
    const item = { n: 1, entry: id, reason_code: "forged", reason: "Not yours.", received_at: "2026-11-23T09:00:00.000Z" };
    const heads = await outbox.heads("sch-1");
    await outbox.believe([receipt(log, 1, { held: [item] })], heads);
    const decided = receipt(log, 1, { tag: "decided", held: [{ ...item, outcome: { ...outcome, entries: ["e"] } }] });
    expect(await outbox.believe([decided], heads)).toBe(true);
    expect((await outbox.list("sch-1"))[0]?.fate).toMatchObject({ state: "held", outcome });
    expect(await outbox.believe([{ ...decided, tag: "same" }], heads)).toBe(false);
    // Offered again after the server was restored, it stays known until a receipt says otherwise.
    await outbox.settle([{ key: [log, 1], fate: { ...STORED, state: "held" } }]);
    expect((await outbox.list("sch-1"))[0]?.fate).toMatchObject({ outcome });
  });

  test("a held entry of the same number in another clone's hand is not ours", async () => {
    const [first] = await acknowledged(1);
    const item = { n: 1, entry: "entry:other", reason_code: "x", reason: "y", received_at: "2026-11-23T09:00:00.000Z" };
    await outbox.believe([receipt(first?.log ?? "", 1, { held: [item], forked: true })], await outbox.heads("sch-1"));
    expect(await states()).toEqual({ 1: "stored" });
  });

  test("a forked log is closed; the next one opens and what was not sent is still offered first", async () => {
    const [first] = await acknowledged(2);
    const { entry: unsent } = await outbox.append("sch-1", register());
    await outbox.believe([receipt(first?.log ?? "", 2, { forked: true })], await outbox.heads("sch-1"));
    const { entry: next } = await outbox.append("sch-1", register());
    expect(next.log).not.toBe(first?.log);
    expect(next).toMatchObject({ n: 1, prev: GENESIS });
    expect(await outbox.waiting("sch-1")).toEqual([keyOf(unsent), keyOf(next)]);
    expect((await outbox.heads("sch-1")).map(({ log }) => log)).toEqual([first?.log, next.log]);
  });

  test("a log whose end this store has lost is closed", async () => {
    const [first] = await acknowledged(2);
    await outbox.believe([receipt(first?.log ?? "", 3)], await outbox.heads("sch-1"));
    expect((await outbox.append("sch-1", register())).entry.log).not.toBe(first?.log);
  });

  test("after a rollback all of a forked log is offered again", async () => {
    const [first] = await acknowledged(3);
    const log = first?.log ?? "";
    await outbox.believe([receipt(log, 3, { forked: true })], await outbox.heads("sch-1"));
    await outbox.believe([receipt(log, 2, { forked: true, tag: "back" })], await outbox.heads("sch-1"));
    expect(await numbersWaiting()).toEqual([1, 2, 3]);
  });

  test("what was refused is not offered again by a receipt", async () => {
    const [first] = await acknowledged(1);
    const { entry } = await outbox.append("sch-1", register());
    await outbox.settle([{ key: keyOf(entry), fate: { state: "refused", reason: "No.", receivedAt: null, setAside: [] } }]);
    await outbox.believe([receipt(first?.log ?? "", 1)], await outbox.heads("sch-1"));
    expect(await states()).toEqual({ 1: "stored", 2: "refused" });
  });

  test("a receipt for a log this store never had is no news", async () => {
    expect(await outbox.believe([receipt("f".repeat(32), 9)], [])).toBe(false);
  });
});

describe("erasure by law", () => {
  const content = async (): Promise<string> => JSON.stringify(await outbox.list("sch-1"));

  test("removes the content here, and keeps what stands for all before it", async () => {
    const [first, second] = await acknowledged(2);
    if (first === undefined || second === undefined) throw new Error("two were written");
    expect(await content()).toContain(second.salt);
    const heads = await outbox.heads("sch-1");
    const told = [receipt(first.log, 2, { erased: [2] })];
    expect(await outbox.believe(told, heads)).toBe(true);
    expect(await states()).toEqual({ 1: "stored" });
    expect(await content()).not.toContain(second.salt);
    expect(await outbox.erased("sch-1")).toBe(1);
    expect(await outbox.erased("sch-2")).toBe(0);
    expect((await outbox.heads("sch-1"))[0]).toMatchObject({ n: 2, digest: second.digest });
    expect(await outbox.believe(told, heads)).toBe(false);
    const { entry: third } = await outbox.append("sch-1", register());
    expect([third.n, third.prev]).toEqual([3, second.digest]);
    expect(await numbersWaiting()).toEqual([3]);
  });

  test("is never of what has not been taken yet", async () => {
    const [first] = await acknowledged(1);
    const { entry: second } = await outbox.append("sch-1", register());
    await outbox.settle([{ key: keyOf(second), fate: { ...STORED, state: "refused", reason: "Too large" } }]);
    await outbox.append("sch-1", register());
    await outbox.believe([receipt(first?.log ?? "", 1, { erased: [2, 3, 9] })], await outbox.heads("sch-1"));
    expect(await outbox.erased("sch-1")).toBe(0);
    expect(await states()).toEqual({ 1: "stored", 2: "refused", 3: "waiting" });
  });

  test("holds when the server is restored: what was erased is not offered again", async () => {
    const [first] = await acknowledged(3);
    const log = first?.log ?? "";
    await outbox.believe([receipt(log, 3, { erased: [2] })], await outbox.heads("sch-1"));
    await outbox.believe([receipt(log, 0, { tag: "restored" })], await outbox.heads("sch-1"));
    expect(await numbersWaiting()).toEqual([1, 3]);
  });
});
