/**
 * Whom a concern goes to, and so whom to ring: as the server says it (`sync/family/concern_routes.py`), from
 * what is on the tablet alone. `tests/vectors/concern-route.json` holds both to one reading.
 */
import type { Route, Safeguarding, School, SchoolCalendar, ToRing } from "../generated/types.ts";
import { isSchoolDay, timesOn, weekdayOn } from "./calendar.ts";
import { localMoment } from "./time.ts";

export type Step = Route["to"][number];
type Standing = "there" | "nobody" | "concerned";

/** Whom a concern is about, besides the child. `people`: those with an account. */
export interface Concerned {
  readonly people: readonly string[];
  readonly staff: boolean;
  readonly head: boolean;
  readonly immediate: boolean;
}

/**
 * Who answers for a child: of its school, or of the area where it has no school here. `staff`: roles
 * by person.
 */
export interface Whom {
  readonly safeguarding: Safeguarding;
  readonly staff: Readonly<Record<string, string>>;
  readonly area: Safeguarding | null;
}

const ROLES: Readonly<Partial<Record<Step, string>>> = { lead: "safeguarding_lead", head: "head", chair: "chair_of_governors" };
const NAMES: Readonly<Record<Step, string>> = {
  lead: "the safeguarding lead",
  head: "the head",
  chair: "the chair of governors",
  duty: "the area’s duty team",
};
const NEXT: Readonly<Record<Exclude<Step, "duty">, Step>> = { lead: "head", head: "chair", chair: "duty" };

/** The people of a school document, by their roles. */
export function staffRoles(school: School | null): Record<string, string> {
  return Object.fromEntries((school?.staff ?? []).map(({ person, role }) => [person, role]));
}

/** Whom to ring at a step. */
export function toRing({ safeguarding, area }: Whom, step: Step): readonly ToRing[] {
  switch (step) {
    case "lead":
      return safeguarding.leads ?? [];
    case "head":
      return listed(safeguarding.head);
    case "chair":
      return listed(safeguarding.chair);
    case "duty":
      break;
  }
  return listed(area?.duty ?? safeguarding.duty);
}

function listed(one: ToRing | null | undefined): readonly ToRing[] {
  return one ? [one] : [];
}

function people(whom: Whom, step: Step): readonly string[] {
  const named = toRing(whom, step).flatMap(({ person }) => (person ? [person] : []));
  const role = ROLES[step];
  return [...named, ...Object.keys(whom.staff).filter((person) => whom.staff[person] === role)];
}

function standing(whom: Whom, step: Step, about: Concerned): Standing {
  if (step === "duty") return "there";
  const known = people(whom, step);
  const concerns = known.some((person) => about.people.includes(person)) || (step === "head" && about.head);
  if (concerns) return "concerned";
  return known.length > 0 || toRing(whom, step).length > 0 ? "there" : "nobody";
}

/** Whom it goes to at once, and why. `hours`: the place can be reached now. */
export function routeOf(about: Concerned, whom: Whom, hours: boolean): Route {
  const { step, because } = first(about, whom);
  if (about.immediate) {
    const all = `${because} The child is in danger now: everybody who answers for it is told at once.`;
    return { to: [step, ...further([step], about, whom)], because: all };
  }
  if (hours || step === "duty") return { to: [step], because };
  return { to: [step, "duty"], because: `${because} It came out of hours: the area’s duty team is told as well.` };
}

/** The first step, passing over whom it concerns. */
function first(about: Concerned, whom: Whom): { step: Step; because: string } {
  let step: Step = "lead";
  let why = "";
  if (standing(whom, "head", about) === "concerned") {
    [step, why] = ["chair", "It is about the head: "];
  } else if (about.staff || about.people.some((person) => person in whom.staff)) {
    [step, why] = ["head", "It is about a member of staff: "];
  }
  while (step !== "duty") {
    const found = standing(whom, step, about);
    if (found === "there") break;
    why = found === "concerned" ? `It concerns ${NAMES[step]}: ` : `Nobody is ${NAMES[step]} here: `;
    step = found === "concerned" ? NEXT[step] : "duty";
  }
  const sentence = `${why}it goes to ${NAMES[step]}.`;
  return { step, because: sentence.charAt(0).toUpperCase() + sentence.slice(1) };
}

/** Whom it goes to next, step by step, while nobody acknowledges it. */
export function further(to: readonly Step[], about: Concerned, whom: Whom): Step[] {
  const heads: Step[] = to[0] === "lead" || to[0] === "duty" ? ["head"] : [];
  const wanted: Step[] = [...heads, "duty"];
  return wanted.filter((one) => !to.includes(one) && standing(whom, one, about) === "there");
}

/** Whether a place can be reached at an instant: on a school day, within its hours (or its registers'). */
export function inHours(hours: Safeguarding["hours"], calendar: SchoolCalendar, at: string): boolean {
  const { date, time } = localMoment(at, calendar.time_zone ?? "Europe/London");
  if (!isSchoolDay(calendar, date)) return false;
  if (hours === undefined || hours.length === 0) {
    const { am, pm } = timesOn(calendar, date);
    return am.opens <= time && time < pm.ends;
  }
  const weekday = weekdayOn(calendar, date);
  return hours.some((one) => one.weekday === weekday && one.opens <= time && time < one.closes);
}
