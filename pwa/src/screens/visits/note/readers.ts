/** Who will read what of a note: the case's workers and their lead, and each school its own part. Pure. */
import type { Case, FactClaim } from "../../../generated/types.ts";
import { allOf, childrenOf, factOf } from "../reading.ts";
import type { Cells } from "../reading.ts";

interface Told {
  of: Case | null;
  cells: Cells;
  /** What the note adds. */
  facts: readonly FactClaim[];
  /** The team's lead, by name. */
  lead: string | null;
}

/** Names, as the check page lists them. */
export interface Readers {
  readonly narrative: readonly string[];
  readonly offices: readonly { school: string; actions: number }[];
  readonly leads: readonly { school: string; child: string }[];
  readonly restricted: boolean;
}

export function readers({ of, cells, facts, lead }: Told): Readers {
  const restricted = of?.restricted === true || factOf(cells, "placing")?.restricted === true;
  // A restricted case is its workers' alone.
  const leading = restricted ? null : lead;
  const workers = (of?.workers ?? []).filter(({ name }) => name !== leading).map(({ name, agency }) => (agency ? `${name} (${agency})` : name));
  const narrative = [...workers, ...(leading === null ? [] : [`${leading} (lead)`])];
  const children = childrenOf(cells);
  const schools = of?.schools ?? [];
  const nameOf = (school: string | null | undefined): string | null => schools.find((one) => one.school === school)?.name ?? null;
  return {
    narrative,
    restricted,
    offices: restricted ? [] : schools.map(({ school, name }) => ({ school: name, actions: actionsFor(school, { cells, facts }) })),
    leads: facts.flatMap(({ says }) => {
      if (says.fact !== "shared") return [];
      const child = children.find(({ item }) => item === says.child);
      return child === undefined ? [] : [{ school: nameOf(child.school) ?? "the child’s school", child: child.name }];
    }),
  };
}

/** New actions that a school sees: of one of its own children, or of all. */
function actionsFor(school: string, { cells, facts }: Pick<Told, "cells" | "facts">): number {
  const known = new Set(allOf(cells, "action").map(({ item }) => item));
  const here = new Set(childrenOf(cells).filter((one) => one.school === school).map(({ item }) => item));
  return facts.filter(({ says }) => says.fact === "action" && !known.has(says.item) && (says.child === null || says.child === undefined || here.has(says.child))).length;
}
