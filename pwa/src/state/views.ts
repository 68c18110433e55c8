/**
 * Views: published documents with this person's own entries folded over them.
 *
 * Only what changed is computed again: a sheet keeps its overlay, and its very identity, as long as
 * neither it nor an own entry that touches it has changed, so that screens draw only what is new.
 */
import { batch } from "@preact/signals";
import { isFamily } from "../domain/entry.ts";
import { overlay, touchesSheet } from "../domain/sheet.ts";
import type { SchoolFacts, Sheet, SheetRow, Waiting } from "../domain/sheet.ts";
import { knownMarks, overlayRoll } from "../domain/roll.ts";
import type { Roll } from "../domain/roll.ts";
import type { History } from "../generated/types.ts";
import type { Stored } from "../store/outbox.ts";
import type { EntryKey } from "../store/person.ts";
import { EVERY_KIND, isPublished } from "../store/published.ts";
import type { Kept, Published } from "../store/published.ts";
import { FamilyViews } from "./family.ts";
import { beyond, itemOf, readable, stateOf, waitingOf } from "./items.ts";
import type { Signals } from "./signals.ts";

interface Overlaid {
  base: Sheet;
  own: string;
  facts: SchoolFacts;
  result: Sheet;
}

type Kind = Published["type"];
type OfKind<K extends Kind> = Extract<Published, { type: K }>;

/** What own entries of family support are folded over, and the area's time zone. */
const FAMILY: readonly Kind[] = ["school", "case", "visit", "watch", "concern_status"];

/** Computes the signals that screens read from what the stores hold. */
export class Views {
  readonly #signals: Signals;
  #documents = new Map<string, Published>();
  /** Ids of documents that only a newer version can show. */
  #unknown = new Set<string>();
  /** Own entries by the date they speak of; those of a span of dates under "". */
  #own = new Map<string, Waiting[]>();
  /** Own entries of family support, oldest first. */
  #ownFamily: readonly Waiting[] = [];
  readonly #family: FamilyViews;
  #overlaid = new Map<string, Overlaid>();
  #facts: SchoolFacts = { timeZone: "Europe/London", names: new Map() };

  constructor(signals: Signals) {
    this.#signals = signals;
    this.#family = new FamilyViews(signals);
  }

  /** Everything the replica holds. */
  setDocuments(documents: readonly Kept[]): void {
    this.#documents = new Map(documents.filter(isPublished).map((doc) => [doc._id, doc]));
    this.#unknown = new Set(documents.filter((doc) => !isPublished(doc)).map(({ _id }) => _id));
    this.#publish(EVERY_KIND);
  }

  /** The documents under `ids` are now `found`; those not found are gone. */
  changeDocuments(ids: readonly string[], found: readonly Kept[]): void {
    const touched = new Set<Kind>();
    const next = new Map(found.filter(isPublished).map((doc) => [doc._id, doc]));
    const unknown = new Set(found.filter((doc) => !isPublished(doc)).map(({ _id }) => _id));
    for (const id of ids) {
      if (unknown.has(id)) this.#unknown.add(id);
      else this.#unknown.delete(id);
      const [before, after] = [this.#documents.get(id), next.get(id)];
      for (const doc of [before, after]) if (doc !== undefined) touched.add(doc.type);
      if (after === undefined) this.#documents.delete(id);
      else this.#documents.set(id, after);
    }
    this.#publish(touched);
  }

  /** The histories of the pupils that screens show, both half-terms of each, the latest first. */
  setHistories(found: ReadonlyMap<string, readonly History[]>): void {
    this.#signals.histories.value = found;
  }

  /** How many documents only a newer version can show. */
  get unknown(): number {
    return this.#unknown.size;
  }

  /** This person's own entries, newest first; `closed`: keys of those in a newer version's envelopes. */
  setEntries(stored: readonly Stored[], closed: readonly EntryKey[], authorName: string): void {
    const known = readable(stored);
    const own = known.map((one) => waitingOf(one, authorName)).toReversed();
    this.#ownFamily = own.filter(({ entry }) => isFamily(entry.body));
    this.#own = byDate(own.filter(({ entry }) => !isFamily(entry.body)));
    batch(() => {
      this.#signals.entries.value = known.map(itemOf);
      this.#signals.beyond.value = beyond(stored, closed);
      this.#publishSheets();
      this.#publishFamily();
    });
  }

  #publish(touched: ReadonlySet<Kind>): void {
    batch(() => {
      if (touched.has("school")) this.#publishSchool();
      if (touched.has("group")) this.#signals.groups.value = this.#byKey("group", (doc) => doc.group);
      if (touched.has("card")) this.#signals.cards.value = this.#byKey("card", (doc) => doc.pupil);
      if (touched.has("held")) this.#signals.held.value = this.#byKey("held", (doc) => doc._id);
      if (touched.has("unexplained")) this.#signals.unexplained.value = this.#all("unexplained")[0] ?? null;
      if (touched.has("concern")) this.#signals.concerns.value = this.#byKey("concern", (doc) => doc.concern);
      if (touched.has("support")) this.#signals.supports.value = this.#byKey("support", (doc) => doc._id);
      if (touched.has("shared")) this.#signals.shareds.value = this.#byKey("shared", (doc) => doc._id);
      if (touched.has("summary")) this.#signals.summaries.value = this.#byKey("summary", (doc) => doc.case);
      if (touched.has("glass")) this.#signals.glasses.value = this.#byKey("glass", (doc) => doc._id);
      if (touched.has("draft")) this.#signals.syncedDrafts.value = this.#byKey("draft", (doc) => doc._id);
      if (FAMILY.some((kind) => touched.has(kind))) this.#publishFamily();
      if (touched.has("draft_end")) this.#signals.draftEnds.value = this.#byKey("draft_end", (doc) => doc.draft);
      if (touched.has("draft_opening")) this.#signals.draftOpenings.value = this.#all("draft_opening").toSorted((a, b) => b.at.localeCompare(a.at));
      if (touched.has("school") || touched.has("sheet") || touched.has("roll")) this.#publishSheets();
    });
  }

