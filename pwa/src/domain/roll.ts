/**
 * The fire list: where each pupil is held to be, on every tablet, offline.
 *
 * A published roll holds the marks alone. Where this tablet knows more (a sheet it holds, an entry
 * that still waits), the row is computed from the claims; else the published mark stands.
 */
import type { Roll, RollRow, Sheet } from "../generated/types.ts";
import { rollMark } from "./fold.ts";
import type { RollMark } from "./fold.ts";
import type { Session } from "./entry.ts";

export type { Roll, RollRow } from "../generated/types.ts";

/** How many pupils are in each state: they always add up to the roll. */
export interface RollCounts {
  onSite: number;
  offSite: number;
  check: number;
  unknown: number;
}

/**
 * `roll` with the rows that `sheets` know better. `sheets` are overlaid sheets of the same date; one
 * counts only where it is at least as new as the roll, or `waits` says that an own entry touches it.
 */
export function overlayRoll(roll: Roll, sheets: readonly Sheet[], waits: (sheet: Sheet, pupil: string) => boolean): Roll {
  const better = new Map<string, Partial<Pick<RollRow, "am" | "pm" | "left">>>();
  // The morning first: who left in the afternoon is told by the afternoon's sheet.
  const ofTheDay = sheets.filter((sheet) => sheet.date === roll.date).toSorted((a, b) => (a.session < b.session ? -1 : 1));
  for (const sheet of ofTheDay) {
    for (const row of sheet.rows) {
      if (sheet.as_at < roll.as_at && !waits(sheet, row.pupil)) continue;
      const left = row.left ?? null;
      const mark = rollMark(row.cell, sheet.date, { left });
      better.set(row.pupil, {
        ...better.get(row.pupil),
        ...(sheet.session === "AM" ? { am: mark } : { pm: mark }),
        ...(left === null ? {} : { left }),
      });
    }
  }
  if (!roll.rows.some((row) => better.has(row.pupil))) return roll;
  return { ...roll, rows: roll.rows.map((row) => ({ ...row, ...better.get(row.pupil) })) };
}

/** A pupil's mark in one session. */
export function markOf(row: RollRow, session: Session): RollMark {
  const mark = session === "AM" ? row.am : row.pm;
  return { state: mark.state, code: mark.code ?? null, arrived: mark.arrived ?? null };
}

/** Pupils on site, off site, to check and unknown, over any number of rolls. */
export function countRoll(rolls: Iterable<Roll>, session: Session): RollCounts {
  const counts: RollCounts = { onSite: 0, offSite: 0, check: 0, unknown: 0 };
  const field = { on_site: "onSite", off_site: "offSite", check: "check", unknown: "unknown" } as const;
  for (const roll of rolls) for (const row of roll.rows) counts[field[markOf(row, session).state]] += 1;
  return counts;
}
