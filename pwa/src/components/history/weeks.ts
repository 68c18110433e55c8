/** A half-term week by week, and what it comes to in words. Pure. */
import { addDays, weekday } from "../../domain/calendar.ts";
import { attendanceHundredths, counted, persistentlyAbsent, possible, severelyAbsent, tally } from "../../domain/measures.ts";
import type { Tally } from "../../domain/measures.ts";
import type { History, LastMark } from "../../generated/types.ts";
import { HERE } from "../../domain/register.ts";
import { count } from "../text.ts";

type Day = History["days"][number];

/** One week of a half-term: the two marks of each of its days that the pupil had school on. */
export interface Week {
  readonly monday: string;
  /** By day of the week; Monday is 0. */
  readonly days: ReadonlyMap<number, readonly [LastMark, LastMark]>;
  readonly attended: number;
  readonly possible: number;
}

/** Rows of a history as weeks, oldest first. */
export function weeksOf({ days }: Pick<History, "days">): Week[] {
  const weeks = new Map<string, Day[]>();
  for (const day of days) {
    const monday = addDays(day[0], -weekday(day[0]));
    weeks.set(monday, [...(weeks.get(monday) ?? []), day]);
  }
  return [...weeks].map(([monday, rows]) => {
    const counts = tally(rows.flatMap(marksOf).map(({ date, code }) => [date, code ?? null] as const));
    return {
      monday,
      days: new Map(rows.map((row) => [weekday(row[0]), marksOf(row)])),
      attended: counts.attended,
      possible: possible(counts),
    };
  });
}

function marksOf([date, am, pm]: Day): [LastMark, LastMark] {
  return [markOf(date, "AM", am), markOf(date, "PM", pm)];
}

/** `?` stands for a session that people disagree on. */
function markOf(date: string, session: "AM" | "PM", mark: string | null): LastMark {
  if (mark === null) return { date, session, state: "unmarked", code: null };
  if (mark === "?") return { date, session, state: "contested", code: null };
  return { date, session, state: "agreed", code: mark };
}

/** One mark of each kind that occurs, those of pupils on site first: the key to the table. */
export function kindsOf(weeks: readonly Week[]): LastMark[] {
  const marks = weeks.flatMap(({ days }) => [...days.values()].flat());
  const kinds = new Map(marks.map((mark) => [`${mark.state} ${mark.code ?? ""}`, mark]));
  const rank = ({ code }: LastMark): string => (code ? `${HERE.has(code) ? 0 : 1}${code}` : "2");
  return [...kinds.values()].toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

/** "95.3%", by the method of the Department for Education; null when nothing was possible. */
export function percentage(counts: Tally): string | null {
  const hundredths = attendanceHundredths(counts);
  return hundredths === null ? null : `${(Math.floor((hundredths + 5) / 10) / 10).toFixed(1)}%`;
}

/** What a history comes to, a sentence each. */
export function sentencesOf(history: Pick<History, "tally">): string[] {
  const counts = counted(history.tally);
  const total = possible(counts);
  const { attended, authorised, unauthorised, late, unmarked } = counts;
  const absent = authorised + unauthorised;
  const found = [
    total === 0 ? "No session counts." : `Attended ${attended} of ${count(total, "possible session")}, ${percentage(counts)}.`,
  ];
  if (authorised > 0 && unauthorised > 0) {
    found.push(`Absent for ${absent}: ${authorised} authorised, ${unauthorised} unauthorised.`);
  } else if (absent > 0) found.push(`Absent for ${absent}, ${authorised > 0 ? "authorised" : "unauthorised"}.`);
  if (severelyAbsent(counts)) found.push("That is half of all sessions missed, or more.");
  else if (persistentlyAbsent(counts)) found.push("That is a tenth of all sessions missed, or more.");
  if (late > 0) found.push(`Late for ${late}.`);
  if (unmarked > 0) found.push(`${count(unmarked, "session has", "sessions have")} no agreed mark, and so not counted.`);
  return found;
}
