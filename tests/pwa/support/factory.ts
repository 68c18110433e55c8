/** A small fictional school: sheets, claims and bodies, with only what a test cares about said. */
import { claimId, GENESIS } from "../../../pwa/src/domain/canonical.ts";
import { makeEntry } from "../../../pwa/src/domain/entry.ts";
import type { Body, BodyOf, Claim, Entry, NewBody } from "../../../pwa/src/domain/entry.ts";
import { tally } from "../../../pwa/src/domain/measures.ts";
import type { Waiting } from "../../../pwa/src/domain/sheet.ts";
import type { History, Me, PublishedClaim, Roll, School, Sheet, SheetRow } from "../../../pwa/src/generated/types.ts";

export const MONDAY = "2026-11-23";
export const NINE = "2026-11-23T09:00:00.000Z";
export const NINE_MS = Date.parse(NINE);
export const LOG = "00112233445566778899aabbccddeeff";

export const TEACHER: Me = {
  person: "staff-1",
  name: "Tess Tutor",
  role: "class_teacher",
  schools: [{ school: "sch-1", name: "Marsh Lane School" }],
  expires_at: "2026-11-30T00:00:00.000Z",
};
export const OFFICER: Me = { ...TEACHER, person: "staff-2", name: "Olu Officer", role: "attendance_officer" };

export function claim(pupil: string, code: string, more: Partial<Claim> = {}): Claim {
  return { pupil, code, observed_at: NINE, ...more };
}

const ACT = {
  author: TEACHER.person,
  role: TEACHER.role,
  device: "tablet-1",
  written_at: NINE,
  clock: { offset_ms: 0, contact: null },
} as const;

/** A register of form-1, this Monday morning. */
export function taken(claims: Claim[], more: Partial<BodyOf<"register.taken">> = {}): BodyOf<"register.taken"> {
  return { ...ACT, kind: "register.taken", date: MONDAY, session: "AM", group: "form-1", claims, ...more };
}

/** The same as a screen gives it. */
export function newRegister(claims: Claim[] = [claim("pup-1", "/")]): NewBody {
  return { kind: "register.taken", date: MONDAY, session: "AM", group: "form-1", claims };
}

/** Any body: `about` without who, where and when. */
export function bodied(about: NewBody, more: Partial<Pick<Body, "author" | "role" | "clock">> = {}): Body {
  return { ...ACT, ...about, ...more };
}

/** A sealed entry, the `n`-th of its log. */
export function entry(body: Body, n = 1, log = LOG): Entry {
  return makeEntry(log, n, GENESIS, "0f".repeat(16), body);
}

/** An own entry as an overlay takes it. */
export function waiting(one: Entry, more: Partial<Waiting> = {}): Waiting {
  return { entry: one, authorName: TEACHER.name, receivedAt: null, silent: null, aside: new Map(), decided: false, ...more };
}

export function published(id: string, code: string, more: Partial<PublishedClaim> = {}): PublishedClaim {
  return {
    id,
    entry: "entry:other",
    kind: "register.taken",
    code,
    observed_at: NINE,
    written_at: NINE,
    received_at: NINE,
    author: "staff-9",
    author_name: "Cal Cover",
    role: "cover_teacher",
    device: "tablet-9",
    ...more,
  };
}

export function row(pupil: string, more: Partial<SheetRow> = {}): SheetRow {
  return { pupil, cell: { state: "unmarked", code: null, live: [], joined: [], arrived: null, recheck: false }, ...more };
}

/** The published sheet of form-1, this Monday morning. */
export function sheet(rows: SheetRow[] = [row("pup-1"), row("pup-2")], more: Partial<Sheet> = {}): Sheet & { type: "sheet" } {
  return {
    _id: `sheet:${MONDAY}:AM:form-1`,
    group: "form-1",
    date: MONDAY,
    session: "AM",
    opens: "08:50",
    closes: "09:20",
    ends: "12:00",
    n_due: "2026-11-30",
    taker: "staff-1",
    taker_name: "Tess Tutor",
    rows,
    takings: [],
    as_at: "2026-11-23T08:00:00.000Z",
    ...more,
    type: "sheet",
  };
}

export function roll(pupils: string[], more: Partial<Roll> = {}): Roll & { type: "roll" } {
  const unknown = { state: "unknown", code: null, arrived: null } as const;
  return {
    _id: `roll:${MONDAY}:form-1`,
    date: MONDAY,
    form: "form-1",
    form_name: "7A",
    room: "R1",
    rows: pupils.map((pupil) => ({ pupil, known_as: pupil, surname: "Example", am: unknown, pm: unknown, left: null })),
    as_at: "2026-11-23T08:00:00.000Z",
    ...more,
    type: "roll",
  };
}

/** The marks of pup-1 in the half-term that began on 2 November. */
export function history(days: History["days"], more: Partial<History> = {}): History & { type: "history" } {
  const marks = days.flatMap(([date, ...codes]) => codes.map((code) => [date, code === "?" ? null : code] as const));
  const half = more.half ?? "2026-11-02";
  const pupil = more.pupil ?? "pup-1";
  return { _id: `history:${half}:${pupil}`, half, pupil, days, tally: tally(marks), ...more, type: "history" };
}

export const SCHOOL: School & { type: "school" } = {
  _id: "school",
  type: "school",
  school: "sch-1",
  name: "Marsh Lane School",
  phase: "secondary",
  staff: [
    { person: "staff-1", name: "Tess Tutor", role: "class_teacher" },
    { person: "staff-2", name: "Olu Officer", role: "attendance_officer" },
  ],
  calendar: {
    time_zone: "Europe/London",
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

export { claimId };
