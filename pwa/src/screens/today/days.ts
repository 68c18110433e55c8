/** Which registers a person sees, in which order: today's own first, the next one on top. Pure. */
import type { Me, Sheet } from "../../generated/types.ts";
import { countSheet } from "../register/sheet-words.ts";

/** Registers sorted for the Today page. */
export interface Days {
  /** Today's registers that this person takes or covers, by time. */
  readonly mine: readonly Sheet[];
  /** Today's other registers on this tablet. */
  readonly others: readonly Sheet[];
  /** The one to take next: the first of `mine` with unmarked pupils whose session has not ended. */
  readonly next: Sheet | null;
  /** Other dates, nearest first, each with its sheets by time. */
  readonly otherDays: readonly (readonly [date: string, sheets: readonly Sheet[]])[];
}

/** Where and when the page is looked at. */
export interface Moment {
  readonly today: string;
  /** HH:MM */
  readonly time: string;
  /** Groups that they were granted for a time. */
  readonly covered?: ReadonlySet<string>;
  /** A group's name, by which registers of one session are listed. */
  readonly nameOf: (group: string) => string;
}

/** Sort `sheets` for `me`. */
export function sortDays(sheets: Iterable<Sheet>, me: Pick<Me, "person">, { today, time, nameOf, covered }: Moment): Days {
  const all = [...sheets].toSorted(
    (a, b) => byTime(a, b) || nameOf(a.group).localeCompare(nameOf(b.group), "en-GB", { numeric: true }),
  );
  const now = all.filter(({ date }) => date === today);
  const isMine = ({ taker, group }: Sheet): boolean => taker === me.person || (covered?.has(group) ?? false);
  const mine = now.filter(isMine);
  return {
    mine,
    others: now.filter((sheet) => !isMine(sheet)),
    next: mine.find((sheet) => sheet.ends > time && countSheet(sheet).unmarked > 0) ?? null,
    otherDays: byDate(all.filter(({ date }) => date !== today)),
  };
}

function byTime(a: Sheet, b: Sheet): number {
  const [one, other] = [`${a.date} ${a.opens}`, `${b.date} ${b.opens}`];
  return one === other ? 0 : one < other ? -1 : 1;
}

function byDate(sheets: readonly Sheet[]): [string, Sheet[]][] {
  const dates = new Map<string, Sheet[]>();
  for (const sheet of sheets) dates.set(sheet.date, [...(dates.get(sheet.date) ?? []), sheet]);
  return [...dates].toSorted(([a], [b]) => (a > b ? -1 : 1));
}
