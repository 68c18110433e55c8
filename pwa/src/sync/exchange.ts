/**
 * One exchange with the server: push what waits, then one `_sync` with log heads and the pull token,
 * believe its receipts, drop what it says to drop, and pull if there is news.
 */
import type { Holding, LogHead, Me, SyncAnswer, SyncRequest } from "../generated/types.ts";
import { instant } from "../domain/time.ts";
import type { Outbox } from "../store/outbox.ts";
import type { Generations, Replica } from "../store/replica.ts";
import type { Persistence } from "../store/storage.ts";
import type { Trouble } from "./answers.ts";
import { NOT_YOURS } from "./client.ts";
import type { Client } from "./client.ts";
import { afterExchange } from "./clock.ts";
import type { ServerClock } from "./clock.ts";
import type { ExchangeResult } from "./loop.ts";
import { pull } from "./pull.ts";
import type { PullResult } from "./pull.ts";
import { pushAll } from "./push.ts";

/** Whom the exchange is for, what it works on, and who wants to hear of it. */
export interface ExchangeParts {
  person: string;
  school: string;
  device: string;
  /** The app's version, and whether the browser promised to keep what is here: for the office's page. */
  app: string;
  storage: () => Persistence;
  client: Client;
  outbox: Outbox;
  generations: Generations;
  /** The tablet's own clock, milliseconds since 1970. */
  now: () => number;
  /** The digest of the person's grants as they are known here. */
  grants: () => string;
  onIdentity: (me: Me) => Promise<void>;
  onEntries: () => Promise<void>;
  /** Ids put or removed; null: another generation, read all of it. */
  onDocuments: (ids: readonly string[] | null) => Promise<void>;
  /** All entries are in: the way is free for drafts. */
  onPushed?: () => void;
  /** The server's history, or what this person may see, is another one now. */
  onReset?: () => Promise<void>;
  onClock: (clock: ServerClock) => Promise<void>;
  serverNow: () => number;
}

/** The exchanges of one tab, and the replica they pull into. */
export class Exchanger {
  readonly #parts: ExchangeParts;
  #replica: Replica;
  /** Whether the session on the other end was seen to be this person's. */
  #verified = false;
  /** The digest that the person's grants were last asked for; null: as they were known before. */
  #grants: string | null = null;

  constructor(parts: ExchangeParts, replica: Replica) {
    this.#parts = parts;
    this.#replica = replica;
  }

  get replica(): Replica {
    return this.#replica;
  }

  /** Another tab switched generations; go on from the current one. */
  async reopen(): Promise<void> {
    const before = this.#replica;
    this.#replica = await this.#parts.generations.current(this.#parts.school);
    if (this.#replica.generation !== before.generation) await before.close();
  }

  /** This person has just signed in: the session is theirs. */
  trust(): void {
    this.#verified = true;
  }

  /** Somebody signed in or out: make sure again whose session it is before anything is sent. */
  doubt(): void {
    this.#verified = false;
  }

  /** Exchange once. Never rejects: what the tablet's own store cannot do is a result too. */
  async exchange(waitS: number, cut: AbortSignal): Promise<ExchangeResult> {
    try {
      return await this.#exchange(waitS, cut);
    } catch (error) {
      return { kind: "tablet", reason: error instanceof Error ? error.message : String(error) };
    }
  }

  async #exchange(waitS: number, cut: AbortSignal): Promise<ExchangeResult> {
    const stranger = await this.#verify();
    const result = stranger ?? (await this.#steps(waitS, cut));
    if (result.kind === "signed-out") this.#verified = false;
    return result;
  }

  async #steps(waitS: number, cut: AbortSignal): Promise<ExchangeResult> {
    const pushed = await this.#push();
    if (pushed.kind !== "ok") return pushed;
    this.#parts.onPushed?.();
    // A new tablet need not ask whether there is news: everything is.
    const first = (await this.#replica.token()) === null ? await this.#pull() : null;
    if (first !== null && first.kind !== "ok") return first;
    return this.#sync(pushed.settled > 0 || first !== null ? 0 : waitS, cut);
  }

  /** Entries pushed under another person's session would be held as forged; null: all is well. */
  async #verify(): Promise<Exclude<ExchangeResult, { kind: "ok" }> | null> {
    if (this.#verified) return null;
    const { client } = this.#parts;
    const answer = await client.session();
    if (answer.kind !== "ok") return answer;
    if (answer.value.person !== this.#parts.person) return { kind: "signed-out" };
    const bound = await client.bind();
    if (bound.kind !== "ok") return this.#unbound(bound);
    this.#verified = true;
    await this.#parts.onIdentity(answer.value);
    return null;
  }

  /** The tablet is another's now. What its person wrote here before can be sent from nowhere else. */
  async #unbound(refusal: Trouble): Promise<Trouble> {
    const mayPush = refusal.kind === "busy" && refusal.code === NOT_YOURS;
    const pushed = mayPush ? await this.#push() : refusal;
    return pushed.kind === "ok" ? refusal : pushed;
  }

  #push(): ReturnType<typeof pushAll> {
    const { outbox, client, school, serverNow, onEntries } = this.#parts;
    return pushAll({
      waiting: () => outbox.waiting(school),
      read: (keys) => outbox.read(keys),
      settle: (fates) => outbox.settle(fates),
      send: (docs) => client.push(school, docs),
      serverNow,
      onProgress: onEntries,
    });
  }

