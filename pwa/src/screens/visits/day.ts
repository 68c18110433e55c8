/** A worker's day: which visits, notes and drafts there are, and what is wrong. Pure. */
import { contested } from "../../domain/facts.ts";
import { localMoment } from "../../domain/time.ts";
import type { ShownWatch } from "../../domain/watches.ts";
import type { Case, Contributed, Visit } from "../../generated/types.ts";
import { factOf, familyName } from "./reading.ts";
import type { FactOf } from "./reading.ts";

/** What a day is made of. */
export interface DayParts {
  readonly visits: Iterable<Visit>;
  readonly cases: ReadonlyMap<string, Case>;
  readonly watches: Iterable<ShownWatch>;
  readonly person: string;
  /** A lead sees the visits of the team, and its overdue notes. */
  readonly leads: boolean;
  readonly nowMs: number;
  readonly zone: string;
}

/** How far a visit has come, for the person at the tablet. */
export type Stage = "cancelled" | "planned" | "there" | "left" | "written";

/** A visit, as a line of the day. */
export interface DayVisit {
  readonly visit: Visit;
  readonly plan: FactOf<"plan"> | null;
  readonly family: string;
  readonly mine: boolean;
  readonly stage: Stage;
  readonly date: string;
  readonly outcome: FactOf<"outcome"> | null;
  /** Facts of it that people differ on. */
  readonly contested: number;
}

/** A note that is not handed in. */
export interface Owed {
  readonly line: DayVisit;
  /** Whose: the person's own, or those of the team who owe it. */
  readonly owedBy: readonly string[];
  readonly endedAt: string;
  readonly overdue: boolean;
}

/** The day, in the order of the page. */
export interface Day {
  readonly now: readonly DayVisit[];
  readonly today: readonly DayVisit[];
  readonly tomorrow: readonly DayVisit[];
  readonly later: readonly DayVisit[];
  readonly earlier: readonly DayVisit[];
  readonly owed: readonly Owed[];
  readonly teamOwed: readonly Owed[];
  readonly contested: readonly DayVisit[];
  /** Others who are out now. */
  readonly out: readonly ShownWatch[];
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const DUE_HOURS = 24;
const OVERDUE_HOURS = 48;
const EARLIER_SHOWN = 20;

/** The day, from what is on the tablet. */
export function dayOf(parts: DayParts): Day {
  const lines = [...parts.visits].map((visit) => lineOf(visit, parts)).toSorted(byStart);
  const today = localMoment(parts.nowMs, parts.zone).date;
  const tomorrow = localMoment(parts.nowMs + DAY_MS, parts.zone).date;
  const shown = lines.filter(({ mine }) => mine || parts.leads);
  const isNow = (line: DayVisit): boolean => line.mine && line.stage === "there" && line.date === today;
  const owed = lines.flatMap((line) => owedOf(line, parts));
  return {
    now: shown.filter(isNow),
    today: shown.filter((line) => line.date === today && !isNow(line)),
    tomorrow: shown.filter(({ date }) => date === tomorrow),
    later: shown.filter(({ date }) => date > tomorrow),
    earlier: shown.filter(({ date }) => date < today).toReversed().slice(0, EARLIER_SHOWN),
    owed: owed.filter(({ owedBy }) => owedBy.includes(parts.person)),
    teamOwed: parts.leads ? owed.filter(({ owedBy, overdue }) => overdue && !owedBy.includes(parts.person)) : [],
    contested: shown.filter(({ contested: some }) => some > 0),
    out: [...parts.watches].filter(({ person, state }) => person !== parts.person && state !== "safe").toSorted(byAlarm),
  };
}

/** A visit as a line. */
export function lineOf(visit: Visit, { cases, person, zone }: Pick<DayParts, "cases" | "person" | "zone">): DayVisit {
  const plan = factOf(visit.cells, "plan");
  const arrived = factOf(visit.cells, "arrived");
  const at = arrived?.at ?? plan?.starts ?? visit.ended_at ?? visit.as_at;
  const mine = plan?.workers.includes(person) === true || hasWritten(visit, person);
  return {
    visit,
    plan,
    family: familyName(cases.get(visit.case)?.cells ?? []),
    mine,
    stage: stageOf(visit, person),
    date: localMoment(at, zone).date,
    outcome: factOf(visit.cells, "outcome"),
    contested: contested(visit.cells).length,
  };
}

/** How far it has come: one's own note counts, or for somebody who did not go anybody's. */
export function stageOf(visit: Visit, person: string): Stage {
  const plan = factOf(visit.cells, "plan");
  const goes = plan?.workers.includes(person) === true;
  if (goes ? hasWritten(visit, person) : (visit.contributions ?? []).length > 0) return "written";
  if (factOf(visit.cells, "left") !== null) return "left";
  if (factOf(visit.cells, "arrived") !== null) return "there";
  return (plan?.cancelled ?? null) === null ? "planned" : "cancelled";
}

/** The person's own account, once it is handed in. */
export function accountOf(visit: Visit, person: string): Contributed | null {
  return (visit.contributions ?? []).find(({ author }) => author === person) ?? null;
}

function hasWritten(visit: Visit, person: string): boolean {
  return accountOf(visit, person) !== null;
}

/** Notes count from the visit's end: a reminder at a day, overdue at two. */
function owedOf(line: DayVisit, { nowMs, person }: DayParts): Owed[] {
  const { visit, plan } = line;
  if (line.stage === "cancelled") return [];
  const began = factOf(visit.cells, "arrived") !== null;
  const endedAt = visit.ended_at ?? factOf(visit.cells, "left")?.at ?? plan?.ends ?? null;
  if (endedAt === null || Date.parse(endedAt) > nowMs) return [];
  const workers = plan?.workers ?? (began ? [person] : []);
  const owedBy = workers.filter((one) => !hasWritten(visit, one));
  const hours = (nowMs - Date.parse(endedAt)) / HOUR_MS;
  return owedBy.length === 0 ? [] : [{ line, owedBy, endedAt, overdue: hours >= OVERDUE_HOURS }];
}

/** Whether somebody is to be reminded of a note. */
export function isDue({ endedAt }: Owed, nowMs: number): boolean {
  return nowMs - Date.parse(endedAt) >= DUE_HOURS * HOUR_MS;
}

function byStart(a: DayVisit, b: DayVisit): number {
  return startOf(a) < startOf(b) ? -1 : 1;
}

function startOf({ plan, visit }: DayVisit): string {
  return `${plan?.starts ?? visit.ended_at ?? visit.as_at} ${visit.visit}`;
}

const ALARM: Readonly<Record<ShownWatch["state"], number>> = { help: 0, overdue: 1, running: 2, safe: 3 };

function byAlarm(a: ShownWatch, b: ShownWatch): number {
  return ALARM[a.state] - ALARM[b.state] || (a.expected_back < b.expected_back ? -1 : 1);
}
