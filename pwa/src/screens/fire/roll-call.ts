/**
 * The roll call: whom to look for at the assembly point. Pure. Nobody is called on site on a guess;
 * but in an emergency a pupil of whom nobody has said anything yet (a register that is not taken) is
 * looked for as well. Only one who was seen absent, is known to be elsewhere, or left is not.
 */
import type { Session } from "../../domain/entry.ts";
import { markOf } from "../../domain/roll.ts";
import type { Roll, RollRow } from "../../generated/types.ts";

/** Which pupils the list shows. */
export type Filter = "expected" | "everyone" | "missing";

/** Pupils accounted for, by id, each with the moment they were ticked. */
export type Ticks = Readonly<Record<string, string>>;

/** One line of the roll call. */
export interface CallRow {
  readonly row: RollRow;
  readonly state: "on_site" | "off_site" | "check" | "unknown";
  readonly code: string | null;
  readonly arrived: string | null;
  /** Nobody has said anything of this session yet. */
  readonly noMark: boolean;
  /** No mark this afternoon, and on site in the morning. */
  readonly hereBefore: boolean;
  /** Looked for at the assembly point: on site, to check, or without a mark. */
  readonly expected: boolean;
  readonly ticked: boolean;
}

/** A pupil's line for `session`. */
export function callRow(row: RollRow, session: Session, ticks: Ticks): CallRow {
  const { state, code, arrived } = markOf(row, session);
  const noMark = state === "unknown" && code === null && !row.left;
  return {
    row,
    state,
    code,
    arrived,
    noMark,
    hereBefore: noMark && session === "PM" && row.am.state === "on_site",
    expected: state === "on_site" || state === "check" || noMark,
    ticked: ticks[row.pupil] !== undefined,
  };
}

/** Whether a line is in the list under `filter`. */
export function shows(line: CallRow, filter: Filter): boolean {
  if (filter === "everyone") return true;
  return line.expected && (filter === "expected" || !line.ticked);
}

/** The rolls to call: those of `today`; where there are none, of the latest day held. */
export function rollsOf(rolls: Iterable<Roll>, today: string): Roll[] {
  const all = [...rolls];
  const latest = all.reduce((best, { date }) => (date > best && date <= today ? date : best), "");
  return all
    .filter(({ date }) => date === latest)
    .toSorted((a, b) => a.form_name.localeCompare(b.form_name, "en-GB", { numeric: true }));
}

/** How many are looked for, and how many of them are accounted for. */
export function progress(lines: readonly CallRow[]): { expected: number; ticked: number } {
  const expected = lines.filter((line) => line.expected);
  return { expected: expected.length, ticked: expected.filter(({ ticked }) => ticked).length };
}
