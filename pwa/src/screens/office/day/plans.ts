/** Planned codes of one day: what the sheets suggest, once a plan and not once a session. */
import type { Session } from "../../../domain/entry.ts";
import type { Card, Sheet } from "../../../generated/types.ts";
import { byForm, cellsOf, sheetsOf, who } from "./cells.ts";
import { speaks, undoneBy } from "./own.ts";
import type { OwnEntry } from "./own.ts";
import type { Who } from "./shapes.ts";

export interface PlanLine {
  readonly entry: string;
  readonly who: Who;
  readonly code: string;
  readonly source: string;
  readonly by: string;
  readonly sessions: readonly Session[];
  /** The days on which this device knows the plan to hold: what a withdrawal names. */
  readonly first: string;
  readonly last: string;
}

const SESSIONS = ["AM", "PM"] as const;

interface Source {
  readonly date: string;
  readonly sheets: readonly Sheet[];
  readonly cards: ReadonlyMap<string, Card>;
  readonly entries: readonly OwnEntry[];
}

/** Plans for `date`, by form and surname; those withdrawn here are gone before the server says so. */
export function plansOf({ date, sheets, cards, entries }: Source): PlanLine[] {
  const undone = undoneBy(entries);
  const found = new Map<string, PlanLine>();
  for (const session of SESSIONS) {
    for (const at of cellsOf(sheetsOf(sheets, date, session)).values()) {
      for (const plan of at.row.planned ?? []) {
        const old = found.get(plan.entry);
        const sessions = [...(old?.sessions ?? []), session];
        const { code, source, by_name: by, entry } = plan;
        const span = spanOf(entry, date, sheets, entries);
        found.set(entry, { entry, who: who(at.pupil, cards), code, source, by, sessions, ...span });
      }
    }
  }
  return [...found.values()].filter((plan) => !undone.has(plan.entry)).toSorted(byForm);
}

/** From an own entry its own days; else those of the sheets here that show the plan. */
function spanOf(
  entry: string,
  date: string,
  sheets: readonly Sheet[],
  entries: readonly OwnEntry[],
): { first: string; last: string } {
  const own = entries.find((one) => one.id === entry && speaks(one))?.body;
  if (own?.kind === "planned.recorded") return { first: own.first, last: own.last };
  const dates = sheets
    .filter((sheet) => sheet.rows.some((row) => (row.planned ?? []).some((plan) => plan.entry === entry)))
    .map((sheet) => sheet.date)
    .toSorted();
  return { first: dates[0] ?? date, last: dates.at(-1) ?? date };
}
