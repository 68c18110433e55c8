/** The tablet itself, whoever is at it: its name to the server, its key, its enrolment, its end. */
import { Leaving } from "../device/departure.ts";
import type { DepartureNews } from "../device/departure.ts";
import { enrolKey } from "../device/enrolment.ts";
import type { DeviceKey } from "../device/key.ts";
import { Prover } from "../device/proof.ts";
import type { Departure, DeviceStore } from "../store/device.ts";
import { askToPersist } from "../store/storage.ts";
import { Client } from "../sync/client.ts";
import { instant } from "../domain/time.ts";
import type { Environment } from "./environment.ts";
import type { EnrolResult } from "./model.ts";
import type { Signals } from "./signals.ts";

const DEVICE_BYTES = 10;
const NOTICE = "tidemark-revoked";
const LOCK = "tidemark-departure";
const AGAIN_MS = 5000;
/** All tabs hear of it when the tablet is enrolled or revoked. */
const CHANNEL = "tidemark-tablet";

type TabletMessage = { about: "enrolled" } | { about: "departure"; news: DepartureNews };

export interface TabletParts {
  environment: Environment;
  store: DeviceStore;
  signals: Signals;
  /** The tablet has another name and a key: whoever is at it goes on under that name. */
  onEnrolled: () => Promise<void>;
  /** The tablet is revoked: let go of everything that is open. */
  onRevoked: () => Promise<void>;
}

export class Tablet {
  readonly #parts: TabletParts;
  #channel: BroadcastChannel | null = null;
  #device: string | null = null;
  #prover: Prover | null = null;
  #leaving: Promise<void> | null = null;
  /** The page is closed: what is left to do is another's. */
  readonly #ended = new AbortController();

  constructor(parts: TabletParts) {
    this.#parts = parts;
  }

  /**
   * Read what this tablet is. False: it is revoked, and what has to be done about that is under way
   * or done; then nothing else may be opened.
   */
  async open(): Promise<boolean> {
    this.#listen();
    const notice = this.#notice();
    if (notice !== null) {
      this.#show(notice);
      // The last step, should the app have died in it: the key goes.
      await this.#parts.store.destroy();
      return false;
    }
    const departure = await this.#parts.store.departure();
    if (departure !== null) {
      this.#leave(departure);
      return false;
    }
    await this.#know();
    return true;
  }

