/** Photos of visits on one tablet: cut between bytes and entry, held against what is published, tidied. */
import { beforeEach, describe, expect, test } from "vitest";
import { digestOfBytes } from "../../../pwa/src/domain/canonical.ts";
import type { NewBody } from "../../../pwa/src/domain/entry.ts";
import type { Photo, Visit } from "../../../pwa/src/generated/types.ts";
import type { Prepared } from "../../../pwa/src/photos/prepare.ts";
import type { OutboxItem } from "../../../pwa/src/state/model.ts";
import { itemOf } from "../../../pwa/src/state/items.ts";
import { PhotoDesk } from "../../../pwa/src/state/photo-desk.ts";
import { Signals } from "../../../pwa/src/state/signals.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import { Photos } from "../../../pwa/src/store/photos.ts";
import { countingHex, freshStores } from "../support/browser.ts";
import { bodied, entry } from "../support/factory.ts";

const NOON_MS = Date.parse("2026-11-23T12:00:00.000Z");
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const AREA = "area-1";
const ABOUT = { case: "case-1", visit: "visit-1", caption: "The broken lock" };

/** A tablet that can be killed: `start` begins anew over the same store, with the entries written so far. */
class Tablet {
  readonly entries: NewBody[] = [];
  readonly store = new Photos(connectPerson("worker-1"));
  signals = new Signals();
  nowMs = NOON_MS;
  asked = 0;
  /** The tablet dies as the next entry is written: before it is durable, or right after. */
  dies: "before" | "after" | null = null;
  readonly #newId = countingHex(1);
  desk = this.#desk();

  async start(): Promise<void> {
    this.desk.end();
    this.signals = new Signals();
    this.signals.entries.value = this.entries.map(item);
    this.dies = null;
    this.desk = this.#desk();
    await this.desk.open();
  }

  get shown(): string[] {
    return [...this.signals.photos.value.values()].map(({ caption, state }) => `${caption}: ${state}`);
  }

  get announced(): string[] {
    return this.entries.flatMap((body) => (body.kind === "photo.added" ? [body.photo] : []));
  }

  async stored(): Promise<string> {
    const [one] = await this.store.list(AREA);
    if (one === undefined) throw new Error("No photo is here.");
    const sent = { photo: one.bytes.photo.byteLength, thumbnail: one.bytes.thumbnail.byteLength };
    await this.store.change(one.photo, { state: "stored", storedMs: this.nowMs, sent });
    return one.photo;
  }

  #desk(): PhotoDesk {
    return new PhotoDesk({
      school: AREA,
      store: this.store,
      signals: this.signals,
      record: (body) => this.#record(body),
      newId: () => this.#newId(8),
      now: () => this.nowMs,
      onWritten: () => (this.asked += 1),
    });
  }

  #record(body: NewBody): Promise<OutboxItem> {
    const { dies } = this;
    if (dies !== "before") this.entries.push(body);
    return dies === null ? Promise.resolve(item(body)) : Promise.reject(new Error("killed"));
  }
}

function prepared(seed: number): Prepared {
  const bytes = (length: number): ArrayBuffer => Uint8Array.from({ length }, (_, at) => (at * 7 + seed) % 251).buffer;
  return { photo: bytes(5000), thumbnail: bytes(700) };
}

function item(body: NewBody, at = 0): OutboxItem {
  return itemOf({ entry: entry(bodied(body), at + 1), fate: null });
}

function published(photo: string, state: NonNullable<Photo["state"]>): Pick<Visit, "photos"> {
  const at = "2026-11-23T12:00:00.000Z";
  return { photos: [{ photo, state, author: "worker-1", author_name: "Fay Field", bytes: 5000, digest: "0".repeat(64), media_type: "image/jpeg", taken_at: at, entry: "log:1" }] };
}

let tablet: Tablet;

beforeEach(() => {
  freshStores();
  tablet = new Tablet();
});

