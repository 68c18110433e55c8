/**
 * A person's own copies of visit drafts on this tablet: durable before the form says "saved", sent
 * by the sync after the entries, kept until they are handed in or discarded.
 *
 * They lie beside the forms' unfinished states (`drafts.ts`), under keys that begin with `visit:`.
 */
import { canonicalBytes } from "../domain/canonical.ts";
import { mergeFields } from "../domain/draft-merge.ts";
import { takenIn } from "../domain/draft-versions.ts";
import type { Covers, Fields, Seen, Version } from "../domain/draft-versions.ts";
import type { DraftKept, DraftSaving } from "../generated/types.ts";
import { seal, unsealed } from "./envelope.ts";
import type { PersonConnection } from "./person.ts";

/** One copy, as it is kept here. */
export interface DraftCopy {
  draft: string;
  copy: string;
  school: string;
  case: string;
  visit: string;
  /** How often it was saved here; 0: it holds only what another tablet wrote. */
  n: number;
  begunAt: string;
  savedAt: string;
  saw: Covers;
  seen: Readonly<Record<string, Seen>>;
  fields: Fields;
  /** Digests of what was sent last, the latest at the end: one of them is what the server holds. */
  sent: readonly string[];
  /** The newest saving that the server has, and since when; null before the first. */
  acked: { n: number; at: string } | null;
  /** Why the server would not take the newest saving. */
  refused: string | null;
  /** It is discarded as far as this; the server is still to be told. */
  dropped: Covers | null;
}

/** What a form hands over at each pause. */
export interface DraftInput {
  case: string;
  visit: string;
  fields: Fields;
}

export interface VisitDraftsParts {
  connection: PersonConnection;
  /** The area database that is open. */
  school: string;
  /** The tablet's clock, as an instant. */
  now: () => string;
  random: (bytes: number) => string;
}

const PREFIX = "visit:";
const COPY_BYTES = 16;
/** How many of its last sendings a copy remembers. */
const SENT_KEPT = 40;
const HALF_CHARACTER = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/gu;
const WHAT = "What you wrote is not saved.";

export class VisitDrafts {
  readonly #parts: VisitDraftsParts;

  constructor(parts: VisitDraftsParts) {
    this.#parts = parts;
  }

  /** Every copy here of this school's, also those that are only still to be discarded. */
  async list(): Promise<DraftCopy[]> {
    return (await this.everywhere()).filter(({ school }) => school === this.#parts.school);
  }

  /** Every copy here, of whichever school. */
  async everywhere(): Promise<DraftCopy[]> {
    const all = await this.#parts.connection.use("Your drafts could not be read.", (database) =>
      database.getAll("drafts", IDBKeyRange.bound(PREFIX, `${PREFIX}\uffff`)),
    );
    return all.flatMap((one) => copyOf(one) ?? []);
  }