  /** The name under which this tablet writes and asks. */
  get device(): string {
    if (this.#device === null) throw new Error("This tablet has no name yet.");
    return this.#device;
  }

  /** A client that speaks as this tablet; `ended` ends its requests. */
  client(ended?: AbortSignal, person?: string): Client {
    const { fetch, now } = this.#parts.environment;
    const onRevoked = (at: string | null): void => void this.#revoked(at);
    const base = { fetch, now, device: this.device, prover: this.#prover, onRevoked };
    const whose = person === undefined ? base : { ...base, person };
    return new Client(ended === undefined ? whose : { ...whose, ended });
  }

  get enrolled(): boolean {
    return this.#prover !== null;
  }

  /** The server's time less this tablet's, as an exchange found it. */
  setOffset(offsetMs: number): void {
    this.#prover?.setOffset(offsetMs);
  }

  /** Enrol with a code from the school's screen: make a key, and have the school know it. */
  async enrol(code: string): Promise<EnrolResult> {
    try {
      const { environment, store, signals } = this.#parts;
      const storage = await askToPersist(environment.storage);
      signals.status.value = { ...signals.status.peek(), storage };
      const { fetch, now, subtle, app } = environment;
      const client = (key: DeviceKey, onRevoked: () => void): Client =>
        new Client({ fetch, now, device: key.id, prover: this.#proverOf(key), onRevoked });
      const enrolled = await enrolKey({ store, subtle, client }, { code, app, storage });
      if (!enrolled.ok) return enrolled;
      this.forgive();
      await store.enrol(enrolled.enrolment);
      await this.#know();
      this.#tell({ about: "enrolled" });
      await this.#parts.onEnrolled();
      return { ok: true };
    } catch (error) {
      return { ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Forget that this tablet was revoked once: it is used anew. */
  forgive(): void {
    this.#parts.environment.notices?.removeItem(NOTICE);
    this.#parts.signals.departure.value = null;
    this.#leaving = null;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    this.#channel?.close();
    await this.#parts.store.close();
  }

  /** What the store says this tablet is: enrolled under its key's name, or under one by chance. */
  async #know(): Promise<void> {
    const { environment, store, signals } = this.#parts;
    const [enrolment, key] = [await store.enrolment(), await store.key()];
    this.#prover = enrolment === null || key === null ? null : this.#proverOf(key);
    this.#device = this.#prover?.device ?? (await store.id(() => `tablet-${environment.randomHex(DEVICE_BYTES)}`));
    signals.enrolment.value = this.#prover === null ? null : enrolment;
  }

  #proverOf(key: DeviceKey): Prover {
    const { subtle, origin, now, randomHex } = this.#parts.environment;
    if (subtle === undefined) throw new Error("This page was not opened over a secure connection.");
    return new Prover({ key, subtle, origin, now, randomHex });
  }

  async #revoked(at: string | null): Promise<void> {
    if (this.#leaving !== null) return;
    const { environment, signals, store } = this.#parts;
    const enrolment = signals.enrolment.peek();
    const departure: Departure = {
      stage: "handing-over",
      label: enrolment?.label ?? "",
      schoolName: enrolment?.schoolName ?? "",
      revokedAt: at ?? instant(environment.now() + (signals.status.peek().offsetMs ?? 0)),
      handedOver: 0,
    };
    // Noted before anything else: from here on it goes on after a crash as well.
    this.#leaving = store.depart(departure).then(() => this.#goThrough(departure));
    try {
      await this.#leaving;
    } catch {
      // It could not even be noted. The next answer says the same again.
      this.#leaving = null;
    }
  }

  #leave(departure: Departure): void {
    this.#leaving ??= this.#goThrough(departure);
  }

  /** One tab does it for all; should that one be closed, another goes on. Never rejects. */
  async #goThrough(departure: Departure): Promise<void> {
    const { locks } = this.#parts.environment;
    this.#show({ photosLost: 0, ...departure, left: 0, trouble: null });
    const work = (): Promise<void> => this.#goOn();
    const steps = [this.#parts.onRevoked, async () => (await (locks?.request(LOCK, {}, work) ?? work()))];
    for (const step of steps) await this.#untilDone(departure, step);
  }

  /** A store that fails now may not in a moment; what is open here must be let go of first. */
  async #untilDone(departure: Departure, step: () => Promise<void>): Promise<void> {
    for (;;) {
      try {
        return await step();
      } catch (error) {
        if (this.#ended.signal.aborted) return;
        this.#show({ photosLost: 0, ...departure, left: 0, trouble: error instanceof Error ? error.message : String(error) });
        await this.#pause(AGAIN_MS).catch(() => undefined);
      }
    }
  }

  async #goOn(): Promise<void> {
    const { environment, store } = this.#parts;
    // Another tab may have come to the end while this one stood in line.
    const notice = this.#notice();
    if (notice !== null) return this.#show(notice);
    const [departure, key] = [await store.departure(), await store.key()];
    if (departure === null || key === null) return;
    const { fetch, now, random } = environment;
    const ended = this.#ended.signal;
    const client = new Client({ fetch, now, device: key.id, prover: this.#proverOf(key), ended });
    const leaving = new Leaving(
      {
        store,
        client,
        random,
        pause: (ms) => this.#pause(ms),
        report: (news) => {
          this.#show(news);
          this.#tell({ about: "departure", news });
        },
        clearOther: async () => {
          environment.notices?.clear();
          await environment.clearOther();
        },
        keepNotice: (news) => environment.notices?.setItem(NOTICE, JSON.stringify(news)),
      },
      departure,
    );
    await leaving.run();
    this.#prover = null;
    this.#device = null;
    this.#parts.signals.enrolment.value = null;
  }

  /** So long, or until the page comes to the front or the network comes back. Rejects once the page is closed. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#ended;
    await new Promise<void>((resolve) => {
      const end = this.#parts.environment.onAwake(() => done());
      const timer = setTimeout(() => done(), ms);
      const done = (): void => {
        clearTimeout(timer);
        end();
        resolve();
      };
      signal.addEventListener("abort", done);
      if (signal.aborted) done();
    });
    signal.throwIfAborted();
  }

  #show(news: DepartureNews): void {
    this.#parts.signals.departure.value = news;
  }

  #notice(): DepartureNews | null {
    const kept = this.#parts.environment.notices?.getItem(NOTICE) ?? "null";
    try {
      const news: unknown = JSON.parse(kept);
      return isNews(news) ? { ...news, photosLost: news.photosLost ?? 0 } : null;
    } catch {
      return null;
    }
  }

  #listen(): void {
    if (this.#channel !== null || typeof BroadcastChannel === "undefined") return;
    this.#channel = new BroadcastChannel(CHANNEL);
    this.#channel.addEventListener("message", (event: MessageEvent<TabletMessage>) => void this.#hear(event.data));
  }

  #tell(message: TabletMessage): void {
    this.#channel?.postMessage(message);
  }

  async #hear(message: TabletMessage): Promise<void> {
    if (message.about === "enrolled") {
      this.forgive();
      await this.#know();
      await this.#parts.onEnrolled();
      return;
    }
    const { news } = message;
    this.#show(news);
    if (this.#leaving !== null || news.stage === "done") return;
    const { stage, label, schoolName, revokedAt, handedOver, photosLost } = news;
    this.#leave({ stage, label, schoolName, revokedAt, handedOver, photosLost });
  }
}

/** An earlier version kept none of `photosLost`. */
function isNews(value: unknown): value is Omit<DepartureNews, "photosLost"> & { photosLost?: number } {
  return typeof value === "object" && value !== null && "stage" in value && "revokedAt" in value;
}
