/** The office's own words: where a mark was made, what a flag means, what an entry was. */
import { roleName } from "../../domain/policy.ts";
import type { Group, PublishedClaim } from "../../generated/types.ts";
import type { Lateness, LastSeen, UnexplainedLine } from "./day/shapes.ts";
import { count, sessionWord, shortDate } from "../../components/text.ts";

/** "Mr Ash, class teacher". */
export function speaker(claim: Pick<PublishedClaim, "author_name" | "role">): string {
  return `${claim.author_name}, ${roleName(claim.role)}`;
}

/** Where a mark was made: a group's register, the late desk, the office. */
export function placeOf(claim: PublishedClaim, groups: ReadonlyMap<string, Group>): string {
  const group = claim.group ?? null;
  const name = group === null ? null : (groups.get(group)?.name ?? "another group");
  switch (claim.kind) {
    case "arrival.recorded":
      return "Late desk";
    case "contest.settled":
      return "Office, settling a contradiction";
    case "mark.amended":
      return name === null ? "Office, amending a mark" : `Register of ${name}, amended`;
    default:
      return name === null ? "Office" : `Register of ${name}`;
  }
}

const FLAGS: Readonly<Record<string, string>> = {
  clock_skewed: "The tablet’s clock was wrong; its times have been corrected.",
  clock_unknown: "The tablet had not heard from the server yet; its times are its own.",
  clock_ahead: "The tablet’s clock ran ahead of the server’s.",
  clock_behind: "The tablet’s clock ran behind the server’s.",
  grant_ended_since: "What its author was granted has ended since; it was in force when this was written.",
  outside_contacts: "Written, by its tablet’s clock, outside the time between two contacts of that tablet with the server.",
  no_decision: "Leave recorded without the decision behind it.",
};

/** What a flag on a claim means; one that nobody has worded is shown as it is. */
export function flagWords(flag: string): string {
  return FLAGS[flag] ?? flag.replaceAll("_", " ");
}

const KINDS: Readonly<Record<string, string>> = {
  "register.taken": "A register",
  "mark.amended": "An amended mark",
  "arrival.recorded": "An arrival",
  "departure.recorded": "A pupil leaving early",
  "contest.settled": "A settled contradiction",
  "register.voided": "A voided record",
  "planned.recorded": "A planned code",
  "planned.withdrawn": "A withdrawn plan",
  "register.reassigned": "A reassigned register",
  "grant.given": "A grant",
  "grant.ended": "A grant that was ended",
  "record.viewed": "A look at a restricted record",
  "quarantine.released": "A release of something held",
  "quarantine.corrected": "A correction of something held",
  "quarantine.declined": "A refusal of something held",
};

/** What an entry was. */
export function kindWords(kind: string | null): string {
  return (kind === null ? undefined : KINDS[kind]) ?? "An entry of a kind this app does not know";
}

/** "20 minutes late", "open until 09:10". */
export function latenessWords(late: Lateness): string {
  switch (late.kind) {
    case "upcoming":
      return `opens at ${late.opens}`;
    case "open":
      return `open until ${late.closes}`;
    case "late":
      return `${minutesWords(late.minutes)} late`;
    case "earlier_day":
      break;
  }
  return "never taken";
}

/** "45 minutes", "2 h 05 min". */
export function minutesWords(minutes: number): string {
  if (minutes < 90) return count(minutes, "minute");
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** "3rd session absent in a row", with "at least" where earlier ones are not known here. */
export function runWords(run: number, atLeast: boolean): string {
  if (run === 1) return "First session absent";
  return `${atLeast ? "At least " : ""}${run} sessions absent in a row`;
}

/** Where and when a pupil was last seen, by the registers. */
export function lastSeenWords(seen: LastSeen | null, date: string): string {
  if (seen === null) return "Not seen in the last ten sessions";
  const half = sessionWord(seen.session);
  return seen.date === date ? `Here this ${half}` : `Last here ${shortDate(seen.date)}, ${half}`;
}

/** When an `N` falls due, in words. */
export function dueWords(line: Pick<UnexplainedLine, "due" | "daysLeft" | "state">): string {
  if (line.due === null || line.daysLeft === null) return "No due day in the calendar";
  const on = shortDate(line.due);
  switch (line.state) {
    case "overdue":
      return `Overdue: was due ${on}, ${count(-line.daysLeft, "school day")} ago`;
    case "due":
      return "Due today: day 5 of 5";
    case "warning":
      return `Due ${on}: 1 school day left`;
    case "open":
      break;
  }
  return `Due ${on}: ${count(line.daysLeft, "school day")} left`;
}

/** A room as the school names it: "12" is read as "Room 12", "Hall" and "Room 6" as they are. */
export function roomWords(room: string): string {
  if (room === "") return "No room given";
  return /^\d/.test(room) ? `Room ${room}` : room;
}