  /** `holds`: what the tablet holds, said because the last answer asked for it. */
  async #sync(waitS: number, cut: AbortSignal, holds: Holding | null = null): Promise<ExchangeResult> {
    const { client, outbox, school, now } = this.#parts;
    const logs = await outbox.heads(school);
    const request = { ...(await this.#request(logs)), wait_s: waitS, holds };
    const sentMs = now();
    const answer = await client.sync(school, { ...request, device_time: instant(sentMs) }, cut);
    if (answer.kind !== "ok") return answer;
    const { server_time: serverTime, nonce, receipts = [], prove = false } = answer.value;
    await this.#parts.onClock(afterExchange({ sentMs, receivedMs: now(), waited: waitS > 0, serverTime, nonce }));
    if (await outbox.believe(receipts, logs)) await this.#parts.onEntries();
    const learned = await this.#learn(answer.value.grants ?? "");
    const taken = await this.#take(answer.value, receipts.length > 0);
    if (taken.kind === "ok" && learned !== null) return learned;
    if (taken.kind !== "ok" || !prove || holds !== null) return taken;
    return this.#sync(0, cut, await this.#replica.holding());
  }

  /** Other grants than those known here: ask what they are. Null: they are known now. */
  async #learn(grants: string): Promise<Exclude<ExchangeResult, { kind: "ok" }> | null> {
    if (grants === "" || grants === this.#knownGrants()) return null;
    const { client, person, onIdentity } = this.#parts;
    const answer = await client.session();
    if (answer.kind !== "ok") return answer;
    if (answer.value.person !== person) return { kind: "signed-out" };
    this.#grants = grants;
    await onIdentity(answer.value);
    return null;
  }

  #knownGrants(): string {
    return this.#grants ?? this.#parts.grants();
  }

  async #request(logs: LogHead[]): Promise<Omit<SyncRequest, "device_time">> {
    const { outbox, school, device, app, storage } = this.#parts;
    const waiting = await outbox.waiting(school);
    return {
      device,
      logs,
      token: await this.#replica.token(),
      waiting: waiting.length,
      oldest_waiting: await outbox.oldest(waiting),
      storage: storage(),
      app,
      grants: this.#knownGrants() || null,
    };
  }

  async #take(answer: SyncAnswer, receipts: boolean): Promise<ExchangeResult> {
    const drop = answer.drop ?? [];
    if (drop.length > 0) {
      await this.#replica.drop(drop);
      await this.#parts.onDocuments(drop);
    }
    if (answer.reset) {
      await this.#parts.outbox.offerClosed(this.#parts.school);
      await this.#parts.onReset?.();
      await this.#parts.onEntries();
    }
    if (!answer.news && !answer.reset) return { kind: "ok", news: receipts || drop.length > 0 };
    const result = answer.reset ? await this.#pullAnew() : await this.#pull();
    return result.kind === "ok" ? { kind: "ok", news: true } : result;
  }

  async #pull(): Promise<Exclude<PullResult, { kind: "reset" }>> {
    const result = await this.#pullInto(this.#replica, this.#parts.onDocuments);
    return result.kind === "reset" ? this.#pullAnew() : result;
  }

  /** Pull everything into a new generation while the old one is shown, then switch. */
  async #pullAnew(): Promise<Exclude<PullResult, { kind: "reset" }>> {
    const { generations, school, onDocuments } = this.#parts;
    const before = this.#replica;
    // With nothing to show there is nothing to keep beside: pages are of use as they come.
    if ((await before.token()) === null) return settled(await this.#pullInto(before, onDocuments));
    const next = generations.begin();
    const result = settled(await this.#pullInto(next, () => Promise.resolve()));
    if (result.kind === "ok") {
      this.#replica = next;
      await generations.switchTo(school, next, before);
      await onDocuments(null);
    } else {
      await generations.destroy(next);
    }
    return result;
  }

  #pullInto(replica: Replica, onPage: (ids: readonly string[]) => Promise<void>): Promise<PullResult> {
    const { client, school } = this.#parts;
    return pull({ replica, changes: (since) => client.changes(school, since), onPage });
  }
}

/** A reset in the middle of a pull from the beginning: the server changed again; ask later. */
function settled(result: PullResult): Exclude<PullResult, { kind: "reset" }> {
  return result.kind === "reset"
    ? { kind: "busy", reason: "The server changed while it was read.", afterMs: null }
    : result;
}
