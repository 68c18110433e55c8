/** Giving a grant: the form's draft, what it begins with, what is wrong with it, and the entry it makes. Pure. */
import type { FormError } from "../../components/error-summary.tsx";
import { tidy } from "../../components/text.ts";
import { isSchoolDay, schoolDaysAfter, spanOn } from "../../domain/calendar.ts";
import type { NewBody } from "../../domain/entry.ts";
import { sees } from "../../domain/policy.ts";
import { instant, localMoment, momentAt } from "../../domain/time.ts";
import type { Role, SchoolCalendar } from "../../generated/types.ts";

export interface GiveDraft {
  readonly person: string;
  readonly role: Role | "";
  readonly groups: readonly string[];
  readonly pupils: readonly string[];
  readonly cases: readonly string[];
  /** Given in an authority's area, where groups are teams. */
  readonly area: boolean;
  /** Null: from the moment it is given. */
  readonly from: { readonly date: string; readonly time: string } | null;
  readonly untilDate: string;
  readonly untilTime: string;
  readonly purpose: string;
}

export const PURPOSE_LENGTH = 500;
export const MAX_DAYS = 366;
const DAY_MS = 86_400_000;

/** Until the end of today's last session; where that is past, of the next school day's. */
export function untilOf(calendar: SchoolCalendar, nowMs: number): { date: string; time: string } {
  const today = localMoment(nowMs, calendar.time_zone ?? "Europe/London");
  const ends = (date: string): string => spanOn(calendar, date, "PM").ends;
  if (isSchoolDay(calendar, today.date) && today.time < ends(today.date)) return { date: today.date, time: ends(today.date) };
  const next = schoolDaysAfter(calendar, today.date, 1) ?? today.date;
  return { date: next, time: ends(next) };
}

/** `person` "": nobody chosen yet. */
export function newGrant(calendar: SchoolCalendar, nowMs: number, person: string, roles: readonly Role[], area = false): GiveDraft {
  const until = untilOf(calendar, nowMs);
  return {
    person,
    role: roleOf(roles, area),
    groups: [],
    pupils: [],
    cases: [],
    area,
    from: null,
    untilDate: until.date,
    untilTime: until.time,
    purpose: "",
  };
}

/** The role that is given most; nothing where there is a choice to make. */
function roleOf(roles: readonly Role[], area: boolean): Role | "" {
  if (area) return roles.length === 1 ? (roles[0] ?? "") : "";
  return roles.includes("cover_teacher") ? "cover_teacher" : "";
}

/** Whether a role is granted over groups, over pupils by name, over teams and cases of an area, or over what the role itself comes to. */
export function scopeOf({ role, area }: Pick<GiveDraft, "role" | "area">): "groups" | "pupils" | "cases" | "none" {
  if (role === "") return "none";
  if (area) return sees(role, "cases") ? "cases" : "none";
  if (sees(role, "groups")) return "groups";
  return sees(role, "pupils") ? "pupils" : "none";
}

/** What is wrong with it, each at its field. */
export function giveErrors(draft: GiveDraft, timeZone: string, nowMs: number): FormError[] {
  const errors: FormError[] = [];
  const add = (field: string, text: string): number => errors.push({ field, text });
  if (draft.person === "") add("person", "Choose who it is for");
  if (draft.role === "") add("role", "Choose in which role");
  const scope = scopeOf(draft);
  if (scope === "groups" && draft.groups.length === 0) add("group", "Choose at least one group");
  if (scope === "pupils" && draft.pupils.length === 0) add("pupil", "Choose at least one pupil");
  if (scope === "cases" && draft.groups.length + draft.cases.length === 0) add("case", "Choose at least one case, or a team");
  const { from } = draft;
  if (from !== null && (from.date === "" || from.time === "")) add("from-date", "Enter the day and time from which it holds");
  if (draft.untilDate === "" || draft.untilTime === "") add("until-date", "Enter the day and time at which it ends");
  else if (errors.every(({ field }) => field !== "from-date")) {
    const [starts, ends] = [startsMs(draft, timeZone, nowMs), momentAt(draft.untilDate, draft.untilTime, timeZone)];
    if (ends <= nowMs) add("until-date", "It must end later than now");
    else if (ends <= starts) add("until-date", "It must end after it begins");
    else if (ends - starts > MAX_DAYS * DAY_MS) add("until-date", `It may last ${MAX_DAYS} days at most`);
  }
  if (tidy(draft.purpose) === "") add("purpose", "Enter what it is for");
  return errors;
}

function startsMs({ from }: GiveDraft, timeZone: string, nowMs: number): number {
  return from === null ? nowMs : momentAt(from.date, from.time, timeZone);
}

/** The entry that gives it; null for a draft with mistakes. */
export function giveBody(draft: GiveDraft, timeZone: string, nowMs: number): NewBody | null {
  if (draft.role === "" || giveErrors(draft, timeZone, nowMs).length > 0) return null;
  const scope = scopeOf(draft);
  return {
    kind: "grant.given",
    person: draft.person,
    grants: draft.role,
    groups: scope === "groups" || scope === "cases" ? [...draft.groups] : [],
    pupils: scope === "pupils" ? [...draft.pupils] : [],
    ...(scope === "cases" ? { cases: [...draft.cases] } : {}),
    starts: instant(startsMs(draft, timeZone, nowMs)),
    ends: instant(momentAt(draft.untilDate, draft.untilTime, timeZone)),
    purpose: tidy(draft.purpose),
  };
}