  #publishFamily(): void {
    const documents = {
      cases: this.#all("case"),
      visits: this.#all("visit"),
      watches: this.#all("watch"),
      statuses: this.#all("concern_status"),
    };
    this.#family.publish(documents, this.#ownFamily, this.#facts.timeZone);
  }

  #publishSchool(): void {
    const school = this.#all("school")[0] ?? null;
    this.#signals.school.value = school;
    if (school === null) return;
    const names = new Map(school.staff.map((one) => [one.person, one.name]));
    this.#facts = { timeZone: school.calendar.time_zone ?? this.#facts.timeZone, names };
  }

  #publishSheets(): void {
    const before = this.#overlaid;
    this.#overlaid = new Map(this.#all("sheet").map((base) => [base._id, this.#overlay(base, before.get(base._id))]));
    this.#signals.sheets.value = new Map([...this.#overlaid].map(([id, { result }]) => [id, result]));
    this.#signals.rolls.value = new Map(this.#overlayRolls().map((roll) => [roll._id, roll]));
  }

  #overlay(base: Sheet, before: Overlaid | undefined): Overlaid {
    const near = [...(this.#own.get(base.date) ?? []), ...(this.#own.get("") ?? [])];
    const touching = near.filter((one) => touchesSheet(one.entry, base));
    const own = touching.map(stateOf).join("|");
    if (before?.base === base && before.own === own && before.facts === this.#facts) return before;
    return { base, own, facts: this.#facts, result: overlay(base, touching, this.#facts) };
  }

  #overlayRolls(): Roll[] {
    const rolls = this.#all("roll");
    const marks = new Map([...new Set(rolls.map((roll) => roll.date))].map((date) => [date, this.#marksOn(date)]));
    return rolls.map((roll) => overlayRoll(roll, marks.get(roll.date) ?? new Map()));
  }

  #marksOn(date: string): ReturnType<typeof knownMarks> {
    const ofTheDay = [...this.#overlaid.values()].filter(({ base }) => base.date === date);
    const published = new Set(ofTheDay.flatMap(({ base }) => base.rows));
    // A row that own entries changed is a new object; the others are the published ones.
    const isOwn = (_sheet: Sheet, row: SheetRow): boolean => !published.has(row);
    return knownMarks(
      ofTheDay.map(({ result }) => result),
      isOwn,
    );
  }

  #all<K extends Kind>(kind: K): OfKind<K>[] {
    return [...this.#documents.values()].filter((doc): doc is OfKind<K> => doc.type === kind);
  }

  #byKey<K extends Kind>(kind: K, key: (doc: OfKind<K>) => string): Map<string, OfKind<K>> {
    return new Map(this.#all(kind).map((doc) => [key(doc), doc]));
  }
}

function byDate(own: readonly Waiting[]): Map<string, Waiting[]> {
  const found = new Map<string, Waiting[]>();
  for (const one of own) {
    const { body } = one.entry;
    const date = ("date" in body ? body.date : null) ?? "";
    found.set(date, [...(found.get(date) ?? []), one]);
  }
  return found;
}
