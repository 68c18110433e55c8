/** Registers of one session: which are in, which in part, which are missing and how late. */
import { isSchoolDay, minutesBetween, spanOn, weekday } from "../../../domain/calendar.ts";
import type { Group, School, Sheet, SheetRow, StaffMember } from "../../../generated/types.ts";
import { compare, who } from "./cells.ts";
import type { Contact, DayInput, Lateness, RegisterLine, Session } from "./shapes.ts";

/** The school's clock when the page is drawn: today's date, and the time of day. */
export interface LocalNow {
  readonly date: string;
  readonly time: string;
}

/**
 * One line a register expected, in the order of their names. Expected is every sheet of the
 * session and, for today, every group that meets in it, whether or not its sheet has come.
 */
export function registers(input: DayInput, sheets: readonly Sheet[], local: LocalNow): RegisterLine[] {
  const bySheet = sheets.map((sheet) => lineOf(input, sheet, local));
  const have = new Set(sheets.map((sheet) => sheet.group));
  const more = local.date === input.date ? registering(input).filter((group) => !have.has(group.group)) : [];
  const bare = more.map((group) => bareLine(input, group, local));
  return [...bySheet, ...bare].toSorted((a, b) => compare(a.name, b.name));
}

/** Groups whose timetable has this session on this date; none on a day without school. */
export function registering(input: Pick<DayInput, "date" | "session" | "groups" | "school">): Group[] {
  if (!isSchoolDay(input.school.calendar, input.date)) return [];
  const day = weekday(input.date);
  return [...input.groups.values()].filter((group) =>
    group.meets.some((meeting) => meeting.weekday === day && meeting.session === input.session),
  );
}

/**
 * A register is in when a taking of it stands: one voided or held speaks not. An amendment alone is
 * one only where it left nobody unmarked (everybody had been signed in before the register).
 */
export function isIn(sheet: Sheet): boolean {
  const standing = (sheet.takings ?? []).filter((taking) => (taking.voided ?? null) === null && taking.claims > 0);
  if (standing.some((taking) => taking.kind === "register.taken")) return true;
  return standing.length > 0 && !sheet.rows.some(isGap);
}

function isGap(row: SheetRow): boolean {
  return row.listed !== false && row.cell.state === "unmarked";
}

/** How late a register is that nobody has taken. */
export function lateness(date: string, closes: string, opens: string, local: LocalNow): Lateness {
  if (date < local.date) return { kind: "earlier_day" };
  if (date > local.date || local.time < opens) return { kind: "upcoming", opens };
  const minutes = minutesBetween(closes, local.time);
  return minutes > 0 ? { kind: "late", minutes } : { kind: "open", closes };
}

function lineOf(input: DayInput, sheet: Sheet, local: LocalNow): RegisterLine {
  const group = input.groups.get(sheet.group);
  const unmarked = sheet.rows.filter(isGap);
  const taker = sheet.taker ?? group?.teacher ?? null;
  const named = sheet.taker_name ?? staffName(input.school, taker) ?? group?.teacher_name;
  return {
    group: sheet.group,
    name: group?.name ?? sheet.group,
    room: group?.room ?? "",
    extension: group?.extension ?? null,
    taker,
    takerName: named ?? "Nobody is named",
    reassigned: group !== undefined && taker !== null && taker !== group.teacher,
    state: isIn(sheet) ? (unmarked.length > 0 ? "part" : "in") : "missing",
    lateness: lateness(sheet.date, sheet.closes, sheet.opens, local),
    unmarked: unmarked.map((row) => who(row.pupil, input.cards)).toSorted((a, b) => compare(a.sort, b.sort)),
    lastHeard: lastHeard(input.contacts, taker),
  };
}

function bareLine(input: DayInput, group: Group, local: LocalNow): RegisterLine {
  const span = spanOn(input.school.calendar, input.date, input.session);
  return {
    group: group.group,
    name: group.name,
    room: group.room,
    extension: group.extension ?? null,
    taker: group.teacher,
    takerName: group.teacher_name,
    reassigned: false,
    state: "missing",
    lateness: lateness(input.date, span.closes, span.opens, local),
    unmarked: group.members.map((pupil) => who(pupil, input.cards)).toSorted((a, b) => compare(a.sort, b.sort)),
    lastHeard: lastHeard(input.contacts, group.teacher),
  };
}

function staffName(school: School, person: string | null): string | undefined {
  return school.staff.find((member: StaffMember) => member.person === person)?.name;
}

/** The newest contact of a person, on any of their tablets. */
export function lastHeard(contacts: readonly Contact[] | null, person: string | null): Contact | null {
  const theirs = (contacts ?? []).filter((contact) => contact.person === person);
  return theirs.toSorted((a, b) => (a.last_contact < b.last_contact ? 1 : -1))[0] ?? null;
}

/** The session an office works on at a time of day: the morning's until the afternoon's opens. */
export function sessionAt(school: School, date: string, time: string): Session {
  return time >= spanOn(school.calendar, date, "PM").opens ? "PM" : "AM";
}
