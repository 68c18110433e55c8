/**
 * Views of family support: published cases and visits with this person's own entries folded over
 * them, their watches and their concerns. A case, and a visit, stays the very same object as long as
 * neither it nor an own entry about it has changed.
 */
import { overlayCase, overlayCells, isRestricted } from "../domain/cases.ts";
import { raisedHere, shownStatus } from "../domain/concerns.ts";
import type { ShownStatus } from "../domain/concerns.ts";
import type { Waiting } from "../domain/sheet.ts";
import { caseOf, isNews, isOfAVisit } from "../domain/told.ts";
import { overlayVisit } from "../domain/visits.ts";
import { overlayWatches } from "../domain/watches.ts";
import type { Case, ConcernStatus, Visit, Watch } from "../generated/types.ts";
import { stateOf } from "./items.ts";
import type { Signals } from "./signals.ts";

/** What the replica holds of family support. */
export interface FamilyDocuments {
  cases: readonly Case[];
  visits: readonly Visit[];
  watches: readonly Watch[];
  statuses: readonly ConcernStatus[];
}

interface Overlaid {
  /** What it was computed from; as long as each is the same, so is the result. */
  from: readonly unknown[];
  case: Case | null;
  visits: readonly Visit[];
}

export class FamilyViews {
  readonly #signals: Signals;
  #overlaid = new Map<string, Overlaid>();

  constructor(signals: Signals) {
    this.#signals = signals;
  }

  /** `own`: this person's entries, oldest first. */
  publish(documents: FamilyDocuments, own: readonly Waiting[], timeZone: string): void {
    const { cases, visits, watches, concernStatuses } = this.#signals;
    this.#overlaid = this.#overlay(documents, own, timeZone);
    const files = [...this.#overlaid.values()];
    cases.value = new Map(files.flatMap((one) => (one.case === null ? [] : [[one.case.case, one.case]])));
    visits.value = new Map(files.flatMap((one) => one.visits.map((visit) => [visit.visit, visit])));
    watches.value = overlayWatches(documents.watches, own);
    concernStatuses.value = statuses(documents.statuses, own);
  }

  #overlay(documents: FamilyDocuments, own: readonly Waiting[], timeZone: string): Map<string, Overlaid> {
    const now = this.#signals.now.peek();
    const bases = new Map(documents.cases.map((one) => [one.case, one]));
    const visits = grouped(documents.visits, (one) => one.case);
    const told = grouped(own, ({ entry }) => caseOf(entry.body));
    const names = new Set([...bases.keys(), ...visits.keys(), ...told.keys()]);
    return new Map(
      Array.from(names, (name) => {
        const file = new File(bases.get(name) ?? null, visits.get(name) ?? [], told.get(name) ?? [], now);
        return [name, file.overlay(timeZone, this.#overlaid.get(name))];
      }),
    );
  }
}

/** One case as the replica holds it, and what this person told of it. */
class File {
  readonly #base: Case | null;
  readonly #visits: ReadonlyMap<string, Visit>;
  readonly #own: readonly Waiting[];
  readonly #ofVisit: ReadonlyMap<string, readonly Waiting[]>;

  constructor(base: Case | null, visits: readonly Visit[], own: readonly Waiting[], now: number) {
    this.#base = base;
    this.#visits = new Map(visits.map((one) => [one.visit, one]));
    this.#own = own.filter((one) => isNews(base, one, now));
    const of = grouped(own, ({ entry: { body } }) => (isOfAVisit(body) ? body.visit : null));
    this.#ofVisit = new Map(Array.from(of, ([visit, told]) => {
      const document = this.#visits.get(visit) ?? base;
      return [visit, told.filter((one) => isNews(document, one, now))];
    }));
  }

  overlay(timeZone: string, before: Overlaid | undefined): Overlaid {
    const told = [this.#own, ...this.#ofVisit.values()].map((some) => some.map(stateOf).join("|"));
    const from = [this.#base, timeZone, ...this.#visits.values(), ...told];
    if (before !== undefined && isSame(before.from, from)) return before;
    // Without a document of the case, a published visit says by itself whether it is restricted.
    const cells = overlayCells(this.#base, this.#own);
    const restricted = cells.length === 0 ? null : isRestricted(cells);
    const names = new Set([...this.#visits.keys(), ...this.#ofVisit.keys()]);
    const overlaid = Array.from(names, (name) => {
      const base = this.#visits.get(name) ?? null;
      return overlayVisit(base, this.#ofVisit.get(name) ?? [], restricted ?? base?.restricted ?? true);
    });
    const visits = overlaid.filter((one) => one !== null);
    const moved = visits.some((one) => one !== this.#visits.get(one.visit));
    return { from, visits, case: overlayCase(this.#base, this.#own, visits, { timeZone, moved }) };
  }
}

/** What was raised here is there at once; what the server says of it takes its place. */
function statuses(told: readonly ConcernStatus[], own: readonly Waiting[]): Map<string, ShownStatus> {
  const here = own.map(raisedHere).filter((one) => one !== null);
  return new Map([...here, ...told.map(shownStatus)].map((one) => [one.concern, one]));
}

function isSame(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.length === other.length && one.every((part, index) => part === other[index]);
}

/** By key, in the order given; those without one are left out. */
function grouped<T>(every: readonly T[], key: (one: T) => string | null): Map<string, T[]> {
  const found = new Map<string, T[]>();
  for (const one of every) {
    const name = key(one);
    if (name === null) continue;
    const some = found.get(name);
    if (some === undefined) found.set(name, [one]);
    else some.push(one);
  }
  return found;
}
