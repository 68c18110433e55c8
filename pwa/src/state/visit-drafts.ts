/** The drafts of visits at one workplace: what screens read of them, and what they do with them. */
import { batch } from "@preact/signals";
import { mergeAll } from "../domain/draft-merge.ts";
import type { Merged } from "../domain/draft-merge.ts";
import { coversOf, further } from "../domain/draft-versions.ts";
import type { Covers, Fields, Version } from "../domain/draft-versions.ts";
import { othersOf, visitDraft } from "../domain/visit-drafts.ts";
import type { VisitDraft } from "../domain/visit-drafts.ts";
import type { Draft, DraftEnd } from "../generated/types.ts";
import type { DraftCopy, DraftInput, VisitDrafts } from "../store/visit-drafts.ts";
import { isHereAlone, versionOf } from "../store/visit-drafts.ts";
import type { Signals } from "./signals.ts";

/** What a tablet's author has to settle, and what it was made from: a later copy is not in it. */
export interface Reconciliation extends Merged {
  draft: string;
  mine: Fields;
  others: readonly Version[];
}

/** What the entry that hands a draft in says of it. */
export interface Submission {
  draft: string;
  covers: Record<string, number>;
  begun_at: string;
}

export interface DraftDeskParts {
  person: string;
  store: VisitDrafts;
  signals: Signals;
  /** Something was written: send it soon. `now`: it is not being typed. */
  onWritten: (how: { now: boolean }) => void;
}

export class DraftDesk {
  readonly #parts: DraftDeskParts;
  #copies: ReadonlyMap<string, DraftCopy> = new Map();
  /** What the form of each draft in this tab showed last. */
  readonly #forms = new Map<string, Fields>();
  /** One saving at a time, each after what was shown by the one before. */
  #saving: Promise<void> = Promise.resolve();
  #ended = false;

  constructor(parts: DraftDeskParts) {
    this.#parts = parts;
  }

