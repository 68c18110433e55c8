/** The app behind the screens: who is at the tablet, and the workplace that is open for them. */
import { DeviceStore } from "../store/device.ts";
import { waitingOfOthers } from "../store/people.ts";
import { askToPersist } from "../store/storage.ts";
import type { Me, SignInWays } from "../generated/types.ts";
import type { NewBody } from "../domain/entry.ts";
import { openFirst } from "../domain/schools.ts";
import type { Answer, Trouble } from "../sync/answers.ts";
import { NOT_YOURS } from "../sync/client.ts";
import type { Call, Client } from "../sync/client.ts";
import type { Environment } from "./environment.ts";
import type { EnrolResult, OutboxItem, SignInResult, SyncStatus } from "./model.ts";
import { Signals } from "./signals.ts";
import { Tablet } from "./tablet.ts";
import { Workplace } from "./workplace.ts";
import type { PhotoDesk } from "./photo-desk.ts";
import type { DraftDesk } from "./visit-drafts.ts";

const NOT_KEPT =
  "You signed in, but this browser did not keep it. Allow cookies for this address, close any private window, and try again.";
const UNFETCHED = "What the other school has must be fetched first. Try again when there is a signal.";
const NOBODY = "Sign in first; what you write then is kept on this tablet.";

/** All tabs hear of it when somebody signs in or out: one browser has one session. */
const IDENTITY_CHANNEL = "tidemark-identity";

export class Application {
  readonly signals = new Signals();
  readonly #environment: Environment;
  readonly #device = new DeviceStore();
  #endTicking: () => void = () => undefined;
  #endWaking: () => void = () => undefined;
  #turn: Promise<void> = Promise.resolve();
  #workplace: Workplace | null = null;
  readonly #tablet: Tablet;
  #opened = false;
  #identity: BroadcastChannel | null = null;

