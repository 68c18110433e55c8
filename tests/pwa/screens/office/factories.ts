/** A small fictional school on Monday 23 November 2026, and the documents a test needs of it. */
import type { DayInput, Session } from "../../../../pwa/src/screens/office/day/shapes.ts";
import { foldPublished } from "../../../../pwa/src/domain/sheet.ts";
import type {
  Card,
  Group,
  Held,
  PublishedClaim,
  RegisterTaking,
  School,
  Sheet,
  SheetRow,
  Unexplained,
  UnexplainedRow,
} from "../../../../pwa/src/generated/types.ts";

export const MONDAY = "2026-11-23";
export const ZONE = "Europe/London";
const TIMES = {
  AM: { opens: "08:40", closes: "09:10", ends: "12:00" },
  PM: { opens: "13:00", closes: "13:30", ends: "15:15" },
} as const;

/** A moment of the school's clock in November, when London keeps UTC. */
export function at(time: string, date = MONDAY): string {
  return `${date}T${time}:00.000Z`;
}

export function school(more: Partial<School> = {}): School {
  return {
    _id: "school",
    school: "sch-1",
    name: "Fernhollow School",
    phase: "secondary",
    calendar: {
      terms: [{ name: "Autumn", first: "2026-09-01", last: "2026-12-18" }],
      closures: [{ first: "2026-10-26", last: "2026-10-30", kind: "holiday" }],
      times: [{ valid_from: "2026-09-01", am: TIMES.AM, pm: TIMES.PM }],
    },
    staff: [
      { person: "t-ash", name: "Mr Ash", role: "class_teacher" },
      { person: "t-birch", name: "Ms Birch", role: "class_teacher" },
      { person: "t-cover", name: "Mx Cover", role: "cover_teacher" },
      { person: "o-dale", name: "Mrs Dale", role: "attendance_officer" },
    ],
    ...more,
  };
}

export function card(pupil: string, more: Partial<Card> = {}): Card {
  return {
    _id: `card:${pupil}`,
    pupil,
    known_as: pupil[0]?.toUpperCase() + pupil.slice(1),
    surname: "Marsh",
    year: "8",
    form: "g-8a",
    form_name: "8A",
    groups: ["g-8a"],
    enrolled_from: "2026-09-01",
    last: [],
    ...more,
  };
}

export function group(id: string, members: string[], more: Partial<Group> = {}): Group {
  return {
    _id: `group:${id}`,
    group: id,
    name: id.slice(2).toUpperCase(),
    kind: "form",
    room: "12",
    extension: "212",
    teacher: "t-ash",
    teacher_name: "Mr Ash",
    members,
    meets: [0, 1, 2, 3, 4].flatMap((weekday) => [
      { weekday, session: "AM" as const },
      { weekday, session: "PM" as const },
    ]),
    ...more,
  };
}

let count = 0;

/** A published claim; ids count up, so that a later one sorts later. */
export function claim(code: string, more: Partial<PublishedClaim> = {}): PublishedClaim {
  count += 1;
  const id = more.id ?? `${count.toString(16).padStart(24, "0")}.0`;
  return {
    id,
    entry: `entry:${id}`,
    kind: "register.taken",
    group: "g-8a",
    code,
    observed_at: at("08:45"),
    written_at: at("08:46"),
    received_at: at("08:47"),
    author: "t-ash",
    author_name: "Mr Ash",
    role: "class_teacher",
    device: "tab-1",
    ...more,
  };
}

export function row(
  pupil: string,
  claims: PublishedClaim[] = [],
  more: Partial<SheetRow> & { date?: string; session?: Session } = {},
): SheetRow {
  const { date = MONDAY, session = "AM", ...rest } = more;
  return { pupil, claims, cell: foldPublished(claims, { date, ...TIMES[session] }, ZONE), ...rest };
}

export function taking(more: Partial<RegisterTaking> = {}): RegisterTaking {
  return {
    entry: "entry:1",
    kind: "register.taken",
    author: "t-ash",
    author_name: "Mr Ash",
    role: "class_teacher",
    observed_at: at("08:45"),
    received_at: at("08:47"),
    claims: 2,
    ...more,
  };
}

export function sheet(id: string, rows: SheetRow[], more: Partial<Sheet> = {}): Sheet {
  const date = more.date ?? MONDAY;
  const session = more.session ?? "AM";
  return {
    _id: `sheet:${date}:${session}:${id}`,
    group: id,
    date,
    session,
    ...TIMES[session],
    n_due: "2026-11-30",
    taker: null,
    taker_name: null,
    rows,
    takings: rows.some((one) => (one.claims ?? []).length > 0) ? [taking()] : [],
    as_at: at("09:20", date),
    ...more,
  };
}

export function open(rows: UnexplainedRow[]): Unexplained {
  return { _id: "unexplained", rows, as_at: at("09:20") };
}

export function held(more: Partial<Held> = {}): Held {
  return {
    _id: "held:1",
    what: "held",
    entry: "entry:9",
    kind: "register.taken",
    sender: "t-birch",
    sender_name: "Ms Birch",
    reason_code: "unknown_group",
    reason: "The group is not known to the school.",
    received_at: at("09:01"),
    ...more,
  };
}

/** Two pupils of form 8A and nothing marked, at 09:30, unless `more` says otherwise. */
export function input(more: Partial<DayInput> = {}): DayInput {
  const cards = [card("ada"), card("ben")];
  return {
    date: MONDAY,
    session: "AM",
    sheets: [],
    rolls: [],
    cards: new Map(cards.map((one) => [one.pupil, one])),
    groups: new Map([["g-8a", group("g-8a", ["ada", "ben"])]]),
    school: school(),
    unexplained: null,
    replacedHere: new Set(),
    contacts: [],
    now: Date.parse(at("09:30")),
    ...more,
  };
}
