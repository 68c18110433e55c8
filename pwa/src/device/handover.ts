/**
 * Handing over: every entry on this tablet that the server has not got, whoever wrote it, in portions
 * of bounded size; then the drafts of visits, one by one. Each is noted as taken once the server has
 * it, so that the rest goes on after a crash.
 */
import type { Entry } from "../domain/entry.ts";
import { peopleHere, withDrafts, withOutbox, withPhotos } from "../store/people.ts";
import type { EntryKey, Fate } from "../store/person.ts";
import type { Trouble } from "../sync/answers.ts";
import { isHereAlone } from "../store/visit-drafts.ts";
import type { DraftCopy } from "../store/visit-drafts.ts";
import type { Client } from "../sync/client.ts";
import { prepared } from "../sync/draft-push.ts";
import { bounded } from "../sync/push.ts";

export interface HandoverParts {
  client: Client;
  /** How many were handed over so far, and how many are left. */
  count: (handedOver: number, left: number) => void;
  /** What keeps it from going on, in words; resolves when it is time to try again. */
  wait: (trouble: string, wishedMs: number | null) => Promise<void>;
}

interface Unsent {
  person: string;
  /** Null: of a log that this version cannot open. */
  school: string | null;
  key: EntryKey;
}

interface UnsentDraft {
  person: string;
  copy: DraftCopy;
}

interface Read {
  unsent: Unsent;
  entry: Entry;
}

const PORTION = 100;
const NEWER = "An entry on this tablet can be read only by a newer version of Tidemark. Load this page again to get it.";
const HANDED_OVER = "Handed over to the school when this tablet was revoked.";
const TAKEN: Fate = { state: "held", reason: HANDED_OVER, receivedAt: null, setAside: [] };

export class Handover {
  readonly #parts: HandoverParts;
  #most = PORTION;
  /** Entries that cannot go, each with the reason, until the next round. */
  readonly #stuck = new Map<string, string>();

  constructor(parts: HandoverParts) {
    this.#parts = parts;
  }

