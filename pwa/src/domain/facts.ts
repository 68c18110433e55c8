/**
 * The fold of facts: what the claims on the cells of a visit, or of a case, come to. The twin of
 * `sync/family/facts.py`; `tests/vectors/facts.json` holds both to one reading.
 *
 * Take the claims that stand and that no standing claim replaces; if they say the same, the cell is
 * agreed, else contested, and all are kept.
 */
import { canonicalText } from "./canonical.ts";
import { accepted, unreplaced } from "./claims.ts";
import type { FactCell as WireCell, FactSaid as WireSaid } from "../generated/types.ts";
import tables from "../generated/tables.json" with { type: "json" };

/** `fact` has a default in the schema, and so is optional there; a fact is told by it. */
type Told<T> = T extends { fact?: infer K } ? Omit<T, "fact"> & { fact: Exclude<K, undefined> } : never;

export type Fact = Told<WireSaid["says"]>;
export type FactKind = Fact["fact"];
export type FactOf<K extends FactKind> = Extract<Fact, { fact: K }>;
export type FactSaid = WireSaid;
export type FactCell = WireCell;
export type Cells = readonly FactCell[];
/** What a cell is called: its fact, and the item where there can be several (`seen:<member>`). */
export type CellName = FactKind | `${FactKind}:${string}`;
type KindOf<C extends string> = C extends `${infer K}:${string}` ? K & FactKind : C & FactKind;

/** One of several things of a kind. `values`: each different thing said of it, oldest first. */
export interface Item<K extends FactKind> {
  readonly item: string;
  readonly cell: FactCell;
  readonly values: readonly FactOf<K>[];
  /** What is said of it, where nobody differs. */
  readonly value: FactOf<K> | null;
}

const DEFAULTS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = tables.fact_defaults;
const VISIT_FACTS: ReadonlySet<string> = new Set(tables.visit_facts);

/** Whether a fact lies in the visit whose entry says it; every other lies in the case. */
export function isOfVisit(says: WireSaid["says"]): boolean {
  return VISIT_FACTS.has(says.fact ?? "");
}

/** The fact with what it leaves unsaid, as the server publishes it. */
export function filled(says: WireSaid["says"]): Fact {
  return Object.assign({}, DEFAULTS[says.fact ?? ""], says);
}

/** The cell a fact speaks of: what it is, and the item where it has one. */
export function cellOf(says: WireSaid["says"]): CellName {
  const kind = filled(says).fact;
  return "item" in says ? `${kind}:${says.item}` : kind;
}

/** Fold the claims on one cell. Where none speaks it is agreed, and says nothing. */
function foldCell(cell: string, claims: Iterable<FactSaid>): FactCell {
  const known = new Map([...claims].map((claim) => [claim.id, claim]));
  const live = unreplaced(known.values());
  const different = new Set(live.map((claim) => canonicalText(filled(claim.says))));
  return {
    cell,
    state: different.size <= 1 ? "agreed" : "contested",
    live: live.map(({ id }) => id),
    claims: [...known.values()].toSorted(byObservation),
  };
}

/** Fold claims on any cells: every cell that somebody spoke of, by its name. */
export function foldFacts(claims: readonly FactSaid[]): Cells {
  return withClaims([], claims);
}

/**
 * Cells with further claims on them; the very same where those add nothing. A claim that a cell holds
 * already stays as it is there, unless the cell leaves undecided what is decided of it here.
 */
export function withClaims(cells: Cells, claims: readonly FactSaid[]): Cells {
  const known = new Map(cells.flatMap((cell) => cell.claims.map((claim) => [claim.id, claim] as const)));
  const fresh = claims.flatMap((claim) => {
    const before = known.get(claim.id);
    if (before === undefined) return [claim];
    const { verdict = "stands", verdict_reason: reason = null } = claim;
    return isUndecided(before) && !isUndecided(claim) ? [{ ...before, verdict, verdict_reason: reason }] : [];
  });
  if (fresh.length === 0) return cells;
  const merged = new Map(cells.map((cell) => [cell.cell, cell]));
  for (const name of new Set(fresh.map(({ says }) => cellOf(says)))) {
    const onIt = fresh.filter(({ says }) => cellOf(says) === name);
    merged.set(name, foldCell(name, [...(merged.get(name)?.claims ?? []), ...onIt]));
  }
  return [...merged.values()].toSorted((a, b) => (a.cell < b.cell ? -1 : 1));
}

function isUndecided({ verdict }: FactSaid): boolean {
  return verdict === "held" || verdict === "set_aside";
}

/** What a claim chosen on sight of the cell `replaces`; nothing for one nobody spoke of. */
export function screenOf(cells: Cells, cell: CellName): string[] {
  const found = cellNamed(cells, cell);
  return found === undefined ? [] : accepted(found.live, new Map(found.claims.map((claim) => [claim.id, claim])));
}

/** The cell of that name; undefined where nobody spoke of it. */
export function cellNamed(cells: Cells, cell: CellName): FactCell | undefined {
  return cells.find((one) => one.cell === cell);
}

/** Each different thing that is said on a cell, oldest first: several where it is contested. */
export function valuesOf<C extends CellName>(cells: Cells, cell: C): FactOf<KindOf<C>>[] {
  const found = cellNamed(cells, cell);
  // A cell is named by the fact that it holds.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return found === undefined ? [] : (said(found) as FactOf<KindOf<C>>[]);
}

/** What a cell says; null where nobody spoke, or where it is contested. */
export function valueOf<C extends CellName>(cells: Cells, cell: C): FactOf<KindOf<C>> | null {
  const values = valuesOf(cells, cell);
  return values.length === 1 ? (values[0] ?? null) : null;
}

/** Everything of a kind that is not gone, oldest first. Only where all say that it is, it is. */
export function itemsOf<K extends FactKind>(cells: Cells, kind: K): Item<K>[] {
  const named = `${kind}:`;
  return cells
    .filter(({ cell }) => cell.startsWith(named))
    .map((cell): Item<K> => {
      // A cell is named by the fact that it holds.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const values = said(cell) as FactOf<K>[];
      return { item: cell.cell.slice(named.length), cell, values, value: values.length === 1 ? (values[0] ?? null) : null };
    })
    .filter(({ values }) => values.some((one) => !isGone(one)))
    .toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

/** Whether a fact says that what it speaks of is no more: gone, removed, or withdrawn. */
export function isGone(fact: Fact): boolean {
  return ("gone" in fact && fact.gone) || ("removed" in fact && fact.removed) || ("withdrawn" in fact && fact.withdrawn) || false;
}

/** The cells on which people differ. */
export function contested(cells: Cells): FactCell[] {
  return cells.filter(({ state }) => state === "contested");
}

/** The claims of a cell that are live: more than one where several people said the same, or differ. */
export function liveClaims(cell: FactCell): FactSaid[] {
  return cell.claims.filter(({ id }) => cell.live.includes(id));
}

/** Whether something that a cell shows has not reached the server. */
export function isWaiting(cell: FactCell): boolean {
  return liveClaims(cell).some(({ received_at: received = null }) => received === null);
}

function said(cell: FactCell): Fact[] {
  const found = new Map(liveClaims(cell).map(({ says }) => [canonicalText(filled(says)), filled(says)]));
  return [...found.values()];
}

function orderOf({ cell, item }: { cell: FactCell; item: string }): string {
  return `${cell.claims[0]?.observed_at} ${item}`;
}

function byObservation(a: FactSaid, b: FactSaid): number {
  return `${a.observed_at} ${a.id}` < `${b.observed_at} ${b.id}` ? -1 : 1;
}
