/** What the cells of a visit or a case say, as a page shows them: where people differ, what was said last. Pure. */
import { cellNamed, filled, isGone, liveClaims } from "../../domain/facts.ts";
import type { CellName, Cells, Fact, FactKind, FactOf, FactSaid } from "../../domain/facts.ts";
import { listing } from "../../components/text.ts";

export type { Cells, Fact, FactOf, FactSaid } from "../../domain/facts.ts";

/** Claims that are live in a cell, the latest first. */
export function liveIn(cells: Cells, cell: CellName): FactSaid[] {
  const found = cellNamed(cells, cell);
  return found === undefined ? [] : liveClaims(found).toReversed();
}

/** What the cell of a kind says; where it is contested, what was said last. */
export function factOf<K extends FactKind>(cells: Cells, kind: K, item?: string): FactOf<K> | null {
  const says = liveIn(cells, item === undefined ? kind : `${kind}:${item}`)[0]?.says;
  return says === undefined ? null : told(says, kind);
}

/** Every item of a kind, also those that are gone. */
export function allOf<K extends FactKind>(cells: Cells, kind: K): FactOf<K>[] {
  return cells.flatMap((cell) => {
    if (!cell.cell.startsWith(`${kind}:`)) return [];
    const says = liveClaims(cell).at(-1)?.says;
    const found = says === undefined ? null : told(says, kind);
    return found === null ? [] : [found];
  });
}

/** Every item of a kind that is not gone, withdrawn or removed. */
export function itemsOf<K extends FactKind>(cells: Cells, kind: K): FactOf<K>[] {
  return allOf(cells, kind).filter((says) => !isGone(says));
}

function told<K extends FactKind>(says: FactSaid["says"], kind: K): FactOf<K> | null {
  const fact: Fact = filled(says);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- told by its kind
  return fact.fact === kind ? (fact as FactOf<K>) : null;
}

/** "Ada and Ben Finch": what a family is called on a page, by its children; by its adults where it has none. */
export function familyName(cells: Cells): string {
  const children = childrenOf(cells);
  const names = (children.length > 0 ? children : adultsOf(cells)).map(({ name }) => name.trim());
  const surnames = new Set(names.map((name) => name.split(" ").at(-1)));
  if (names.length === 0) return "A family whose names are not on this tablet";
  if (names.length < 2 || surnames.size > 1) return listing(names);
  const [surname = ""] = surnames;
  return `${listing(names.map((name) => name.slice(0, -surname.length).trim() || name))} ${surname}`;
}

/** The children of a household, the eldest first. */
export function childrenOf(cells: Cells): FactOf<"member">[] {
  return itemsOf(cells, "member")
    .filter(({ child }) => child)
    .toSorted((a, b) => `${a.born ?? "9"}${a.name}`.localeCompare(`${b.born ?? "9"}${b.name}`, "en-GB"));
}

/** The adults of a household. */
export function adultsOf(cells: Cells): FactOf<"member">[] {
  return itemsOf(cells, "member").filter(({ child }) => !child);
}