  /** Resolves when the server has all; one that it will not take keeps all else here, with its reason. */
  async run(): Promise<void> {
    while (!(await this.#turn()));
    this.#parts.count(await handedOver(), 0);
  }

  /** One portion; whether it was the last. */
  async #turn(): Promise<boolean> {
    const unsent = (await allUnsent()).filter((one) => !this.#stuck.has(nameOf(one)));
    const drafts = (await allUnsentDrafts()).filter((one) => !this.#stuck.has(draftName(one)));
    this.#parts.count(await handedOver(), unsent.length + drafts.length + this.#stuck.size);
    const [reason = null] = this.#stuck.values();
    if (unsent.length + drafts.length === 0 && reason !== null) {
      await this.#parts.wait(reason, null);
      this.#stuck.clear();
      return false;
    }
    const [draft] = drafts;
    if (unsent.length === 0 && draft !== undefined) {
      await this.#sendDraft(draft);
      return false;
    }
    const wanted = unsent.slice(0, this.#most);
    const portion = await readPortion(wanted);
    if (portion.length > 0 || wanted.length === 0) {
      return this.#send(portion, portion.length === unsent.length && drafts.length + this.#stuck.size === 0);
    }
    for (const one of wanted) this.#stuck.set(nameOf(one), NEWER);
    return false;
  }

  async #sendDraft(one: UnsentDraft): Promise<void> {
    const { person, copy } = one;
    // The server knows from which tablet it comes.
    const { body: saving, digest } = prepared(copy, copy.copy);
    await withDrafts(person, (drafts) => drafts.sending(copy.draft, copy.n, digest));
    const body = { entries: [], drafts: [{ school: copy.school, person, saving }], last: false };
    const answer = await this.#parts.client.ask<unknown>("/devices/farewell", { method: "POST", body });
    if (answer.kind === "ok") {
      const kept = { copy_id: copy.copy, n: copy.n, digest, received_at: copy.savedAt };
      await withDrafts(person, (drafts) => drafts.kept(copy.draft, kept));
    } else if (answer.kind === "refused") this.#stuck.set(draftName(one), answer.reason);
    else await this.#parts.wait(wordsOf(answer), answer.kind === "busy" ? answer.afterMs : null);
  }

  async #send(portion: readonly Read[], last: boolean): Promise<boolean> {
    const body = { entries: bySchool(portion), last };
    const answer = await this.#parts.client.ask<unknown>("/devices/farewell", { method: "POST", body });
    if (answer.kind === "ok") {
      this.#most = PORTION;
      await settle(portion.map(({ unsent }) => unsent));
      return last;
    }
    const [first] = portion;
    if (answer.kind !== "refused" || first === undefined) {
      await this.#parts.wait(wordsOf(answer), answer.kind === "busy" ? answer.afterMs : null);
    } else if (portion.length > 1) {
      this.#most = Math.ceil(portion.length / 2);
    } else {
      this.#stuck.set(nameOf(first.unsent), answer.reason);
    }
    return false;
  }
}

/** Why a request did not do, for the page. */
export function wordsOf(answer: Trouble): string {
  return answer.kind === "signed-out" ? "The school’s server did not know this tablet." : answer.reason;
}

/** All that is on this tablet and not on the server, whoever wrote it. */
export async function allUnsent(): Promise<Unsent[]> {
  const people = await peopleHere();
  const found = await Promise.all(
    people.map(async (person) => {
      const unsent = await withOutbox(person, (outbox) => outbox.unsent());
      return unsent.map(({ school, key }) => ({ person, school, key }));
    }),
  );
  return found.flat();
}

/** Drafts of visits whose newest words are on this tablet alone, whoever wrote them. */
export async function allUnsentDrafts(): Promise<UnsentDraft[]> {
  const people = await peopleHere();
  const found = await Promise.all(
    people.map(async (person) => {
      const copies = await withDrafts(person, (drafts) => drafts.everywhere());
      return copies.filter(isHereAlone).map((copy) => ({ person, copy }));
    }),
  );
  return found.flat();
}

/** Photos of visits whose bytes the server has not got, whoever took them. */
export async function countUnsentPhotos(): Promise<number> {
  const people = await peopleHere();
  const counts = await Promise.all(people.map((person) => withPhotos(person, (photos) => photos.countUnsent())));
  return counts.reduce((sum, count) => sum + count, 0);
}

function draftName({ person, copy }: UnsentDraft): string {
  return `${person} draft ${copy.draft}`;
}

async function handedOver(): Promise<number> {
  const people = await peopleHere();
  const counts = await Promise.all(people.map((person) => withOutbox(person, (outbox) => outbox.countFates(HANDED_OVER))));
  return counts.reduce((sum, count) => sum + count, 0);
}

/** The entries of a portion that can be read, of bounded size, in the order given. */
async function readPortion(unsent: readonly Unsent[]): Promise<Read[]> {
  const read: Read[] = [];
  for (const person of new Set(unsent.map((one) => one.person))) {
    const theirs = unsent.filter((one) => one.person === person && one.school !== null);
    const entries = await withOutbox(person, (outbox) => outbox.read(theirs.map(({ key }) => key)));
    const found = new Map(entries.map((entry) => [`${entry.log} ${entry.n}`, entry]));
    for (const one of theirs) {
      const entry = found.get(one.key.join(" "));
      if (entry !== undefined) read.push({ unsent: one, entry });
    }
  }
  return read.slice(0, bounded(read.map(({ entry }) => entry)).length);
}

async function settle(unsent: readonly Unsent[]): Promise<void> {
  for (const person of new Set(unsent.map((one) => one.person))) {
    const fates = unsent.filter((one) => one.person === person).map(({ key }) => ({ key, fate: TAKEN }));
    await withOutbox(person, (outbox) => outbox.settle(fates));
  }
}

function bySchool(portion: readonly Read[]): { school: string; docs: Entry[] }[] {
  const schools = [...new Set(portion.flatMap(({ unsent }) => unsent.school ?? []))];
  return schools.map((school) => ({
    school,
    docs: portion.filter(({ unsent }) => unsent.school === school).map(({ entry }) => entry),
  }));
}

function nameOf({ person, key: [log, n] }: Unsent): string {
  return `${person} ${log} ${n}`;
}
