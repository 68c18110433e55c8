/** Which registers a person sees, in which order: today's own first, the next one on top. Pure. */
import type { Me, Sheet } from "../../generated/types.ts";
import { countSheet } from "../register/sheet-words.ts";

/** Registers sorted for the Today page. */
export interface Days {
  /** Today's registers that this person takes, by time. */
  readonly mine: readonly Sheet[];
  /** Today's other registers on this tablet. */
  readonly others: readonly Sheet[];
  /** The one to take next: the first of `mine` with unmarked pupils whose session has not ended. */
  readonly next: Sheet | null;
  /** Other dates, nearest first, each with its sheets by time. */
  readonly otherDays: readonly (readonly [date: string, sheets: readonly Sheet[]])[];
}

/** Sort `sheets` for `me` on `today` at `time` (HH:MM). */
export function sortDays(sheets: Iterable<Sheet>, me: Pick<Me, "person">, today: string, time: string): Days {
  const all = [...sheets].toSorted(byTime);
  const now = all.filter(({ date }) => date === today);
  const mine = now.filter(({ taker }) => taker === me.person);
  return {
    mine,
    others: now.filter(({ taker }) => taker !== me.person),
    next: mine.find((sheet) => sheet.ends > time && countSheet(sheet).unmarked > 0) ?? null,
    otherDays: byDate(all.filter(({ date }) => date !== today)),
  };
}

function byTime(a: Sheet, b: Sheet): number {
  const [one, other] = [`${a.date} ${a.opens} ${a.group}`, `${b.date} ${b.opens} ${b.group}`];
  return one < other ? -1 : 1;
}

function byDate(sheets: readonly Sheet[]): [string, Sheet[]][] {
  const dates = new Map<string, Sheet[]>();
  for (const sheet of sheets) dates.set(sheet.date, [...(dates.get(sheet.date) ?? []), sheet]);
  return [...dates].toSorted(([a], [b]) => (a > b ? -1 : 1));
}
