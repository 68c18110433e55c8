/** The list of cases: what each comes to in one line, and in which order. Pure. */
import { contested, isWaiting, itemsOf, valueOf } from "../../domain/facts.ts";
import { isRestricted, reviewDue, statusOf } from "../../domain/cases.ts";
import { fits, wordsOf } from "../../components/finding.ts";
import type { Case } from "../../generated/types.ts";
import { familyName, household } from "./places.ts";

export interface CaseLine {
  id: string;
  name: string;
  children: readonly string[];
  status: "open" | "paused" | "closed";
  restricted: boolean;
  lead: string | null;
  /** Actions that are not done, and those of them that were due before today. */
  actions: number;
  late: number;
  /** The next review; `overdue`: before today. */
  review: string | null;
  overdue: boolean;
  contested: number;
  /** Something of it has not reached the server. */
  waiting: boolean;
}

/** A case in one line, as it stands on a day. */
export function lineOf(one: Case, today: string): CaseLine {
  const { cells } = one;
  const open = itemsOf(cells, "action").flatMap(({ values }) => values.filter(({ status }) => (status ?? "open") === "open").slice(0, 1));
  const review = reviewDue(cells);
  return {
    id: one.case,
    name: familyName(cells),
    children: household(cells)
      .filter(({ child }) => child)
      .map(({ name }) => name),
    status: statusOf(cells),
    restricted: isRestricted(cells),
    lead: valueOf(cells, "lead")?.name ?? null,
    actions: open.length,
    late: open.filter(({ due }) => due !== null && due !== undefined && due < today).length,
    review,
    overdue: review !== null && review < today,
    contested: contested(cells).length,
    waiting: cells.some(isWaiting),
  };
}

export type Shown = "open" | "closed" | "all";

/** What needs doing first: contradictions, overdue reviews, late actions; then by name. */
export function listed(lines: readonly CaseLine[], typed: string, shown: Shown): CaseLine[] {
  const words = wordsOf(typed);
  return lines
    .filter((one) => shown === "all" || (one.status === "closed") === (shown === "closed"))
    .filter((one) => fits(words, [one.name, ...one.children, one.lead ?? ""].join(" ")))
    .toSorted((a, b) => urgency(b) - urgency(a) || a.name.localeCompare(b.name, "en-GB"));
}

function urgency({ contested: differing, overdue, late }: CaseLine): number {
  return Number(differing > 0) * 4 + Number(overdue) * 2 + Number(late > 0);
}
