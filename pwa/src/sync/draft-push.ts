/**
 * Drafts go to the server after the entries, and never in their way: only while no entry waits, one
 * draft at a time, and given up at once when an entry is written. What came of one shows with it.
 */
import { digestOf } from "../domain/canonical.ts";
import type { DraftKept, DraftSaving } from "../generated/types.ts";
import { savingOf, waits } from "../store/visit-drafts.ts";
import type { DraftCopy, VisitDrafts } from "../store/visit-drafts.ts";
import type { Answer } from "./answers.ts";
import type { Client } from "./client.ts";

export interface DraftPushParts {
  drafts: VisitDrafts;
  client: Client;
  school: string;
  device: string;
  /** Whether entries wait: they go first. */
  entriesWait: () => Promise<boolean>;
  /** Whether this tab is the one that sends. */
  leading: () => boolean;
  /** Something of a draft changed: screens may want to know. */
  onDrafts: () => Promise<void>;
}

/** While somebody types, what they wrote goes to the server so often. */
export const EVERY_MS = 4000;
const MAX_BYTES = 250 * 1024;

/** A copy as it is sent, and the digest of what it says: noted before, since an answer may be lost. */
export function prepared(copy: DraftCopy, device: string): { body: DraftSaving; digest: string } {
  const said = savingOf(copy, MAX_BYTES);
  const digest = digestOf(said);
  return { body: { ...said, device, after: [...new Set([...copy.sent, digest])] }, digest };
}

export class DraftPush {
  readonly #parts: DraftPushParts;
  #cut = new AbortController();
  #running: Promise<void> | null = null;
  #again = false;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #stopped = false;

  constructor(parts: DraftPushParts) {
    this.#parts = parts;
  }

  /** Something was typed: send it soon, with whatever is typed until then. */
  soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.now();
    }, EVERY_MS);
  }

  /** The way to the server is free: send what waits. */
  now(): void {
    if (this.#stopped || !this.#parts.leading()) return;
    this.#again = true;
    this.#running ??= this.#run();
  }

  /** An entry was written: it goes first. What was being sent goes again after it. */
  giveWay(): void {
    this.#cut.abort();
  }

  /** Resolves once nothing is under way. */
  get idle(): Promise<void> {
    return this.#running ?? Promise.resolve();
  }

  /** End it; resolves once nothing is under way. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.giveWay();
    await this.idle;
  }

  async #run(): Promise<void> {
    try {
      while (this.#again && !this.#stopped) {
        this.#again = false;
        this.#cut = new AbortController();
        await this.#turn(this.#cut.signal);
      }
    } catch {
      // The tablet's own store failed; whoever saves is told, and the next exchange tries again.
    } finally {
      this.#running = null;
    }
  }

  async #turn(cut: AbortSignal): Promise<void> {
    const { drafts, entriesWait, onDrafts } = this.#parts;
    for (const copy of (await drafts.list()).filter(waits)) {
      if (cut.aborted || (await entriesWait())) return;
      const reached = await (copy.dropped === null ? this.#send(copy, cut) : this.#discard(copy, cut));
      await onDrafts();
      if (!reached) return;
    }
  }

  /** Whether the server could be asked. */
  async #send(copy: DraftCopy, cut: AbortSignal): Promise<boolean> {
    const { drafts, client, school, device } = this.#parts;
    const { body, digest } = prepared(copy, device);
    await drafts.sending(copy.draft, copy.n, digest);
    const answer: Answer<DraftKept> = await client.saveDraft(school, copy.draft, body, cut);
    if (answer.kind === "ok" && (answer.value.ended ?? false)) await drafts.ended(copy.draft, copy.n);
    else if (answer.kind === "ok") await drafts.kept(copy.draft, answer.value);
    // What may not be sent now may be later, under other grants; what is wrong in itself may not.
    else if (answer.kind === "refused") await drafts.refused(copy.draft, copy.n, answer.reason);
    else return false;
    return true;
  }

  async #discard({ draft, case: ofCase, visit, dropped }: DraftCopy, cut: AbortSignal): Promise<boolean> {
    const { drafts, client, school } = this.#parts;
    const answer = await client.dropDraft(school, draft, { case: ofCase, visit, covers: { ...dropped } }, cut);
    if (answer.kind === "ok") await drafts.forget(draft);
    return answer.kind === "ok" || answer.kind === "refused";
  }
}
