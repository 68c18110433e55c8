/**
 * The fire list: where each pupil is held to be, on every tablet, offline.
 *
 * A published roll holds the marks alone. Where this tablet knows more (a sheet it holds, an entry
 * that still waits), the row is computed from the claims; else the published mark stands.
 */
import type { Roll, RollRow, Sheet, SheetRow } from "../generated/types.ts";
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

/** What a sheet on this tablet says of a pupil in one session. */
export interface Known {
  mark: RollMark;
  left: string | null;
  asAt: string;
  /** An entry of one's own, which the published roll may not know, changed the row. */
  own: boolean;
}

export type KnownMarks = ReadonlyMap<string, Partial<Record<Session, Known>>>;

/** The marks that overlaid `sheets` of one date know of; `isOwn`: own entries changed that row. */
export function knownMarks(sheets: Iterable<Sheet>, isOwn: (sheet: Sheet, row: SheetRow) => boolean): KnownMarks {
  const found = new Map<string, Partial<Record<Session, Known>>>();
  for (const sheet of sheets) {
    for (const row of sheet.rows) {
      const before = found.get(row.pupil);
      // A pupil's claims are the same on every group's sheet; the newest has the most of them.
      const newer = (before?.[sheet.session]?.asAt ?? "") <= sheet.as_at;
      if (!newer) continue;
      const left = row.left ?? null;
      const known = { mark: rollMark(row.cell, sheet.date, { left }), left, asAt: sheet.as_at, own: isOwn(sheet, row) };
      found.set(row.pupil, { ...before, [sheet.session]: known });
    }
  }
  return found;
}

/** `roll` with the rows that this tablet knows better: from a newer sheet, or an entry of its own. */
export function overlayRoll(roll: Roll, marks: KnownMarks): Roll {
  let changed = false;
  const rows = roll.rows.map((row) => {
    const known = marks.get(row.pupil);
    const [am, pm] = [known?.AM, known?.PM].map((one) => (one !== undefined && isBetter(one, roll) ? one : undefined));
    if (am === undefined && pm === undefined) return row;
    changed = true;
    return { ...row, am: am?.mark ?? row.am, pm: pm?.mark ?? row.pm, left: pm?.left ?? am?.left ?? row.left ?? null };
  });
  return changed ? { ...roll, rows } : roll;
}

function isBetter(known: Known, roll: Roll): boolean {
  return known.own || known.asAt >= roll.as_at;
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
