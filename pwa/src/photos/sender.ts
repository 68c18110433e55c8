/**
 * Sending photos: a channel of its own, beside the entries and behind them. Nothing of a photo is
 * sent while an entry waits, and what is under way is cut when one is written: the server keeps what
 * has come of a portion, so the next goes on from there. Thumbnails of all photos come before any
 * whole one. It is tried again for ever, each time after a longer pause; nothing is given up.
 */
import { backoffMs } from "../sync/backoff.ts";
import type { Answer } from "../sync/answers.ts";
import type { Call } from "../sync/client.ts";
import type { UploadProgress } from "../generated/types.ts";
import type { Part, PhotoRecord, Photos } from "../store/photos.ts";

export interface SenderParts {
  school: string;
  photos: Photos;
  ask: (path: string, call: Call) => Promise<Answer<UploadProgress>>;
  /** Whether an entry of this person's waits to be sent. */
  entriesWait: () => Promise<boolean>;
  /** What is known of a photo has changed. */
  onChange: () => Promise<void>;
  now: () => number;
  random: () => number;
}

/** Bytes of a portion: fewer after each cut, more after each that went through quickly. */
export const SMALLEST = 4 * 1024;
export const LARGEST = 256 * 1024;
const FIRST = 32 * 1024;
const QUICK_MS = 1500;
const PORTION_TIMEOUT_S = 60;
/** What waits for somebody's decision is asked about so often. */
const HELD_AGAIN_MS = 15 * 60 * 1000;
const PARTS: readonly Part[] = ["thumbnail", "photo"];
const HELD = "upload_held";
const ELSEWHERE: ReadonlySet<string> = new Set(["upload_offset", "upload_differs"]);

/** What one attempt came to: go on at once, or after a pause (null: when kicked). */
type Turn = { kind: "on" } | { kind: "rest"; ms: number | null };

export class PhotoSender {
  readonly #parts: SenderParts;
  #portion = FIRST;
  #failures = 0;
  #cut = new AbortController();
  #wake: (() => void) | null = null;
  #kicked = false;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /** Something may have changed: the network is back, the entries are in, a photo was taken. */
  kick(): void {
    this.#kicked = true;
    this.#wake?.();
  }

  /** An entry waits: let go of the wire. */
  yieldTo(): void {
    this.#cut.abort();
  }

  /** Send until `stop`. Never rejects. */
  async run(stop: AbortSignal): Promise<void> {
    const end = (): void => {
      this.#cut.abort();
      this.kick();
    };
    stop.addEventListener("abort", end);
    while (!stop.aborted) {
      this.#kicked = false;
      const turn = await this.#turn();
      if (turn.kind === "rest" && !this.#kicked && !stop.aborted) await this.#rest(turn.ms);
    }
    stop.removeEventListener("abort", end);
  }

  async #turn(): Promise<Turn> {
    // Before it is asked: an entry written from here on cuts what is begun below.
    this.#cut = new AbortController();
    try {
      if (await this.#parts.entriesWait()) return { kind: "rest", ms: null };
      const all = await this.#parts.photos.list(this.#parts.school);
      const next = nextOf(all);
      if (next !== null) return await this.#send(next.record, next.part);
      return all.some(({ state }) => state === "held") ? await this.#askAgain(all) : { kind: "rest", ms: null };
    } catch {
      // The tablet's own store: the entries' loop says so to the person, and this is tried again.
      return this.#fail();
    }
  }

  async #send(record: PhotoRecord, part: Part): Promise<Turn> {
    const { school, ask, now } = this.#parts;
    const bytes = record.bytes[part];
    const begins = record.sent[part];
    const portion = new Uint8Array(bytes.slice(begins, begins + this.#portion));
    const began = now();
    const answer = await ask(addressOf(school, record.photo, part), {
      method: "PATCH",
      bytes: portion,
      headers: { "Upload-Offset": String(begins), "Upload-Length": String(bytes.byteLength) },
      timeoutS: PORTION_TIMEOUT_S,
      signal: this.#cut.signal,
    });
    if (answer.kind === "ok") {
      if (now() - began < QUICK_MS) this.#portion = Math.min(LARGEST, this.#portion * 2);
      await this.#heard(record, part, answer.value);
      this.#failures = 0;
      return { kind: "on" };
    }
    const cut = this.#cut.signal.aborted;
    if (answer.kind === "refused" && answer.code === HELD) return this.#hold(record, answer.reason);
    const elsewhere = answer.kind === "refused" && ELSEWHERE.has(answer.code);
    if (!elsewhere) this.#portion = Math.max(SMALLEST, Math.floor(this.#portion / 2));
    // Of a portion that was cut some may have come; the server alone knows how much.
    const there = await this.#whereItStands(record, part);
    if (cut) return { kind: "rest", ms: null };
    if (elsewhere && there !== null && there !== begins) return { kind: "on" };
    return this.#trouble(record, answer.kind === "signed-out" ? "Sign in again, and it goes on." : answer.reason);
  }

  /** Ask how far a part has come, and go by that; null where the server cannot say. */
  async #whereItStands(record: PhotoRecord, part: Part): Promise<number | null> {
    const answer = await this.#parts.ask(`${addressOf(this.#parts.school, record.photo, part)}/offset`, {});
    if (answer.kind !== "ok") return null;
    await this.#heard(record, part, answer.value);
    return answer.value.offset;
  }

  async #heard(record: PhotoRecord, part: Part, { offset, state, reason = null }: UploadProgress): Promise<void> {
    const { photos, now, onChange } = this.#parts;
    const sent = { ...record.sent, [part]: offset };
    const storedMs = state === "stored" ? now() : null;
    await photos.change(record.photo, { sent, state, reason, failures: 0, storedMs });
    await onChange();
  }

  /** Its entry is held: the bytes are kept here until somebody decides. */
  async #hold(record: PhotoRecord, reason: string): Promise<Turn> {
    await this.#parts.photos.change(record.photo, { state: "held", reason });
    await this.#parts.onChange();
    return { kind: "on" };
  }

  /** Photos whose entries were held may have been released since. */
  async #askAgain(all: readonly PhotoRecord[]): Promise<Turn> {
    const held = all.filter((one) => one.state === "held" && !isWhole(one));
    for (const record of held) await this.#whereItStands(record, "photo");
    return { kind: "rest", ms: HELD_AGAIN_MS };
  }

  async #trouble(record: PhotoRecord, reason: string): Promise<Turn> {
    await this.#parts.photos.change(record.photo, { reason, failures: record.failures + 1 });
    await this.#parts.onChange();
    return this.#fail();
  }

  #fail(): Turn {
    this.#failures += 1;
    return { kind: "rest", ms: backoffMs(this.#failures, null, this.#parts.random()) };
  }

  #rest(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }
}

/** The part to send next: all thumbnails first, then whole photos, the oldest first, those that failed last. */
export function nextOf(all: readonly PhotoRecord[]): { record: PhotoRecord; part: Part } | null {
  const open = all.filter(({ state }) => state === "waiting").toSorted((a, b) => a.failures - b.failures);
  for (const part of PARTS) {
    const record = open.find((one) => one.sent[part] < one.bytes[part].byteLength);
    if (record !== undefined) return { record, part };
  }
  return null;
}

function isWhole(record: PhotoRecord): boolean {
  return record.sent.photo >= record.bytes.photo.byteLength;
}

function addressOf(school: string, photo: string, part: Part): string {
  return `/db/${encodeURIComponent(school)}/_photos/${encodeURIComponent(photo)}/${part}`;
}