describe("a photo that was taken", () => {
  test("is kept with its bytes, then announced by an entry that names them", async () => {
    const photo = prepared(1);
    await tablet.desk.add(photo, ABOUT);
    expect(tablet.shown).toEqual(["The broken lock: waiting"]);
    expect([tablet.desk.waiting, tablet.asked]).toEqual([1, 1]);
    const [record] = await tablet.store.list(AREA);
    expect(tablet.entries).toEqual([
      {
        kind: "photo.added",
        ...ABOUT,
        photo: record?.photo,
        digest: digestOfBytes(new Uint8Array(photo.photo)),
        bytes: 5000,
        media_type: "image/jpeg",
        thumbnail: digestOfBytes(new Uint8Array(photo.thumbnail)),
        taken_at: "2026-11-23T12:00:00.000Z",
      },
    ]);
  });

  test.each(["before", "after"] as const)("is announced once where the tablet died %s its entry was durable", async (moment) => {
    tablet.dies = moment;
    await expect(tablet.desk.add(prepared(1), ABOUT)).rejects.toThrow("killed");
    await tablet.start();
    await tablet.start();
    const kept = await tablet.store.list(AREA);
    expect(kept.map(({ announced }) => announced)).toEqual([true]);
    expect(tablet.announced).toEqual(kept.map(({ photo }) => photo));
    expect(tablet.shown).toEqual(["The broken lock: waiting"]);
  });

  test("is no longer shown by a desk that was left", async () => {
    tablet.desk.end();
    await tablet.desk.add(prepared(1), ABOUT);
    expect(tablet.shown).toEqual([]);
    await tablet.start();
    expect(tablet.shown).toEqual(["The broken lock: waiting"]);
  });

  test("says how much has come, what keeps it, and forgets that when it is tried again by hand", async () => {
    await tablet.desk.add(prepared(1), ABOUT);
    const [photo = ""] = tablet.announced;
    await tablet.store.change(photo, { sent: { photo: 2150, thumbnail: 700 } });
    await tablet.desk.read();
    expect(tablet.signals.photos.value.get(photo)).toMatchObject({ state: "sending", share: 0.5 });
    await tablet.store.change(photo, { failures: 3, reason: "No room." });
    await tablet.desk.read();
    expect(tablet.signals.photos.value.get(photo)).toMatchObject({ state: "trouble", reason: "No room." });
    await tablet.desk.retry(photo);
    expect(tablet.signals.photos.value.get(photo)).toMatchObject({ state: "sending", reason: null });
    expect(tablet.asked).toBe(2);
  });
});

describe("a photo that the server has", () => {
  test("is kept for seven days, then dropped", async () => {
    await tablet.desk.add(prepared(1), ABOUT);
    await tablet.stored();
    tablet.nowMs += 7 * DAY_MS;
    await tablet.start();
    expect(tablet.shown).toEqual(["The broken lock: stored"]);
    expect(tablet.desk.waiting).toBe(0);
    tablet.nowMs += 1;
    await tablet.start();
    expect([tablet.shown, await tablet.store.list(AREA)]).toEqual([[], []]);
  });

  test("is never dropped before, however old it is", async () => {
    await tablet.desk.add(prepared(1), ABOUT);
    tablet.nowMs += 400 * DAY_MS;
    await tablet.start();
    expect(tablet.shown).toEqual(["The broken lock: waiting"]);
    expect(await tablet.store.countUnsent()).toBe(1);
  });

  test("is sent once more, from its first byte, to a server that was set back", async () => {
    await tablet.desk.add(prepared(1), ABOUT);
    const photo = await tablet.stored();
    tablet.nowMs += 11 * MINUTE_MS;
    await tablet.desk.compare([published(photo, "waiting")]);
    expect(await tablet.store.list(AREA)).toMatchObject([{ state: "waiting", sent: { photo: 0, thumbnail: 0 }, storedMs: null }]);
    expect(tablet.asked).toBe(2);
  });

  test.each([
    ["what is published is older than the server's word", "waiting", 9],
    ["the record says that it is there", "stored", 60],
    ["it was looked at and is no photo", "held", 60],
  ] as const)("is not sent again while %s", async (_, state, minutes) => {
    await tablet.desk.add(prepared(1), ABOUT);
    const photo = await tablet.stored();
    tablet.nowMs += minutes * MINUTE_MS;
    await tablet.desk.compare([published(photo, state), published("another", "waiting")]);
    expect(await tablet.store.list(AREA)).toMatchObject([{ state: "stored" }]);
    expect(tablet.asked).toBe(1);
  });
});
