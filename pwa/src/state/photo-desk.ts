/** The photos of visits at one workplace: taken, kept, sent, and what became of each. */
import { digestOfBytes } from "../domain/canonical.ts";
import type { NewBody } from "../domain/entry.ts";
import { instant } from "../domain/time.ts";
import type { Visit } from "../generated/types.ts";
import type { Prepared } from "../photos/prepare.ts";
import type { PhotoRecord, Photos } from "../store/photos.ts";
import type { OutboxItem } from "./model.ts";
import type { Signals } from "./signals.ts";

/** A photo as screens show it: this tablet's own, until the server has had it for a while. */
export interface OwnPhoto {
  photo: string;
  visit: string;
  caption: string;
  thumbnail: Blob;
  /** `sending`: something of it has come. `trouble`: tried, and tried again by itself. */
  state: "waiting" | "sending" | "trouble" | "held" | "stored";
  reason: string | null;
  /** How much of the photo has come, from 0 to 1. */
  share: number;
}

/** What a photo is of, and what its author calls it. */
export interface PhotoInput {
  case: string;
  visit: string;
  caption: string | null;
}

export interface PhotoDeskParts {
  school: string;
  store: Photos;
  signals: Signals;
  record: (body: NewBody) => Promise<OutboxItem>;
  newId: () => string;
  /** Milliseconds since 1970 by the tablet's clock. */
  now: () => number;
  /** There is something to send, or to send again. */
  onWritten: () => void;
}

const DAY_MS = 86_400_000;
/** For so long a photo that the server has is kept here too, in case the server is set back. */
const KEPT_DAYS = 7;
/** What is published may be older than what the server has just said. */
const LAG_MS = 10 * 60 * 1000;

export class PhotoDesk {
  readonly #parts: PhotoDeskParts;
  #ended = false;

  constructor(parts: PhotoDeskParts) {
    this.#parts = parts;
  }

  end(): void {
    this.#ended = true;
  }

  /** Photos that the server has not got. */
  get waiting(): number {
    return unsentPhotos(this.#parts.signals.photos.peek());
  }

  /** Keep a photo that was taken, then its entry. Rejects with words if either cannot be kept. */
  async add({ photo, thumbnail }: Prepared, about: PhotoInput): Promise<void> {
    const { school, store, newId, now, onWritten } = this.#parts;
    const record: PhotoRecord = {
      photo: newId(),
      school,
      ...about,
      bytes: { photo, thumbnail },
      sent: { photo: 0, thumbnail: 0 },
      announced: false,
      state: "waiting",
      reason: null,
      failures: 0,
      takenMs: now(),
      storedMs: null,
    };
    // The bytes first: an entry that names a photo which nobody has could never be made good.
    await store.put(record);
    await this.#announce(record);
    await this.read();
    onWritten();
  }

  /** Try again now, whatever the pause. */
  async retry(photo: string): Promise<void> {
    await this.#parts.store.change(photo, { state: "waiting", failures: 0, reason: null });
    await this.read();
    this.#parts.onWritten();
  }

  /** Read what is kept here, and tidy up what was cut short or is no longer needed. */
  async open(): Promise<void> {
    const { school, store, signals, now } = this.#parts;
    const named = new Set(signals.entries.peek().flatMap(({ body }) => (body.kind === "photo.added" ? [body.photo] : [])));
    for (const record of await store.list(school)) {
      if (!record.announced && named.has(record.photo)) await store.change(record.photo, { announced: true });
      else if (!record.announced) await this.#announce(record);
      if (record.storedMs !== null && record.storedMs < now() - KEPT_DAYS * DAY_MS) await store.drop(record.photo);
    }
    await this.read();
  }

  /** Show what is here. */
  async read(): Promise<void> {
    const { school, store, signals } = this.#parts;
    const found = await store.list(school);
    if (!this.#ended) signals.photos.value = new Map(found.map((record) => [record.photo, shown(record)]));
  }

  /** The server may have been set back since it had a photo: then it is sent once more. */
  async compare(visits: Iterable<Pick<Visit, "photos">>): Promise<void> {
    const { school, store, now } = this.#parts;
    const missing = new Set([...visits].flatMap(({ photos = [] }) => photos.filter(({ state }) => state === "waiting").map(({ photo }) => photo)));
    if (missing.size === 0) return;
    for (const { photo, storedMs } of await store.list(school)) {
      if (storedMs === null || storedMs > now() - LAG_MS || !missing.has(photo)) continue;
      await store.change(photo, { state: "waiting", sent: { photo: 0, thumbnail: 0 }, storedMs: null });
      this.#parts.onWritten();
    }
  }

  async #announce(record: PhotoRecord): Promise<void> {
    const { photo, thumbnail } = record.bytes;
    await this.#parts.record({
      kind: "photo.added",
      case: record.case,
      visit: record.visit,
      photo: record.photo,
      digest: digestOfBytes(new Uint8Array(photo)),
      bytes: photo.byteLength,
      media_type: "image/jpeg",
      thumbnail: digestOfBytes(new Uint8Array(thumbnail)),
      caption: record.caption,
      taken_at: instant(record.takenMs),
    });
    await this.#parts.store.change(record.photo, { announced: true });
  }
}

/** How many of them the server has not got. */
export function unsentPhotos(photos: ReadonlyMap<string, OwnPhoto>): number {
  return [...photos.values()].filter(({ state }) => state !== "stored").length;
}

function shown(record: PhotoRecord): OwnPhoto {
  const { photo, visit, caption, bytes, sent, state, reason, failures } = record;
  const all = bytes.photo.byteLength + bytes.thumbnail.byteLength;
  const come = sent.photo + sent.thumbnail;
  const open = failures > 0 ? "trouble" : come > 0 ? "sending" : "waiting";
  return {
    photo,
    visit,
    caption: caption ?? "",
    thumbnail: new Blob([bytes.thumbnail], { type: "image/jpeg" }),
    state: state === "waiting" ? open : state,
    reason,
    share: come / all,
  };
}
