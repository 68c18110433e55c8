/** A workplace: one person at one school on this tablet, with their stores open and their sync running. */
import type { Kind, NewBody } from "../domain/entry.ts";
import { roleFor, rolesAt } from "../domain/grants.ts";
import { instant, localMoment } from "../domain/time.ts";
import type { Me, Role } from "../generated/types.ts";
import { Drafts } from "../store/drafts.ts";
import { Outbox } from "../store/outbox.ts";
import type { Stored } from "../store/outbox.ts";
import { connectPerson } from "../store/person.ts";
import type { PersonConnection } from "../store/person.ts";
import { historyId, historyOf, isPublished } from "../store/published.ts";
import { PhotoSender } from "../photos/sender.ts";
import { Photos } from "../store/photos.ts";
import { Generations } from "../store/replica.ts";
import type { Replica, Window } from "../store/replica.ts";
import type { EntryKey } from "../store/person.ts";
import { seal, unsealed } from "../store/envelope.ts";
import { VisitDrafts } from "../store/visit-drafts.ts";
import { TabChannel } from "../sync/channel.ts";
import type { Message } from "../sync/channel.ts";
import type { Client } from "../sync/client.ts";
import { forEntry } from "../sync/clock.ts";
import type { ServerClock } from "../sync/clock.ts";
import { afterPhase, NO_CONTACT } from "../sync/contact.ts";
import type { Contact } from "../sync/contact.ts";
import { DraftPush } from "../sync/draft-push.ts";
import { Exchanger } from "../sync/exchange.ts";
import { Leader } from "../sync/leader.ts";
import { Loop } from "../sync/loop.ts";
import type { Environment } from "./environment.ts";
import { bodyOf, itemOf } from "./items.ts";
import { KEPT_DAYS } from "./model.ts";
import type { OutboxItem } from "./model.ts";
import { PhotoDesk } from "./photo-desk.ts";
import type { Signals } from "./signals.ts";
import { statusOf } from "./standing.ts";
import { Views } from "./views.ts";
import { DraftDesk } from "./visit-drafts.ts";
import { isBefore, windowAt } from "./window.ts";

const GENERATION_BYTES = 8;
const DAY_MS = 86_400_000;
/** Pupils whose histories are kept at hand for the screens. */
const HISTORIES_SHOWN = 8;

/** What a workplace is opened with. */
export interface WorkplaceParts {
  me: Me;
  school: string;
  device: string;
  /** The person has just signed in; else the server is asked whose session it is. */
  fresh: boolean;
  /** Requests for this workplace, which end with it. */
  client: (ended: AbortSignal) => Client;
  environment: Environment;
  signals: Signals;
  /** The server told a new name or role for this person. */
  onIdentity: (me: Me) => Promise<void>;
  /** The server's time less this tablet's. */
  onOffset: (offsetMs: number) => void;
}

export class Workplace {
  readonly drafts: Drafts;
  readonly photos: PhotoDesk;
  readonly visitDrafts: DraftDesk;
  readonly #parts: WorkplaceParts;
  readonly #connection: PersonConnection;
  readonly #outbox: Outbox;
  readonly #generations: Generations;
  readonly #exchanger: Exchanger;
  readonly #views: Views;
  readonly #loop: Loop;
  readonly #draftPush: DraftPush;
  readonly #photos: Photos;
  readonly #photoSender: PhotoSender;
  readonly #leader: Leader;
  readonly #tabs: TabChannel;
  #me: Me;
  #stored: readonly Stored[] = [];
  /** The window that the replica was trimmed to last. */
  #trimmed = "";
  /** The date on which own entries were trimmed last. */
  #entriesTrimmed = "";
  #shown: readonly string[] = [];
  /** Keys of waiting entries that only a newer version can open. */
  #closed: readonly EntryKey[] = [];
  #contact: Contact = NO_CONTACT;
  readonly #ended = new AbortController();

