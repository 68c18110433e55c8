import "fake-indexeddb/auto";
import { expect, test } from "vitest";
import { PhotoSender, LARGEST, nextOf, SMALLEST } from "../../../pwa/src/photos/sender.ts";
import type { UploadProgress } from "../../../pwa/src/generated/types.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import { Photos } from "../../../pwa/src/store/photos.ts";
import type { Part, PhotoRecord } from "../../../pwa/src/store/photos.ts";
import type { Answer } from "../../../pwa/src/sync/answers.ts";
import type { Call } from "../../../pwa/src/sync/client.ts";

function bytesOf(length: number, seed: number): ArrayBuffer {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + seed) % 251).buffer;
}

function record(photo: string, takenMs: number, more: Partial<PhotoRecord> = {}): PhotoRecord {
  return {
    photo,
    school: "area",
    case: "case-1",
    visit: "visit-1",
    caption: null,
    bytes: { photo: bytesOf(300_000, takenMs), thumbnail: bytesOf(9000, takenMs + 1) },
    sent: { photo: 0, thumbnail: 0 },
    announced: true,
    state: "waiting",
    reason: null,
    failures: 0,
    takenMs,
    storedMs: null,
    ...more,
  };
}

/** A server that keeps what came, and a wire that can be cut after any byte of a portion. */
class Server {
  readonly came = new Map<string, number[]>();
  readonly order: string[] = [];
  readonly portions: number[] = [];
  cuts = 0;
  /** Bytes of the next portions that come before the wire is cut; a cut for each. */
  cutAfter: number[] = [];
  refuse: Answer<UploadProgress> | null = null;
  during: () => void = () => undefined;