  constructor(environment: Environment) {
    this.#environment = environment;
    this.#tablet = new Tablet({
      environment,
      store: this.#device,
      signals: this.signals,
      onEnrolled: () => this.#inTurn(() => this.#reopen()),
      onRevoked: () => this.#leave({ forget: false }),
    });
  }

  /**
   * Open what is on this tablet and begin to sync; resolves when it can be shown. `arrived`: somebody
   * has just signed in through a provider, whoever was at the tablet before.
   */
  async start({ arrived = false }: { arrived?: boolean } = {}): Promise<void> {
    this.#endTicking = this.#environment.everySecond(() => this.#tick());
    this.#endWaking = this.#environment.onAwake(() => void this.#orSay(this.#lookAgain()));
    try {
      if ((await this.#tablet.open()) && !(arrived && (await this.#takeUp()))) await this.#begin();
    } catch (error) {
      this.#say(wordsOf(error));
    }
    this.signals.ready.value = true;
  }

  async #begin(): Promise<void> {
    this.#open();
    const { person, signedOut } = await this.#device.atTablet();
    const me = person === null ? null : await this.#device.person(person);
    if (me !== null) return this.#enter(me, { fresh: false });
    this.#say("");
    this.#countOthers(null);
    void this.#orSay(this.#adoptSession(signedOut));
  }

  /** Let go of everything, as closing the page does. */
  async stop(): Promise<void> {
    this.#endTicking();
    this.#endWaking();
    this.#identity?.close();
    await this.#leave({ forget: false });
    await this.#tablet.close();
  }

  /** Sign in; needs the server. Another person's own stores are opened, and nobody else's. */
  async signIn(username: string, password: string): Promise<SignInResult> {
    try {
      const answer = await (await this.#client()).signIn(username, password);
      if (answer.kind !== "ok") return { ok: false, message: refusal(answer) };
      const me = await this.#asLeft(answer.value);
      await this.#device.remember(me);
      this.#tellTabs(me.person);
      await this.#enter(me, { fresh: true });
      return { ok: true };
    } catch (error) {
      return { ok: false, message: wordsOf(error) };
    }
  }

  /**
   * Sign out. What waits stays on this tablet, what came from the server does not. Resolves to the
   * address at which the browser signs out of a provider too; null for none.
   */
  async signOut(): Promise<string | null> {
    const client = await this.#client();
    const waiting = this.#workplace?.waiting ?? 0;
    const drafts = this.#workplace?.visitDrafts.waiting ?? 0;
    const photos = this.#workplace?.photos.waiting ?? 0;
    this.#workplace?.hush();
    const answer = await client.signOut();
    await this.#device.leave(answer.kind === "ok");
    this.#tellTabs(null);
    await this.#leave({ forget: true });
    this.#say(signedOutWords([waiting, drafts, photos]));
    return answer.kind === "ok" ? (answer.value.provider ?? null) : null;
  }

  /** Every way in that the server offers. */
  async ways(): Promise<Answer<SignInWays>> {
    try {
      return await (await this.#client()).ways();
    } catch (error) {
      return { kind: "unreachable", reason: wordsOf(error) };
    }
  }

  /** Open another school of the person's; null once it is, or why it cannot be now, in words. */
  async openSchool(school: string): Promise<string | null> {
    const me = this.signals.me.peek();
    if (me === null || me.schools[0]?.school === school) return null;
    if (this.#here().waiting > 0) return "Entries wait here to be sent to the school that is open. Try again once they are in.";
    // What is here is removed, and the other has to be fetched: not before the server has answered.
    const answer = await (await this.#client()).session();
    if (answer.kind !== "ok" || answer.value.person !== me.person) return UNFETCHED;
    const next = openFirst(answer.value, school);
    await this.#device.remember(next);
    await this.#leave({ forget: true });
    await this.#enter(next, { fresh: true });
    this.#tellTabs(me.person);
    return null;
  }

  /** As the server knows them, with the school first that was open on this tablet last. */
  async #asLeft(me: Me): Promise<Me> {
    const before = await this.#device.person(me.person);
    return openFirst(me, before?.schools[0]?.school ?? null);
  }

  record(body: NewBody): Promise<OutboxItem> {
    return this.#here().record(body);
  }

  async syncNow(): Promise<void> {
    await this.#workplace?.syncNow();
  }

  /** Read a pupil's half-terms into the signals; nothing while nobody is at the tablet. */
  showHistory(pupil: string): void {
    void this.#orSay(this.#workplace?.showHistory(pupil) ?? Promise.resolve());
  }

  saveDraft(key: string, value: unknown): Promise<void> {
    return this.#here().drafts.save(key, value);
  }

  loadDraft(key: string): Promise<unknown> {
    return this.#here().drafts.load(key);
  }

  dropDraft(key: string): Promise<void> {
    return this.#here().drafts.drop(key);
  }

  /** The photos of visits at the workplace that is open. */
  get photos(): PhotoDesk {
    return this.#here().photos;
  }

  /** The drafts of visits at the workplace that is open. */
  get visitDrafts(): DraftDesk {
    return this.#here().visitDrafts;
  }

  /** Enrol this tablet with a code from the school's screen. */
  enrol(code: string): Promise<EnrolResult> {
    return this.#tablet.enrol(code);
  }

  /** After a revocation: begin again as a tablet that nobody used. */
  async beAnew(): Promise<void> {
    this.#tablet.forgive();
    if (await this.#tablet.open()) await this.#begin();
  }

  /** Ask the server something, signed as this tablet's requests are. */
  async ask<T>(path: string, call: Call): Promise<Answer<T>> {
    try {
      return await (await this.#client()).ask<T>(path, call);
    } catch (error) {
      return { kind: "unreachable", reason: wordsOf(error) };
    }
  }

  /** Note in the status that a new version of the app waits. */
  updateReady(): void {
    this.#setStatus({ updateReady: true });
  }

  #here(): Workplace {
    if (this.#workplace === null) throw new Error(NOBODY);
    return this.#workplace;
  }

  /** A client that speaks for the tablet, also where opening it failed before. */
  async #client(): Promise<Client> {
    if (!this.#opened && (await this.#tablet.open())) this.#open();
    return this.#tablet.client();
  }

  #open(): void {
    if (this.#opened) return;
    this.#opened = true;
    this.#listen();
    void this.#persist();
  }

  async #persist(): Promise<void> {
    this.#setStatus({ storage: await askToPersist(this.#environment.storage) });
  }

  /** An enrolled tablet that nobody is at asks all the same: the school may have revoked it. */
  async #lookAgain(): Promise<void> {
    if (this.#workplace !== null || !this.#tablet.enrolled || this.signals.departure.peek() !== null) return;
    await this.#adoptSession((await this.#device.atTablet()).signedOut);
  }

  /** Nobody is at the tablet: end a session left over from signing out offline, or take it up. */
  async #adoptSession(signedOut: boolean): Promise<void> {
    const client = await this.#client();
    if (signedOut) {
      if ((await client.signOut()).kind !== "ok") return;
      await this.#device.leave(true);
      // An enrolled tablet asks all the same: it may have been revoked meanwhile.
      if (!this.#tablet.enrolled) return;
    }
    const answer = await client.session();
    if (answer.kind === "ok" && this.#workplace === null) await this.#welcome(client, answer.value);
  }

  /** Somebody is back from a provider; false where the server knows of no session after all. */
  async #takeUp(): Promise<boolean> {
    this.#open();
    const client = await this.#client();
    const answer = await client.session();
    if (answer.kind !== "ok") {
      this.signals.trouble.value = answer.kind === "signed-out" ? NOT_KEPT : answer.reason;
      return false;
    }
    return this.#welcome(client, answer.value);
  }

  /** The browser has a session of `me`'s: bind it to this tablet, and let them in. */
  async #welcome(client: Client, me: Me): Promise<boolean> {
    const bound = await client.bind();
    if (bound.kind === "busy" && bound.code === NOT_YOURS) {
      await this.#refuse(client, bound.reason);
      return false;
    }
    const mine = await this.#asLeft(me);
    await this.#device.remember(mine);
    this.#tellTabs(me.person);
    await this.#enter(mine, { fresh: true });
    return true;
  }

  /** The tablet is somebody else's: the session that began on it ends, and the page says why. */
  async #refuse(client: Client, reason: string): Promise<void> {
    await client.signOut();
    this.signals.trouble.value = reason;
  }

  /** `fresh`: the server has just said that the session is theirs. */
  #enter(me: Me, { fresh }: { fresh: boolean }): Promise<void> {
    return this.#inTurn(() => this.#enterNow(me, fresh));
  }

  #leave(how: { forget: boolean }): Promise<void> {
    return this.#inTurn(() => this.#leaveNow(how));
  }

  /** One coming or going at a time: two at once would leave a workplace open that nobody knows of. */
  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }

  async #enterNow(me: Me, fresh: boolean): Promise<void> {
    const [school] = me.schools;
    const same = this.#workplace?.school === school?.school && this.signals.me.peek()?.person === me.person;
    if (this.#workplace !== null && same) {
      this.signals.me.value = me;
      this.#workplace.signedIn(me, fresh);
      return;
    }
    await this.#leaveNow({ forget: false });
    if (school === undefined) throw new Error(`${me.name} works at no school yet; the office can add one.`);
    const { signals } = this;
    this.#countOthers(me.person);
    this.#workplace = await Workplace.open({
      me,
      school: school.school,
      device: this.#tablet.device,
      fresh,
      client: (ended) => this.#tablet.client(ended, me.person),
      environment: this.#environment,
      signals,
      onOffset: (offsetMs) => this.#tablet.setOffset(offsetMs),
      onIdentity: async (known) => {
        signals.me.value = openFirst(known, school.school);
        // Another tab may just have opened another school: which one is open, it has noted.
        await this.#device.remember(await this.#asLeft(known));
      },
    });
    signals.me.value = me;
  }

  async #leaveNow({ forget }: { forget: boolean }): Promise<void> {
    const before = this.#workplace;
    if (before === null) return;
    this.#workplace = null;
    this.signals.clear();
    await before.close({ forget });
    if (this.signals.departure.peek() === null) this.#countOthers(null);
  }

  /** The same person goes on under the tablet's new name; their session is bound to its key. */
  async #reopen(): Promise<void> {
    const me = this.signals.me.peek();
    if (me === null) return;
    await this.#leaveNow({ forget: false });
    await this.#enterNow(me, false);
  }

  /** How much of other people's waits here: it is nobody's business whose, but it is not forgotten. */
  #countOthers(person: string | null): void {
    const count = async (): Promise<void> => this.#setStatus({ others: await waitingOfOthers(person) });
    void this.#orSay(count());
  }

  #listen(): void {
    if (typeof BroadcastChannel === "undefined") return;
    this.#identity = new BroadcastChannel(IDENTITY_CHANNEL);
    this.#identity.addEventListener("message", (event: MessageEvent<string | null>) => {
      void this.#orSay(this.#follow(event.data));
    });
  }

  #tellTabs(person: string | null): void {
    this.#identity?.postMessage(person);
  }

  /** Another tab signed somebody in or out, or opened another school. */
  async #follow(person: string | null): Promise<void> {
    const me = person === null ? null : await this.#device.person(person);
    if (me === null) await this.#leave({ forget: false });
    else await this.#enter(me, { fresh: false });
  }

  #tick(): void {
    const { signals } = this;
    signals.now.value = this.#environment.now() + (signals.status.peek().offsetMs ?? 0);
  }

  /** What nobody waits for says in words what went wrong with it. */
  async #orSay(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      this.#say(wordsOf(error));
    }
  }

  #say(message: string): void {
    this.#setStatus({ message });
  }

  #setStatus(change: Partial<SyncStatus>): void {
    this.signals.status.value = { ...this.signals.status.peek(), ...change };
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Why signing in did not work, in words. */
function refusal(trouble: Trouble): string {
  switch (trouble.kind) {
    case "signed-out":
      return "That name and password do not go together. Check both and try again, or ask the office.";
    case "unreachable":
      return `${trouble.reason} Signing in needs the server; what is on this tablet already can be used without it.`;
    case "busy":
    case "refused":
      return trouble.reason;
    default:
      return trouble satisfies never;
  }
}

function signedOutWords(waiting: readonly [entries: number, drafts: number, photos: number]): string {
  const names = [["entry", "entries"], ["draft", "drafts"], ["photo", "photos"]] as const;
  const kept = names.flatMap(([one, more], at) => {
    const n = waiting[at] ?? 0;
    return n === 0 ? [] : [`${n} ${n === 1 ? one : more}`];
  });
  if (kept.length === 0) return "You are signed out.";
  const wait = waiting[0] + waiting[1] + waiting[2] === 1 ? "waits" : "wait";
  const last = kept.pop() ?? "";
  const all = kept.length === 0 ? last : `${kept.join(", ")} and ${last}`;
  return `You are signed out. ${all} ${wait} on this tablet and will be sent when you sign in here again.`;
}
