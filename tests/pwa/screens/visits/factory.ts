/** A family of two children, a visit of theirs, and what was said of both. All fictional. */
import { filled, foldFacts } from "../../../../pwa/src/domain/facts.ts";
import type { Fact, FactOf, FactSaid } from "../../../../pwa/src/domain/facts.ts";
import { shownWatch } from "../../../../pwa/src/domain/watches.ts";
import type { ShownWatch } from "../../../../pwa/src/domain/watches.ts";
import type { Case, Contributed, Me, School, Visit } from "../../../../pwa/src/generated/types.ts";
import type { NoteFrame } from "../../../../pwa/src/screens/visits/note/family.ts";

export const DAY = "2026-11-23";
export const ZONE = "Europe/London";
/** 14:00 on the day of the visit. */
export const TWO = "2026-11-23T14:00:00.000Z";
export const TWO_MS = Date.parse(TWO);

export function at(time: string, date = DAY): string {
  return `${date}T${time}:00.000Z`;
}

export const MO = "w-mo";
export const BEA = "w-bea";
const NAMES: Readonly<Record<string, string>> = { [MO]: "Mo Hart", [BEA]: "Bea Lind" };

let made = 0;

/** Somebody's word on a fact; its id tells nothing. */
export function said(says: Fact, more: Partial<FactSaid> = {}): FactSaid {
  made += 1;
  const author = more.author ?? MO;
  return {
    id: `${String(made).padStart(24, "0")}.0`,
    entry: `entry:${made}`,
    kind: "visit.noted",
    says: filled(says),
    observed_at: TWO,
    written_at: TWO,
    received_at: TWO,
    author,
    author_name: NAMES[author] ?? author,
    role: "family_worker",
    device: "tablet-1",
    ...more,
  };
}

export const PLAN: FactOf<"plan"> & { starts: string; ends: string } = {
  fact: "plan",
  purpose: "Why Ada has been away since Monday",
  type: "attendance",
  announced: true,
  starts: at("14:00"),
  ends: at("15:10"),
  address: "3 Fernhollow Rise",
  workers: [MO],
  buddy: BEA,
};

export function visit(claims: FactSaid[] = [said(PLAN)], more: Partial<Visit> = {}): Visit {
  return { _id: "visit:v-1", type: "visit", visit: "v-1", case: "c-1", cells: [...foldFacts(claims)], as_at: TWO, ...more };
}

export const ADA = { fact: "member", item: "m-ada", name: "Ada Finch", relation: "daughter", child: true, born: "2017-03-02", school: "sch-1", pupil: "pup-1" } as const satisfies Fact;
export const BEN = { fact: "member", item: "m-ben", name: "Ben Finch", relation: "son", child: true, born: "2013-12-01", school: "sch-2", pupil: "pup-9" } as const satisfies Fact;
export const MUM = { fact: "member", item: "m-mum", name: "Carla Finch", relation: "mother", child: false } as const satisfies Fact;
export const WALK = { fact: "action", item: "a-walk", what: "Walk to school together", owner: "Carla Finch", due: "2026-11-30" } as const satisfies Fact;
export const BUS = { fact: "barrier", item: "b-bus", category: "transport", what: "Two buses, and no pass" } as const satisfies Fact;

export function familyCase(more: FactSaid[] = [], about: Partial<Case> = {}): Case {
  const claims = [ADA, BEN, MUM, WALK, BUS].map((says) => said(says, { author: BEA, kind: "case.opened" }));
  return {
    _id: "case:c-1",
    type: "case",
    case: "c-1",
    cells: [...foldFacts([...claims, ...more])],
    workers: [
      { person: BEA, name: "Bea Lind", role: "family_worker" },
      { person: MO, name: "Mo Hart", role: "family_worker" },
    ],
    schools: [
      { school: "sch-1", name: "Quillbrook Primary" },
      { school: "sch-2", name: "Marsh Lane School" },
    ],
    opened_at: TWO,
    as_at: TWO,
    ...about,
  };
}

export function frame(more: Partial<NoteFrame> = {}): NoteFrame {
  return { visit: visit(), caseCells: familyCase().cells, person: MO, zone: ZONE, nowMs: Date.parse(at("16:00")), offsetMs: 0, ...more };
}

export function account(author: string, more: Partial<Contributed> = {}): Contributed {
  return {
    entry: `entry:${author}`,
    author,
    author_name: NAMES[author] ?? author,
    role: "family_worker",
    device: "tablet-1",
    written_at: at("17:00"),
    received_at: at("17:01"),
    contribution: { observation: `What ${NAMES[author] ?? author} saw` },
    ...more,
  };
}

export function watch(more: Partial<ShownWatch> = {}): ShownWatch {
  return {
    ...shownWatch({
      _id: "watch:x-1",
      type: "watch",
      watch: "x-1",
      person: MO,
      person_name: "Mo Hart",
      visit: "v-1",
      case: "c-1",
      where: "3 Fernhollow Rise",
      started_at: TWO,
      received_at: TWO,
      expected_back: at("15:10"),
      state: "running",
      as_at: TWO,
    }),
    ...more,
  };
}

export const AREA: School = {
  _id: "school",
  type: "school",
  school: "area-1",
  name: "Northmere",
  phase: "area",
  staff: [
    { person: MO, name: "Mo Hart", role: "family_worker", phone: "07700 900001" },
    { person: BEA, name: "Bea Lind", role: "family_worker", phone: "07700 900002" },
    { person: "w-lead", name: "Lee Stone", role: "team_lead", phone: "07700 900003" },
  ],
  calendar: {
    time_zone: ZONE,
    terms: [{ name: "Autumn", first: "2026-09-02", last: "2026-12-18" }],
    times: [
      {
        valid_from: "2026-09-01",
        am: { opens: "08:50", closes: "09:20", ends: "12:00" },
        pm: { opens: "13:05", closes: "13:35", ends: "15:20" },
      },
    ],
  },
};

export const WORKER: Me = {
  person: MO,
  name: "Mo Hart",
  role: "family_worker",
  schools: [{ school: "area-1", name: "Northmere" }],
  expires_at: "2026-11-30T00:00:00.000Z",
};