  /** Drafts whose newest words only this tablet has. */
  get waiting(): number {
    return [...this.#copies.values()].filter(isHereAlone).length;
  }

  end(): void {
    this.#ended = true;
  }

  /** Read the copies again, and forget those that were handed in with all that they say. */
  async read(): Promise<void> {
    const { store } = this.#parts;
    const copies = await store.list();
    const done = copies.filter((copy) => copy.dropped === null && this.#endedWhole(copy));
    for (const { draft } of done) await store.forget(draft);
    this.#copies = new Map(copies.filter((copy) => !done.includes(copy)).map((copy) => [copy.draft, copy]));
    this.show();
  }

  /** Show what is here and what the author's other tablets wrote. */
  show(): void {
    if (this.#ended) return;
    const { signals } = this.#parts;
    const published = this.#published();
    const ids = new Set([...this.#copies.keys(), ...published.keys()]);
    const shown = [...ids].flatMap((draft) => {
      const found = visitDraft(this.#copies.get(draft) ?? null, published.get(draft) ?? [], this.#end(draft));
      return found === null ? [] : [[draft, found] as const];
    });
    batch(() => {
      signals.visitDrafts.value = new Map(shown);
    });
  }

  /** The draft as it is to be gone on with: what another tablet went on with is taken in first. */
  async load(draft: string): Promise<VisitDraft | null> {
    await this.read();
    const known = this.#parts.signals.visitDrafts.peek().get(draft) ?? null;
    if (known?.others === "newer" && known.handedIn === null) {
      const [other] = this.#others(draft);
      if (other !== undefined) this.#keep(await this.#parts.store.follow(draft, known, other));
    } else if (known?.others === "apart" && known.handedIn === null) {
      // Where both came to say the same there is nothing to settle.
      const { fields, conflicts, others, mine } = this.reconcile(draft);
      const nothing = conflicts.length === 0 && sameFields(fields, mine);
      if (nothing) this.#keep(await this.#parts.store.take(draft, { ...known, fields }, others));
    }
    const found = this.#parts.signals.visitDrafts.peek().get(draft) ?? null;
    if (found === null) this.#forms.delete(draft);
    else this.#forms.set(draft, found.fields);
    return found;
  }

  /** Save a form at a pause; resolves once it is durable on this tablet. */
  save(draft: string, input: DraftInput): Promise<void> {
    const saved = this.#saving.then(() => this.#save(draft, input));
    // One that failed is told to its form; the next is tried all the same.
    this.#saving = saved.catch(() => undefined);
    return saved;
  }

  async #save(draft: string, input: DraftInput): Promise<void> {
    this.#keep(await this.#parts.store.save(draft, input, this.#forms.get(draft) ?? null));
    this.#forms.set(draft, input.fields);
    this.#parts.onWritten({ now: false });
  }

  /** What this tablet and the others say, merged as far as that goes. */
  reconcile(draft: string): Reconciliation {
    const copy = this.#copies.get(draft);
    const others = this.#others(draft);
    const mine: Version = copy === undefined ? nothingYet() : versionOf(copy);
    return { draft, mine: mine.fields, others, ...mergeAll(mine, others) };
  }

  /** Go on with what the author chose from `from`; what came meanwhile is not in it, and shows. */
  async settle(fields: Fields, from: Reconciliation): Promise<void> {
    const known = this.#parts.signals.visitDrafts.peek().get(from.draft);
    if (known === undefined) throw new Error("This draft is not here any more: it was handed in or discarded.");
    const input = { case: known.case, visit: known.visit, fields };
    this.#keep(await this.#parts.store.take(from.draft, input, from.others));
    this.#forms.set(from.draft, fields);
    this.#parts.onWritten({ now: true });
  }

  /** What the entry says that hands in what is on this tablet; null where nothing is. */
  submission(draft: string): Submission | null {
    const copy = this.#copies.get(draft);
    if (copy === undefined || copy.dropped !== null) return null;
    return { draft, covers: { ...coversOf(copy) }, begun_at: this.#parts.signals.visitDrafts.peek().get(draft)?.begunAt ?? copy.begunAt };
  }

  /** It was handed in from this tablet: its copy here goes, those on the server go with the entry. */
  async handedIn(draft: string): Promise<void> {
    await this.#parts.store.forget(draft);
    await this.read();
  }

  /** Discard a draft: every copy as far as it shows now, here and on the server. */
  async discard(draft: string): Promise<void> {
    const known = this.#parts.signals.visitDrafts.peek().get(draft);
    if (known === undefined) return;
    const copy = this.#copies.get(draft);
    const others = this.#others(draft).map(coversOf);
    const covers = [copy === undefined ? {} : coversOf(copy), ...others].reduce<Covers>(further, {});
    await this.#parts.store.drop(draft, known, covers);
    await this.read();
    this.#parts.onWritten({ now: true });
  }

  #keep(copy: DraftCopy): void {
    this.#copies = new Map([...this.#copies, [copy.draft, copy]]);
    this.show();
  }

  #others(draft: string): Version[] {
    return othersOf(this.#copies.get(draft) ?? null, this.#published().get(draft) ?? [], this.#end(draft));
  }

  #published(): Map<string, Draft[]> {
    const found = new Map<string, Draft[]>();
    for (const one of this.#parts.signals.syncedDrafts.peek().values()) {
      // A lead's tablet holds drafts of others, too, that it was let read.
      if (one.author === this.#parts.person) found.set(one.draft, [...(found.get(one.draft) ?? []), one]);
    }
    return found;
  }

  #end(draft: string): DraftEnd | null {
    return this.#parts.signals.draftEnds.peek().get(draft) ?? null;
  }

  #endedWhole(copy: DraftCopy): boolean {
    const end = this.#end(copy.draft);
    return end !== null && Object.entries(coversOf(copy)).every(([name, n]) => (end.covers[name] ?? 0) >= n);
  }
}

function nothingYet(): Version {
  return { copy: "", n: 0, saw: {}, seen: {}, fields: {} };
}

function sameFields(one: Fields, other: Fields): boolean {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) => (one[name] ?? "") === (other[name] ?? ""));
}
