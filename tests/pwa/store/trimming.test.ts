import { beforeEach, describe, expect, test } from "vitest";
import type { Entry } from "../../../pwa/src/domain/entry.ts";
import type { Receipt } from "../../../pwa/src/generated/types.ts";
import { Outbox } from "../../../pwa/src/store/outbox.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import type { EntryKey, Fate } from "../../../pwa/src/store/person.ts";
import { countingHex, freshStores } from "../support/browser.ts";
import { claim, taken } from "../support/factory.ts";

const OLD = "2026-06-01T09:00:00.000Z";
const BEFORE = "2026-07-01T00:00:00.000Z";
const NEW = "2026-11-23T09:00:00.000Z";
const stored = (receivedAt: string): Fate => ({ state: "stored", reason: null, receivedAt, setAside: [] });
const keyOf = (entry: Entry): EntryKey => [entry.log, entry.n];

let outbox: Outbox;
beforeEach(() => {
  freshStores();
  outbox = new Outbox(connectPerson("staff-1"), countingHex(1));
});

async function written(fates: readonly (Fate | null)[]): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (let n = 0; n < fates.length; n += 1) entries.push((await outbox.append("sch-1", taken([claim("pup-1", "/")]))).entry);
  const known = fates.flatMap((fate, index) => {
    const entry = entries[index];
    return fate === null || entry === undefined ? [] : [{ key: keyOf(entry), fate }];
  });
  await outbox.settle(known);
  return entries;
}

async function told(log: string, highest: number, backedUp: number, more: Partial<Receipt> = {}): Promise<boolean> {
  const receipt = { log, tag: `t.${backedUp}`, through: highest, highest, backed_up_through: backedUp, ...more };
  return outbox.believe([receipt], await outbox.heads("sch-1"));
}

const numbers = async (log: string, count: number): Promise<number[]> => {
  const keys = Array.from({ length: count }, (_, index): EntryKey => [log, index + 1]);
  return (await outbox.read(keys)).map(({ n }) => n);
};
const logOf = (entries: readonly Entry[]): string => entries[0]?.log ?? "";

describe("own entries", () => {
  test("stay, all of them, until a server says that it has a backup", async () => {
    const log = logOf(await written([stored(OLD), stored(OLD), stored(NEW)]));
    await told(log, 3, 0);
    expect(await outbox.trim("sch-1", BEFORE)).toBe(0);
    expect(await numbers(log, 3)).toEqual([1, 2, 3]);
  });

  test("go when they are stored, backed up and old", async () => {
    const log = logOf(await written([stored(OLD), stored(OLD), stored(OLD), stored(NEW)]));
    await told(log, 4, 2);
    expect(await outbox.trim("sch-2", BEFORE)).toBe(0);
    expect(await outbox.trim("sch-1", BEFORE)).toBe(2);
    expect(await numbers(log, 4)).toEqual([3, 4]);
    expect(await outbox.trim("sch-1", BEFORE)).toBe(0);
  });

  test("say whether they are backed up, and a receipt that says so is worth showing", async () => {
    const log = logOf(await written([stored(OLD), stored(NEW)]));
    expect(await told(log, 2, 0)).toBe(false);
    expect(await told(log, 2, 1)).toBe(true);
    expect(await told(log, 2, 1)).toBe(false);
    const shown = await outbox.list("sch-1");
    expect(shown.map(({ entry, backedUp }) => [entry.n, backedUp])).toEqual([[2, false], [1, true]]);
  });

  test("of which the last acknowledged one stays, however old: the log goes on from it", async () => {
    const entries = await written([stored(OLD), stored(OLD), null]);
    await told(logOf(entries), 2, 2);
    expect(await outbox.trim("sch-1", BEFORE)).toBe(1);
    expect(await outbox.heads("sch-1")).toMatchObject([{ n: 2, digest: entries[1]?.digest }]);
    expect((await outbox.append("sch-1", taken([claim("pup-1", "/")]))).entry).toMatchObject({ n: 4, prev: entries[2]?.digest });
  });

  test("that are not backed up any more, because the server was restored, are offered and then kept", async () => {
    const log = logOf(await written([stored(OLD), stored(OLD), stored(OLD), stored(OLD)]));
    await told(log, 4, 2);
    await outbox.trim("sch-1", BEFORE);
    // A restore from a backup older than all: what is gone from here cannot be asked for in vain.
    await told(log, 1, 0, { tag: "other" });
    expect(await outbox.waiting("sch-1")).toEqual([[log, 3], [log, 4]]);
    expect(await outbox.trim("sch-1", NEW)).toBe(0);
  });

  test("of a closed log stay: no number of it shows what a backup holds", async () => {
    const log = logOf(await written([stored(OLD), stored(OLD), stored(OLD)]));
    await told(log, 3, 3, { forked: true });
    expect(await outbox.trim("sch-1", BEFORE)).toBe(0);
  });
});

/** A small generator with a seed, so that a failure can be tried again. */
function chance(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const MAKERS: readonly (() => Fate | null)[] = [
  () => stored(OLD),
  () => stored(OLD),
  () => stored(NEW),
  () => null,
  () => ({ ...stored(OLD), state: "held", reason: "Look." }),
  () => ({ ...stored(OLD), state: "refused", reason: "No.", receivedAt: null }),
  () => ({ ...stored(OLD), setAside: [{ claim: "c", reason: "Not on roll." }] }),
];

describe("whatever happened before", () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed + 1))("only what is stored, backed up, old and not the end goes (%i)", async (seed) => {
    const pick = chance(seed);
    const fates = Array.from({ length: 3 + pick(10) }, () => MAKERS[pick(MAKERS.length)]?.() ?? null);
    const log = logOf(await written(fates));
    const entries = await outbox.read(fates.map((_, index): EntryKey => [log, index + 1]));
    const backedUp = pick(fates.length + 1);
    const held = fates.flatMap((fate, index) => {
      const entry = entries[index]?._id ?? "";
      return fate?.state === "held" ? [{ n: index + 1, entry, reason_code: "x", reason: "Look.", received_at: OLD }] : [];
    });
    const aside = fates.flatMap((fate, index) => {
      const entry = entries[index]?._id ?? "";
      return (fate?.setAside ?? []).map(({ claim: id, reason }) => ({ n: index + 1, entry, claim: id, reason_code: "x", reason }));
    });
    await told(log, fates.length, backedUp, { held, set_aside: aside });
    if (pick(3) === 0) await outbox.retryRefused();
    const waitedBefore = await outbox.waiting("sch-1");
    await outbox.trim("sch-1", BEFORE);

    const head = fates.findLastIndex((fate) => fate !== null && fate.state !== "refused") + 1;
    const mayGo = (fate: Fate | null, n: number): boolean =>
      fate?.state === "stored" && fate.setAside.length === 0 && fate.receivedAt === OLD && n <= backedUp && n < head;
    const left = fates.flatMap((fate, index) => (mayGo(fate, index + 1) ? [] : [index + 1]));
    expect(await numbers(log, fates.length)).toEqual(left);
    expect(await outbox.waiting("sch-1")).toEqual(waitedBefore);
    expect(await outbox.read(waitedBefore)).toHaveLength(waitedBefore.length);
  });
});
