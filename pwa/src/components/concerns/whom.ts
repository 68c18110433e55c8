/** Whom to ring about a child, from this tablet alone. Pure. */
import { further, inHours, routeOf, staffRoles, toRing } from "../../domain/concern-route.ts";
import type { Concerned, Step, Whom } from "../../domain/concern-route.ts";
import type { Case, Route, School, SchoolCalendar, ToRing } from "../../generated/types.ts";

/** Where a child belongs, as far as somebody said. */
interface Belongs {
  readonly case?: string | null | undefined;
  readonly school?: string | null | undefined;
}

/** Who answers for a child, what that place is called, and when it is open. */
export interface Place {
  readonly name: string;
  readonly whom: Whom;
  readonly calendar: SchoolCalendar | null;
}

/** Somebody to ring. `why`: what they are, in words. */
export interface Ring extends ToRing {
  readonly step: Step | "emergency" | "officer";
}

export interface Numbers {
  readonly route: Route;
  /** Now, in this order. */
  readonly now: readonly Ring[];
  /** If nobody of those answers. */
  readonly next: readonly Ring[];
}

const EMERGENCY: Ring = { step: "emergency", name: "Emergency services", role: "The child is in danger now", phone: "999" };

/**
 * Of the school that is open; in an area, of the child's own school, which its case names. An area
 * answers itself for a child without one.
 */
export function placeOf(child: Belongs, open: School | null, cases: ReadonlyMap<string, Case>): Place {
  const own = open?.safeguarding ?? {};
  const here = { name: open?.name ?? "your school", calendar: open?.calendar ?? null };
  if (open?.phase !== "area") return { ...here, whom: { safeguarding: own, staff: staffRoles(open), area: null } };
  const schools = cases.get(child.case ?? "")?.schools ?? [];
  const named = schools.find(({ school }) => school === child.school);
  if (named?.safeguarding) {
    return { name: named.name, calendar: here.calendar, whom: { safeguarding: named.safeguarding, staff: {}, area: own } };
  }
  return { ...here, whom: { safeguarding: own, staff: staffRoles(open), area: own } };
}

/** Whether a place can be reached at an instant, as far as this tablet knows. */
export function isOpen({ whom, calendar }: Place, at: string): boolean {
  return calendar === null || inHours(whom.safeguarding.hours ?? [], calendar, at);
}

/** Whom to ring, in order: never anybody whom it concerns. */
export function numbersOf(about: Concerned, { whom }: Place, open: boolean): Numbers {
  const route = routeOf(about, whom, open);
  const of = (steps: readonly Step[]): Ring[] =>
    steps.flatMap((step) =>
      toRing(whom, step)
        .filter(({ person }) => !person || !about.people.includes(person))
        .map((one): Ring => Object.assign({ step }, one)),
    );
  const officer = whom.safeguarding.designated_officer ?? whom.area?.designated_officer ?? null;
  const tells = (about.staff || about.head || route.to[0] !== "lead") && officer !== null;
  return {
    route,
    now: [...(about.immediate ? [EMERGENCY] : []), ...of(route.to), ...(tells ? [{ ...officer, step: "officer" } as const] : [])],
    next: of(further(route.to, about, whom)),
  };
}
