/**
 * What a tablet does once its school has revoked it: hand over every entry that the server has not
 * got, then destroy all that is kept here, then say so, then destroy the key. Photos are too large
 * to be handed over: those that the server has not got are counted, and the page says so.
 *
 * Where it stands is noted before each step, and each step may be taken twice, so that it goes on
 * after a crash where it was. Nothing is destroyed before the server has taken every entry.
 */
import { deleteDB } from "idb";
import { DEVICE_DATABASE } from "../store/device.ts";
import type { Departure, DeviceStore } from "../store/device.ts";
import { backoffMs } from "../sync/backoff.ts";
import type { Client } from "../sync/client.ts";
import { allUnsent, allUnsentDrafts, countUnsentPhotos, Handover, wordsOf } from "./handover.ts";

/** How far it has come, for the page that says so. `trouble`: what keeps it from going on, in words. */
export interface DepartureNews {
  stage: Departure["stage"] | "done";
  label: string;
  schoolName: string;
  revokedAt: string;
  handedOver: number;
  left: number;
  /** Photos of visits that the server has not got, which go with the rest. */
  photosLost: number;
  trouble: string | null;
}

export interface LeavingParts {
  store: DeviceStore;
  /** Signs with the tablet's key. */
  client: Client;
  random: () => number;
  /** Wait so long, or until the network is back. */
  pause: (ms: number) => Promise<void>;
  report: (news: DepartureNews) => void;
  /** Empty whatever holds data besides the databases. */
  clearOther: () => Promise<void>;
  /** Keep, outside the databases, what the page goes on saying. */
  keepNotice: (news: DepartureNews) => void;
}

const BLOCKED = "Another Tidemark tab is still open. Close it, so that what it shows can be removed.";

export class Leaving {
  readonly #parts: LeavingParts;
  #departure: Departure;
  #handedOver = 0;
  #left = 0;
  #photosLost: number;
  #failures = 0;

  constructor(parts: LeavingParts, departure: Departure) {
    this.#parts = parts;
    this.#departure = departure;
    this.#handedOver = departure.handedOver;
    this.#photosLost = departure.photosLost ?? 0;
  }

  /** Go through all steps from the one noted last; resolves when nothing is left to do. */
  async run(): Promise<void> {
    const steps = {
      "handing-over": () => this.#handOver(),
      emptying: () => this.#empty(),
      telling: () => this.#tell(),
    } as const;
    for (;;) {
      const { stage } = this.#departure;
      this.#report(null);
      const next = await this.#untilDone(steps[stage]);
      if (next === null) break;
      this.#departure = { ...this.#departure, stage: next, handedOver: this.#handedOver, photosLost: this.#photosLost };
      await this.#untilDone(() => this.#parts.store.depart(this.#departure));
    }
    const news = this.#news("done", null);
    this.#parts.keepNotice(news);
    await this.#untilDone(() => this.#parts.store.destroy());
    this.#parts.report(news);
  }

  /** Take a step again until it is done: a store that fails today may not tomorrow. */
  async #untilDone<T>(step: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await step();
      } catch (error) {
        await this.#wait(error instanceof Error ? error.message : String(error), null);
      }
    }
  }

  async #handOver(): Promise<"emptying"> {
    await this.#countPhotos();
    const handover = new Handover({
      client: this.#parts.client,
      count: (handedOver, left) => this.#count(handedOver, left),
      wait: (trouble, wishedMs) => this.#wait(trouble, wishedMs),
    });
    await handover.run();
    await this.#countPhotos();
    return "emptying";
  }

  /** Never fewer than before: some may be gone already. */
  async #countPhotos(): Promise<void> {
    this.#photosLost = Math.max(this.#photosLost, await countUnsentPhotos());
  }

  #count(handedOver: number, left: number): void {
    if (handedOver === this.#handedOver && left === this.#left) return;
    if (handedOver > this.#handedOver) this.#failures = 0;
    [this.#handedOver, this.#left] = [handedOver, left];
    this.#report(null);
  }

  /** A tab that had not heard of it yet may have saved something after all was handed over. */
  async #empty(): Promise<"telling" | "handing-over"> {
    for (;;) {
      if ((await allUnsent()).length + (await allUnsentDrafts()).length > 0) return "handing-over";
      const names = (await indexedDB.databases()).flatMap(({ name }) => name ?? []);
      const doomed = names.filter((name) => name !== DEVICE_DATABASE);
      if (doomed.length === 0) break;
      // A tab that reads one is asked to let go, and does; one that is frozen does when it wakes.
      for (const name of doomed) await deleteDB(name, { blocked: () => this.#report(BLOCKED) });
    }
    await this.#parts.store.forgetPeople();
    await this.#parts.clearOther();
    return "telling";
  }

  async #tell(): Promise<null> {
    for (;;) {
      const answer = await this.#parts.client.ask<unknown>("/devices/wiped", { method: "POST" });
      // A server that does not know this tablet has nothing to be told.
      if (answer.kind !== "unreachable" && answer.kind !== "busy") return null;
      await this.#wait(wordsOf(answer), answer.kind === "busy" ? answer.afterMs : null);
    }
  }

  async #wait(trouble: string, wishedMs: number | null): Promise<void> {
    this.#report(trouble);
    this.#failures += 1;
    await this.#parts.pause(backoffMs(this.#failures, wishedMs, this.#parts.random()));
  }

  #report(trouble: string | null): void {
    this.#parts.report(this.#news(this.#departure.stage, trouble));
  }

  #news(stage: DepartureNews["stage"], trouble: string | null): DepartureNews {
    const { label, schoolName, revokedAt } = this.#departure;
    return { stage, label, schoolName, revokedAt, handedOver: this.#handedOver, left: this.#left, photosLost: this.#photosLost, trouble };
  }
}