  /** Open a person's stores, show what they hold, and begin to sync. */
  static async open(parts: WorkplaceParts): Promise<Workplace> {
    const connection = connectPerson(parts.me.person);
    const mint = (): string => parts.environment.randomHex(GENERATION_BYTES);
    const generations = new Generations(connection, parts.me.person, mint);
    const workplace = new Workplace(parts, connection, generations, await generations.current(parts.school));
    await workplace.#begin();
    return workplace;
  }

  private constructor(parts: WorkplaceParts, connection: PersonConnection, generations: Generations, replica: Replica) {
    const { me, environment, signals } = parts;
    this.#parts = parts;
    this.#me = me;
    this.#connection = connection;
    this.#generations = generations;
    this.drafts = new Drafts(connection);
    this.#outbox = new Outbox(connection, environment.randomHex);
    this.#views = new Views(signals);
    this.#exchanger = this.#makeExchanger(replica);
    if (parts.fresh) this.#exchanger.trust();
    this.#loop = new Loop({
      exchange: (waitS, cut) => this.#exchanger.exchange(waitS, cut),
      visible: environment.visible,
      report: (phase) => {
        this.#setContact(afterPhase(this.#contact, phase), true);
        if (phase.kind === "well") this.#photoSender.kick();
      },
      random: environment.random,
      now: environment.now,
    });
    const store = this.#draftStore();
    this.#draftPush = this.#makeDraftPush(store);
    this.visitDrafts = new DraftDesk({
      person: me.person,
      store,
      signals,
      onWritten: ({ now }) => this.#sendDrafts(now),
    });
    this.#photos = new Photos(connection);
    this.photos = this.#makePhotoDesk();
    this.#photoSender = this.#makePhotoSender();
    this.#leader = new Leader(environment.locks, `tidemark-sync-${me.person}`, (stop) => this.#lead(stop));
    this.#tabs = new TabChannel(`tidemark-${me.person}`, (message) => void this.#hear(message));
  }

  #makePhotoDesk(): PhotoDesk {
    const { school, environment, signals } = this.#parts;
    return new PhotoDesk({
      school,
      store: this.#photos,
      signals,
      record: (body) => this.record(body),
      newId: () => environment.randomHex(GENERATION_BYTES),
      now: environment.now,
      onWritten: () => this.#sendPhotos(),
    });
  }

  #makePhotoSender(): PhotoSender {
    const { school, client, environment } = this.#parts;
    const asking = client(this.#ended.signal);
    return new PhotoSender({
      school,
      photos: this.#photos,
      ask: (path, call) => asking.ask(path, call),
      entriesWait: async () => (await this.#outbox.waiting(school)).length > 0,
      onChange: async () => {
        await this.photos.read();
        this.#tabs.tell({ about: "photos", written: false });
      },
      now: environment.now,
      random: environment.random,
    });
  }

  /** Photos are sent by the tab that sends; another asks it to. */
  #sendPhotos(): void {
    this.#tabs.tell({ about: "photos", written: true });
    this.#photoSender.kick();
  }

  #draftStore(): VisitDrafts {
    const { school, environment } = this.#parts;
    const now = (): string => instant(environment.now());
    return new VisitDrafts({ connection: this.#connection, school, now, random: environment.randomHex });
  }

  #makeDraftPush(drafts: VisitDrafts): DraftPush {
    const { school, device, client } = this.#parts;
    return new DraftPush({
      drafts,
      client: client(this.#ended.signal),
      school,
      device,
      entriesWait: async () => (await this.#outbox.waiting(school)).length > 0,
      leading: () => this.#leader.leading,
      onDrafts: async () => {
        await this.visitDrafts.read();
        this.#tabs.tell({ about: "drafts", written: false });
      },
    });
  }

  /** Drafts are sent by the tab that sends; another asks it to. */
  #sendDrafts(now: boolean): void {
    this.#tabs.tell({ about: "drafts", written: true });
    if (now) this.#draftPush.now();
    else this.#draftPush.soon();
  }

  #makeExchanger(replica: Replica): Exchanger {
    const { me, school, device, client, environment } = this.#parts;
    const parts = {
      person: me.person,
      school,
      device,
      app: environment.app,
      storage: () => this.#parts.signals.status.peek().storage,
      client: client(this.#ended.signal),
      outbox: this.#outbox,
      generations: this.#generations,
      now: environment.now,
      serverNow: () => this.#serverNow(),
      grants: () => this.#me.schools.find((one) => one.school === school)?.digest ?? "",
      onIdentity: async (known: Me): Promise<void> => {
        this.#me = known;
        await this.#parts.onIdentity(known);
        this.#tabs.tell({ about: "identity", me: known });
      },
      onEntries: async (): Promise<void> => {
        await this.#readEntries();
        this.#tabs.tell({ about: "entries", written: false });
      },
      onDocuments: async (ids: readonly string[] | null): Promise<void> => {
        const window = this.#window();
        if (ids === null || ids.some((id) => isBefore(id, window))) await this.#trim();
        await this.#readDocuments(ids);
        // What was read may have brought another calendar.
        await this.#trimIfMoved();
        this.#tabs.tell({ about: "documents", ids });
      },
      onPushed: () => this.#draftPush.now(),
      onReset: async (): Promise<void> => {
        await this.#draftStore().offerAgain();
        await this.visitDrafts.read();
        this.#draftPush.now();
      },
      onClock: async (clock: ServerClock): Promise<void> => {
        await this.#setClock(clock);
        await this.#trimIfMoved();
        await this.#trimEntries();
      },
    };
    return new Exchanger(parts, replica);
  }

  async #begin(): Promise<void> {
    const { environment } = this.#parts;
    const clock = await this.#connection.use("The clock could not be read.", async (database) => {
      return unsealed(await database.get("meta", "clock"));
    });
    if (isServerClock(clock)) this.#setContact({ ...this.#contact, clock }, false);
    await Promise.all([this.#readDocuments(null), this.#readEntries()]);
    await this.visitDrafts.read();
    const awake = environment.onAwake(() => {
      if (environment.visible()) this.#leader.take();
      this.#loop.kick();
    });
    this.#ended.signal.addEventListener("abort", awake);
    await this.photos.open();
    this.#leader.start();
    if (environment.visible()) this.#leader.take();
  }

  /** Write an entry; resolves when it is durable on this tablet. */
  async record(given: NewBody): Promise<OutboxItem> {
    const { school, device, environment } = this.#parts;
    const body = bodyOf(given, {
      author: this.#me.person,
      role: this.#roleFor(given.kind),
      device,
      written_at: instant(environment.now()),
      clock: forEntry(this.#contact.clock),
    });
    const stored = await this.#outbox.append(school, body);
    this.#showEntries([stored, ...this.#stored]);
    this.#draftPush.giveWay();
    this.#photoSender.yieldTo();
    this.#tabs.tell({ about: "entries", written: true });
    this.#loop.kick();
    return itemOf(stored);
  }

  /** A role in force by now that may; without one that of the account: it is held then, and says why. */
  #roleFor(kind: Kind): Role {
    const { schools, role } = this.#me;
    const mine = schools.find(({ school }) => school === this.#parts.school);
    return roleFor(kind, rolesAt(mine, role, this.#serverNow())) ?? role;
  }

  /** Have a pupil's histories at hand for a screen, from now on. */
  async showHistory(pupil: string): Promise<void> {
    this.#shown = [...this.#shown.filter((one) => one !== pupil), pupil].slice(-HISTORIES_SHOWN);
    await this.#readHistories();
  }

  /** Exchange now; what was refused is offered again. */
  async syncNow(): Promise<void> {
    if ((await this.#outbox.retryRefused()) > 0) await this.#readEntries();
    this.#tabs.tell({ about: "entries", written: true });
    this.#loop.kick();
    this.#sendPhotos();
  }

  /** The same person signed in again, here or, not `fresh`, in another tab. */
  signedIn(me: Me, fresh: boolean): void {
    this.#me = me;
    if (fresh) this.#exchanger.trust();
    else this.#exchanger.doubt();
    this.#loop.kick();
  }

  get school(): string {
    return this.#parts.school;
  }

  /** Entries that the server has not acknowledged. */
  get waiting(): number {
    return this.#stored.filter(({ fate }) => fate === null).length + this.#closed.length;
  }

  /** Ask the server nothing more: the session is about to end, and a question that waits would be refused. */
  hush(): void {
    this.#ended.abort();
  }

  /** End it: nothing more is shown or sent. `forget`: the replica goes too; the outbox never does. */
  async close({ forget }: { forget: boolean }): Promise<void> {
    this.#ended.abort();
    this.visitDrafts.end();
    this.#tabs.close();
    this.photos.end();
    // An exchange under way might otherwise write into what is forgotten here.
    this.#leader.stop();
    await Promise.all([this.#leader.idle, this.#draftPush.stop()]);
    await this.#exchanger.replica.close();
    if (forget) await this.#generations.forget(this.#parts.school);
    await this.#connection.close();
  }

  async #lead(stop: AbortSignal): Promise<void> {
    try {
      await this.#tidyUp();
    } catch {
      // The same store fails the first exchange, which tells the person and is tried again.
    }
    await Promise.all([this.#loop.run(stop), this.#photoSender.run(stop)]);
  }

  async #tidyUp(): Promise<void> {
    await this.#exchanger.reopen();
    await this.#generations.sweep();
    // A server that was mended, or a newer app, may take what was refused before.
    if ((await this.#outbox.retryRefused()) > 0) await this.#readEntries();
    // Half-terms wait for a contact: by a clock that is months ahead, they would be gone for good.
    await this.#trim({ ...this.#window(), halves: null });
  }

  async #trim(window = this.#window()): Promise<void> {
    const { replica } = this.#exchanger;
    const decided = this.#decidedBefore(window.halves?.at(-1) ?? "");
    const gone = [...(await replica.trim(window)), ...decided];
    if (decided.length > 0) await replica.drop(decided);
    this.#trimmed = JSON.stringify(window);
    if (gone.length === 0 || this.#ended.signal.aborted) return;
    this.#views.changeDocuments(gone, []);
    await this.#readHistories();
  }

  /** Held entries that were decided on before `date`: they leave with the half-term of that. */
  #decidedBefore(date: string): string[] {
    const held = [...this.#parts.signals.held.peek().values()];
    const settled = held.filter(({ outcome }) => {
      if (outcome === undefined || outcome === null || outcome.what === "contested") return false;
      return localMoment(outcome.at, this.#timeZone()).date < date;
    });
    return settled.map(({ _id }) => _id);
  }

  /** A new day, or another calendar, may leave days and half-terms behind that no feed tells of. */
  /** Once a day, after a contact: by a clock that is months ahead, what is wanted would be old. */
  async #trimEntries(): Promise<void> {
    const now = this.#serverNow();
    const { date } = localMoment(now, this.#timeZone());
    if (date === this.#entriesTrimmed) return;
    this.#entriesTrimmed = date;
    const gone = await this.#outbox.trim(this.#parts.school, instant(now - KEPT_DAYS * DAY_MS));
    if (gone > 0) await this.#readEntries();
  }

  async #trimIfMoved(): Promise<void> {
    if (JSON.stringify(this.#window()) !== this.#trimmed) await this.#trim();
  }

  #window(): Window {
    const calendar = this.#parts.signals.school.peek()?.calendar ?? null;
    return windowAt(localMoment(this.#serverNow(), this.#timeZone()).date, calendar);
  }

  async #hear(message: Message): Promise<void> {
    if (message.about === "entries") {
      await this.#readEntries();
      if (message.written) this.#draftPush.giveWay();
      if (message.written) this.#photoSender.yieldTo();
      if (message.written && this.#leader.leading) this.#loop.kick();
    } else if (message.about === "photos") {
      await this.photos.read();
      if (message.written) this.#photoSender.kick();
    } else if (message.about === "drafts") {
      await this.visitDrafts.read();
      if (message.written) this.#draftPush.soon();
    } else if (message.about === "documents") {
      if (message.ids === null) await this.#exchanger.reopen();
      await this.#readDocuments(message.ids);
    } else if (message.about === "identity") {
      this.#me = message.me;
      await this.#parts.onIdentity(message.me);
    } else if (!this.#leader.leading) {
      this.#setContact(message.contact, false);
    }
  }

  async #readEntries(): Promise<void> {
    const { school } = this.#parts;
    const outbox = this.#outbox;
    const reading = [outbox.list(school), outbox.beyond(school), outbox.erased(school)] as const;
    const [stored, closed, erased] = await Promise.all(reading);
    this.#closed = closed;
    if (!this.#ended.signal.aborted) this.#parts.signals.erased.value = erased;
    this.#showEntries(stored);
  }

  #showEntries(stored: readonly Stored[]): void {
    if (this.#ended.signal.aborted) return;
    this.#stored = stored;
    this.#views.setEntries(stored, this.#closed, this.#me.name);
    this.#showStatus();
  }

  async #readDocuments(ids: readonly string[] | null): Promise<void> {
    const { replica } = this.#exchanger;
    const others = ids?.filter((id) => historyOf(id) === null) ?? null;
    const found = await (others === null ? replica.read() : replica.readSome(others));
    if (this.#ended.signal.aborted) return;
    if (others === null) this.#views.setDocuments(found);
    else this.#views.changeDocuments(others, found);
    if (ids === null || ids.some(isOfDraft)) await this.visitDrafts.read();
    this.#showStatus();
    const pupils = ids?.map((id) => historyOf(id)?.pupil ?? "") ?? this.#shown;
    if (pupils.some((pupil) => this.#shown.includes(pupil))) await this.#readHistories();
  }

  async #readHistories(): Promise<void> {
    const pupils = this.#shown;
    const halves = this.#window().halves ?? [];
    const ids = pupils.flatMap((pupil) => halves.map((half) => historyId(half, pupil)));
    const found = (await this.#exchanger.replica.readSome(ids)).filter(isPublished);
    if (this.#ended.signal.aborted) return;
    const histories = found.filter((one) => one.type === "history");
    this.#views.setHistories(new Map(pupils.map((pupil) => [pupil, histories.filter((one) => one.pupil === pupil)])));
  }

  async #setClock(clock: ServerClock): Promise<void> {
    this.#setContact({ ...this.#contact, clock }, true);
    await this.#connection.use("The server's time could not be kept.", async (database) => {
      await database.put("meta", seal(clock), "clock");
    });
  }

  #setContact(contact: Contact, tell: boolean): void {
    this.#contact = contact;
    if (contact.clock.offsetMs !== null) this.#parts.onOffset(contact.clock.offsetMs);
    if (tell) this.#tabs.tell({ about: "contact", contact });
    this.#showStatus();
  }

  #showStatus(): void {
    if (this.#ended.signal.aborted) return;
    const { signals } = this.#parts;
    const { storage, updateReady, others } = signals.status.peek();
    const own = [...signals.entries.peek(), ...signals.beyond.peek()];
    const beyond = signals.beyond.peek().length + this.#views.unknown;
    const kept = { storage, updateReady, others, beyond };
    signals.status.value = statusOf(this.#contact, own, this.#timeZone(), kept);
    signals.now.value = this.#serverNow();
  }

  #serverNow(): number {
    return this.#parts.environment.now() + (this.#contact.clock.offsetMs ?? 0);
  }

  #timeZone(): string {
    return this.#parts.signals.school.peek()?.calendar.time_zone ?? "Europe/London";
  }
}

/** Whether a document says something of a draft. */
function isOfDraft(id: string): boolean {
  return id.startsWith("draft:") || id.startsWith("draft_end:");
}

function isServerClock(value: unknown): value is ServerClock {
  return typeof value === "object" && value !== null && "offsetMs" in value && "nonce" in value;
}