  ask = async (path: string, call: Call): Promise<Answer<UploadProgress>> => {
    const [photo = "", part = "", offset] = path.split("/_photos/")[1]?.split("/") ?? [];
    const key = `${photo}/${part}`;
    const there = this.came.get(key) ?? [];
    if (offset === "offset") return { kind: "ok", value: this.#progress(there, false) };
    if (this.refuse !== null) return this.refuse;
    const begins = Number(call.headers?.["Upload-Offset"]);
    if (begins !== there.length) return { kind: "refused", status: 409, code: "upload_offset", reason: "Not there." };
    this.during();
    const sent = [...(call.bytes ?? [])];
    this.portions.push(sent.length);
    const cut = this.cutAfter.shift() ?? (call.signal?.aborted === true ? 7 : undefined);
    this.came.set(key, [...there, ...(cut === undefined ? sent : sent.slice(0, cut))]);
    if (this.order.at(-1) !== key) this.order.push(key);
    if (cut !== undefined) {
      this.cuts += 1;
      return { kind: "unreachable", reason: "The wire was cut." };
    }
    const now = this.came.get(key) ?? [];
    const whole = part === "photo" && now.length === Number(call.headers?.["Upload-Length"]);
    await Promise.resolve();
    return { kind: "ok", value: this.#progress(now, whole) };
  };

  #progress(there: readonly number[], whole: boolean): UploadProgress {
    return { offset: there.length, state: whole ? "stored" : "waiting", reason: null };
  }
}

let people = 0;

interface Bench {
  photos: Photos;
  sender: PhotoSender;
  server: Server;
  waiting: { entries: boolean };
  until: (wanted: (all: PhotoRecord[]) => boolean) => Promise<PhotoRecord[]>;
  end: () => Promise<void>;
}

async function bench(...records: PhotoRecord[]): Promise<Bench> {
  people += 1;
  const photos = new Photos(connectPerson(`person-${people}`));
  for (const one of records) await photos.put(one);
  const server = new Server();
  const waiting = { entries: false };
  const sender = new PhotoSender({
    school: "area",
    photos,
    ask: server.ask,
    entriesWait: () => Promise.resolve(waiting.entries),
    onChange: () => Promise.resolve(),
    now: () => Date.now(),
    random: () => 0,
  });
  const stop = new AbortController();
  const running = sender.run(stop.signal);
  const until = async (wanted: (all: PhotoRecord[]) => boolean): Promise<PhotoRecord[]> => {
    for (let tries = 0; tries < 500; tries += 1) {
      const all = await photos.list("area");
      if (wanted(all)) return all;
      sender.kick();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    throw new Error("it never came to that");
  };
  const end = async (): Promise<void> => {
    stop.abort();
    await running;
  };
  return { photos, sender, server, waiting, until, end };
}

const allStored = (all: PhotoRecord[]): boolean => all.every(({ state }) => state === "stored");

test("a photo that is cut fifty times at any byte comes in whole", async () => {
  const one = record("a", 1);
  const { server, until, end } = await bench(one);
  server.cutAfter = Array.from({ length: 50 }, (_, index) => (index * 977) % 4000);
  const [stored] = await until(allStored);
  expect(server.cuts).toBe(50);
  expect(new Uint8Array(server.came.get("a/photo") ?? [])).toEqual(new Uint8Array(one.bytes.photo));
  expect(new Uint8Array(server.came.get("a/thumbnail") ?? [])).toEqual(new Uint8Array(one.bytes.thumbnail));
  expect(stored?.reason).toBeNull();
  expect(stored?.storedMs).not.toBeNull();
  await end();
});

test("thumbnails of all photos come before any whole one, the oldest first", async () => {
  const { server, until, end } = await bench(record("b", 2), record("a", 1), record("c", 3));
  await until(allStored);
  expect(server.order).toEqual(["a/thumbnail", "b/thumbnail", "c/thumbnail", "a/photo", "b/photo", "c/photo"]);
  await end();
});

test("portions grow while the wire is quick, and shrink when it is cut", async () => {
  const { server, until, end } = await bench(record("a", 1, { bytes: { photo: bytesOf(900_000, 3), thumbnail: bytesOf(10, 1) } }));
  await until(allStored);
  expect(Math.max(...server.portions)).toBe(LARGEST);
  await end();
  const second = await bench(record("a", 1));
  second.server.cutAfter = Array.from({ length: 9 }, () => 1);
  await second.until(allStored);
  expect(Math.min(...second.server.portions.slice(0, -1))).toBe(SMALLEST);
  await second.end();
});

test("nothing of a photo is sent while an entry waits, and what is under way is cut when one is written", async () => {
  const { sender, server, waiting, until, end } = await bench(record("a", 1));
  server.during = () => {
    if (server.portions.length !== 1) return;
    waiting.entries = true;
    sender.yieldTo();
  };
  await until(() => waiting.entries && server.cuts === 1);
  const before = server.portions.length;
  for (let kicks = 0; kicks < 20; kicks += 1) {
    sender.kick();
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  expect(server.portions.length).toBe(before);
  waiting.entries = false;
  await until(allStored);
  await end();
});

test("what fails is shown with its reason, kept, and tried again for ever", async () => {
  const { server, until, end } = await bench(record("a", 1));
  server.refuse = { kind: "busy", reason: "The disk of the server is full.", afterMs: null };
  const [failed] = await until(([one]) => (one?.failures ?? 0) > 12);
  expect(failed?.state).toBe("waiting");
  expect(failed?.reason).toBe("The disk of the server is full.");
  server.refuse = null;
  const [stored] = await until(allStored);
  expect(stored?.failures).toBe(0);
  await end();
});

test("a photo whose entry is held waits for a decision, and nothing behind it does", async () => {
  const { photos, server, until, end } = await bench(record("a", 1));
  server.refuse = { kind: "refused", status: 409, code: "upload_held", reason: "The entry that adds this photo is held." };
  const [held] = await until(([one]) => one?.state === "held");
  expect(held?.reason).toBe("The entry that adds this photo is held.");
  server.refuse = null;
  await photos.put(record("b", 2));
  await until((all) => all.some(({ photo, state }) => photo === "b" && state === "stored"));
  await end();
});

test("a server that has more, or less, than this tablet believes is believed", async () => {
  const { server, until, end } = await bench(record("a", 1, { sent: { photo: 5000, thumbnail: 9000 } }));
  server.came.set("a/thumbnail", [...new Uint8Array(bytesOf(9000, 2))]);
  server.came.set("a/photo", [...new Uint8Array(bytesOf(300_000, 1))].slice(0, 777));
  await until(allStored);
  expect(server.came.get("a/photo")?.length).toBe(300_000);
  await end();
});

test("what failed is sent after what did not", () => {
  const [a, b] = [record("a", 1, { failures: 2 }), record("b", 2)];
  const next = (all: PhotoRecord[]): [string, Part] | null => {
    const found = nextOf(all);
    return found === null ? null : [found.record.photo, found.part];
  };
  expect(next([a, b])).toEqual(["b", "thumbnail"]);
  expect(next([a, { ...b, sent: { photo: 0, thumbnail: 9000 } }])).toEqual(["a", "thumbnail"]);
  expect(next([{ ...a, state: "held" }, { ...b, state: "stored" }])).toBeNull();
});