  /**
   * Save a form's fields; resolves once they are durable. The same fields again change nothing.
   * `shown`: what the form saved or loaded last; where another tab has saved since, that stays, too.
   */
  save(draft: string, input: DraftInput, shown: Fields | null = null): Promise<DraftCopy> {
    return this.#change(draft, (before) => {
      const copy = before ?? this.#fresh(draft, input);
      const fields = whole(shown === null || before === null ? input.fields : withOthers(shown, input.fields, before.fields));
      const saidBefore = copy.dropped === null && same(copy.fields, fields);
      return saidBefore && (copy.n > 0 || before !== null) ? copy : this.#saved(copy, fields);
    });
  }

  /** Take other copies in, with the fields that their author chose from all of them. */
  take(draft: string, input: DraftInput, others: readonly Version[]): Promise<DraftCopy> {
    const fields = whole(input.fields);
    return this.#change(draft, (before) => {
      const copy = before ?? this.#fresh(draft, input);
      const joined = others.reduce((one, other) => takenIn(one, other, fields), versionOf(copy));
      return this.#saved({ ...copy, saw: joined.saw, seen: joined.seen }, fields);
    });
  }

  /** Another tablet has gone on from what is here: go on from what it wrote. */
  follow(draft: string, input: DraftInput, other: Version): Promise<DraftCopy> {
    return this.#change(draft, (before) => {
      const copy = before ?? this.#fresh(draft, input);
      const { saw, seen, fields } = takenIn(versionOf(copy), other, other.fields);
      const next = { ...copy, saw, seen, fields };
      // What is still to be sent under this number must not say something else by now.
      return waits(copy) ? this.#saved(next, fields) : next;
    });
  }

  /** Forget what is here: it was handed in. */
  forget(draft: string): Promise<void> {
    return this.#parts.connection.use("The draft could not be removed.", async (database) => {
      await database.delete("drafts", PREFIX + draft);
    });
  }

  /** The server says that it was over already, with all of this saving. */
  ended(draft: string, n: number): Promise<void> {
    return this.#parts.connection.use("The draft could not be removed.", async (database) => {
      const transaction = database.transaction("drafts", "readwrite", { durability: "strict" });
      const before = copyOf(await transaction.store.get(PREFIX + draft));
      if (before?.n === n) await transaction.store.delete(PREFIX + draft);
      await transaction.done;
    });
  }

  /** Discard all copies as far as `covers`, here at once and on the server when it is told. */
  async drop(draft: string, input: Omit<DraftInput, "fields">, covers: Covers): Promise<void> {
    await this.#change(draft, (before) => {
      const copy = before ?? this.#fresh(draft, input);
      return { ...copy, fields: {}, seen: {}, dropped: covers };
    });
  }

  /** Note that a saving is about to be sent: from now on the server may have it. */
  async sending(draft: string, n: number, digest: string): Promise<void> {
    await this.#change(draft, (before) => {
      if (before === null || before.sent.includes(digest) || before.n < n) return before;
      return { ...before, sent: [...before.sent, digest].slice(-SENT_KEPT) };
    });
  }

  /** The server has a saving. It may keep it under another name, where the name's copy was another's. */
  async kept(draft: string, answer: DraftKept): Promise<void> {
    await this.#change(draft, (before) => {
      if (before === null) return null;
      const acked = { n: answer.n, at: answer.received_at };
      // A server that was put back from a backup holds an earlier one: it is told that this follows on it.
      const earlier = answer.copy_id === before.copy ? before.sent.filter((one) => one !== answer.digest) : [];
      const sent = [...earlier, answer.digest].slice(-SENT_KEPT);
      return { ...before, copy: answer.copy_id, sent, acked, refused: null };
    });
  }

  /** The server's history is another one now: it may have lost what it had. */
  async offerAgain(): Promise<void> {
    for (const { draft } of await this.list()) {
      await this.#change(draft, (before) => (before === null ? null : { ...before, acked: null }));
    }
  }

  /** The server would not take what is here. */
  async refused(draft: string, n: number, reason: string): Promise<void> {
    await this.#change(draft, (before) => (before === null || before.n !== n ? before : { ...before, refused: reason }));
  }

  #fresh(draft: string, { case: ofCase, visit }: Omit<DraftInput, "fields">): DraftCopy {
    const { school, now, random } = this.#parts;
    const [begunAt, savedAt] = [now(), now()];
    const empty = { n: 0, saw: {}, seen: {}, fields: {}, sent: [], acked: null, refused: null, dropped: null };
    return { draft, copy: random(COPY_BYTES), school, case: ofCase, visit, begunAt, savedAt, ...empty };
  }

  #saved(copy: DraftCopy, fields: Fields): DraftCopy {
    return { ...copy, fields, n: copy.n + 1, savedAt: this.#parts.now(), refused: null, dropped: null };
  }

  /** Read, change and put back in one strict transaction; null leaves it as it is. */
  #change<T extends DraftCopy | null>(draft: string, change: (before: DraftCopy | null) => T): Promise<T> {
    return this.#parts.connection.use(WHAT, async (database) => {
      const transaction = database.transaction("drafts", "readwrite", { durability: "strict" });
      const before = copyOf(await transaction.store.get(PREFIX + draft));
      const after = change(before);
      if (after !== null && after !== before) await transaction.store.put(seal<unknown>(after), PREFIX + draft);
      await transaction.done;
      return after;
    });
  }
}

/** A copy as a version among others. */
export function versionOf({ copy, n, saw, seen, fields }: DraftCopy): Version {
  return { copy, n, saw, seen, fields };
}

/** Whether this tablet alone has the newest saving. */
export function isHereAlone({ n, acked, dropped }: DraftCopy): boolean {
  return dropped === null && n > (acked?.n ?? 0);
}

/** Whether the server has not got the newest saving, and may still take it. */
export function waits({ n, acked, refused, dropped }: DraftCopy): boolean {
  if (dropped !== null) return true;
  return n > (acked?.n ?? 0) && refused === null;
}

/** A copy as it is sent; without the bases of merges where it would be too large with them. */
export function savingOf(copy: DraftCopy, maxBytes: number): Omit<DraftSaving, "after" | "device"> {
  const { draft, copy: name, case: ofCase, visit, n, begunAt, savedAt, saw, seen, fields } = copy;
  const saving = { draft, copy_id: name, case: ofCase, visit, n, begun_at: begunAt, saved_at: savedAt, saw, seen, fields };
  const bare = { ...saving, saw: { ...saw }, seen: {}, fields: { ...fields } };
  const full = { ...bare, seen: Object.fromEntries(Object.entries(seen).map(([key, { n: at, saw: known, fields: said }]) => [key, { n: at, saw: { ...known }, fields: { ...said } }])) };
  return canonicalBytes(full).length <= maxBytes ? full : bare;
}

function copyOf(kept: Parameters<typeof unsealed<unknown>>[0]): DraftCopy | null {
  const value = unsealed(kept);
  return isCopy(value) ? value : null;
}

function isCopy(value: unknown): value is DraftCopy {
  return typeof value === "object" && value !== null && "copy" in value && "draft" in value && "seen" in value;
}

/** Both what a form says and what another tab saved; what cannot be joined as the form says. */
function withOthers(shown: Fields, form: Fields, saved: Fields): Fields {
  const { fields, conflicts } = mergeFields(shown, form, saved);
  return { ...fields, ...Object.fromEntries(conflicts.map(({ field, both, versions }) => [field, both ?? versions[0] ?? ""])) };
}

function same(one: Fields, other: Fields): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}

/** Half a character, as a keyboard may leave it in the middle of a word, has no place in JSON. */
function whole(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).map(([name, text]) => [name, text.replace(HALF_CHARACTER, "\uFFFD")]));
}
