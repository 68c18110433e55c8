/** The vectors that the tablet and Python both keep (`tests/schemas/test_vectors.py`). */
import { readFileSync } from "node:fs";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { describe, expect, test } from "vitest";
import {
  halfTerms,
  halfTermWindow,
  isSchoolDay,
  nDue,
  schoolDaysAfter,
  schoolDaysBefore,
  timesOn,
  weekdayOn,
} from "../../../pwa/src/domain/calendar.ts";
import type { SchoolCalendar } from "../../../pwa/src/domain/calendar.ts";
import { bodyDigest, canonicalBytes, CanonicalError, canonicalText, entryDigest, holdingDigest } from "../../../pwa/src/domain/canonical.ts";
import { codeOn, offeredCodes, presentCode } from "../../../pwa/src/domain/codes.ts";
import { claimIds, makeEntry } from "../../../pwa/src/domain/entry.ts";
import type { Body, Kind, Role } from "../../../pwa/src/domain/entry.ts";
import { fold, rollMark, screen } from "../../../pwa/src/domain/fold.ts";
import type { Cell, FoldClaim, Verdict } from "../../../pwa/src/domain/fold.ts";
import {
  attendanceHundredths,
  persistentlyAbsent,
  possible,
  severelyAbsent,
  tally,
} from "../../../pwa/src/domain/measures.ts";
import { mayUseCode, mayWrite } from "../../../pwa/src/domain/policy.ts";
import { codeAsRead, lateCode, minutesLate } from "../../../pwa/src/domain/register.ts";
import { localMoment } from "../../../pwa/src/domain/time.ts";
import { readEntry, SHAPE, upcast } from "../../../pwa/src/domain/upcast.ts";
import calendarVectors from "../../vectors/calendar.json" with { type: "json" };
import codeVectors from "../../vectors/codes.json" with { type: "json" };
import entryVectors from "../../vectors/entry.json" with { type: "json" };
import foldVectors from "../../vectors/fold.json" with { type: "json" };
import measureVectors from "../../vectors/measures.json" with { type: "json" };
import registerVectors from "../../vectors/register.json" with { type: "json" };
import upcastVectors from "../../vectors/upcast.json" with { type: "json" };

/* The files are JSON: their texts are known to be of narrower types than TypeScript can see. */
/* oxlint-disable typescript/no-unsafe-type-assertion */

/** Read as JSON, not imported: a bundler would write the key `__proto__` as a prototype. */
const canonicalVectors = JSON.parse(readFileSync(new URL("../../vectors/canonical.json", import.meta.url), "utf8")) as {
  values: { name: string; value: unknown; text: string; bytes: string; sha256: string }[];
  refused: { name: string; json: string }[];
  holdings: { name: string; held: [string, string][]; sha256: string }[];
};
const calendar = calendarVectors.calendar as SchoolCalendar;
const today = "2026-11-23";

describe("up-casting", () => {
  test.each(upcastVectors.bodies)("$name", ({ body, today: read }) => {
    const before = JSON.stringify(body);
    expect(upcast(body)).toEqual(read);
    expect(JSON.stringify(body)).toBe(before);
  });

  test("today's shape is the schema's, and what a newer version wrote is not read", () => {
    expect(SHAPE).toBe(upcastVectors.shape);
    const [old] = upcastVectors.bodies;
    const entry = makeEntry("a".repeat(32), 1, "0".repeat(64), "b".repeat(32), old?.body as unknown as Body);
    expect(readEntry(entry)).toEqual({ ...entry, body: old?.today });
    for (const change of [{ shape: SHAPE + 1 }, { kind: "visit.logged" }]) {
      expect(readEntry({ ...entry, body: { ...entry.body, ...change } as unknown as Body })).toBeNull();
    }
  });
});

describe("canonical form", () => {
  test.each(canonicalVectors.values)("$name", ({ value, text, bytes, sha256: digest }) => {
    expect(canonicalText(value)).toBe(text);
    expect(bytesToHex(canonicalBytes(value))).toBe(bytes);
    expect(bytesToHex(sha256(utf8ToBytes(text)))).toBe(digest);
  });

  test.each(canonicalVectors.holdings)("what a tablet holds: $name", ({ held, sha256: digest }) => {
    expect(holdingDigest(held)).toBe(digest);
  });

  test.each(canonicalVectors.refused)("none for $name", ({ json }) => {
    expect(() => canonicalText(JSON.parse(json))).toThrow(CanonicalError);
  });
});

test.each(entryVectors.entries)("sealed: $name", (vector) => {
  const { log, n, prev, salt } = vector;
  const body = vector.body as Body;
  expect(bodyDigest(salt, body)).toBe(vector.body_digest);
  expect(entryDigest({ log, n, prev, body: vector.body_digest })).toBe(vector.digest);
  const entry = makeEntry(log, n, prev, salt, body);
  expect(entry).toMatchObject({ _id: vector._id, _rev: vector._rev, digest: vector.digest, type: "entry", v: 1 });
  expect(claimIds(entry)).toEqual(vector.claim_ids);
});

interface FoldCase {
  name: string;
  session?: "AM" | "PM";
  date?: string;
  claims: { id: string; code: string; arrived?: string; replaces?: string[]; verdict?: Verdict; seen_at?: string }[];
  cell: Cell;
  screen?: string[];
}

describe("the fold", () => {
  const cases = foldVectors.cases as FoldCase[];
  const claimsOf = ({ claims, date = today }: FoldCase): FoldClaim[] =>
    claims.map(({ seen_at: seenAt = null, ...claim }) => ({ ...claim, date, seenAt }));
  const spanOf = ({ session = "AM" }: FoldCase) => foldVectors.spans[session];

  test.each(cases)("$name", (one) => {
    expect(fold(claimsOf(one), spanOf(one))).toEqual(one.cell);
    expect(fold(claimsOf(one).toReversed(), spanOf(one))).toEqual(one.cell);
  });

  test.each(cases.filter((one) => one.screen !== undefined))("on the screen: $name", (one) => {
    expect(screen(claimsOf(one), spanOf(one))).toEqual(one.screen);
  });

  test.each(foldVectors.rolls)("roll call: $name", ({ cell, date, left, mark }) => {
    expect(rollMark(cell as Cell, date, { left })).toEqual(mark);
  });
});

describe("the calendar", () => {
  test.each(calendarVectors.school_days)("school day: $name", ({ date, expected }) => {
    expect(isSchoolDay(calendar, date)).toBe(expected);
  });
  test.each(calendarVectors.n_due)("an N falls due: $name", ({ date, expected }) => {
    expect(nDue(calendar, date)).toBe(expected);
  });
  test.each(calendarVectors.after)("after: $name", ({ date, count, expected }) => {
    expect(schoolDaysAfter(calendar, date, count)).toBe(expected);
  });
  test.each(calendarVectors.before)("before: $name", ({ date, count, expected }) => {
    expect(schoolDaysBefore(calendar, date, count)).toEqual(expected);
  });
  test("half-terms", () => {
    expect(halfTerms(calendar)).toEqual(calendarVectors.half_terms);
  });
  test.each(calendarVectors.cuts)("half-terms: $name", ({ terms, closures, extra_days: extraDays, expected }) => {
    const cut = { ...calendar, terms, closures, extra_days: extraDays } as SchoolCalendar;
    expect(halfTerms(cut)).toEqual(expected);
  });
  test.each(calendarVectors.window)("a tablet's window: $name", ({ today: on, expected }) => {
    expect(halfTermWindow(calendar, on).map(({ first }) => first)).toEqual(expected);
  });
  test.each(calendarVectors.weekday)("day of the timetable: $name", ({ date, expected }) => {
    expect(weekdayOn(calendar, date)).toBe(expected);
  });
  test.each(calendarVectors.times)("register times: $name", ({ date, expected }) => {
    expect(timesOn(calendar, date).valid_from).toBe(expected);
  });
  test.each(calendarVectors.local)("the school's own clock: $name", ({ instant, expected: [date, time] }) => {
    expect(localMoment(instant, "Europe/London")).toEqual({ date, time });
    expect(localMoment(Date.parse(instant), "Europe/London")).toEqual({ date, time });
  });
});

describe("the register", () => {
  const { span } = registerVectors;
  test.each(registerVectors.late)("arrived $arrived reads $expected", ({ arrived, expected }) => {
    expect(lateCode(arrived, span)).toBe(expected);
  });
  test.each(registerVectors.as_read)("$code at $arrived reads $expected", ({ code, arrived, expected }) => {
    expect(codeAsRead(code, arrived, span)).toBe(expected);
  });
  test.each(registerVectors.minutes_late)("$arrived is $expected minutes late", ({ arrived, expected }) => {
    expect(minutesLate(arrived, span)).toBe(expected);
  });
});

describe("codes and who may use them", () => {
  const { classes } = codeVectors;
  test.each(classes)("$code on $date counts as $counts_as", ({ code, date, counts_as: expected }) => {
    expect(codeOn(code, date)?.counts_as ?? null).toBe(expected);
  });

  test("what a code needs and allows", () => {
    const rows = [...new Set(classes.map(({ code }) => code))].flatMap((code) => codeOn(code, today) ?? []);
    expect(rows.filter((row) => row.needs_decision).map((row) => row.code).toSorted()).toEqual(
      codeVectors.decisions.codes.toSorted(),
    );
    for (const [code, sessions] of Object.entries(codeVectors.one_session)) {
      expect(codeOn(code, today)?.sessions).toEqual(sessions);
    }
    expect({ AM: presentCode("AM"), PM: presentCode("PM") }).toEqual(codeVectors.present);
  });

  test.each(codeVectors.offered)("offered to $role", ({ role, date, codes }) => {
    expect(offeredCodes(role as Role, date)).toEqual(codes);
  });
  test.each(codeVectors.planned)("$role confirms $code of $planned: $expected", ({ role, code, planned, expected }) => {
    expect(mayUseCode(role as Role, code, planned)).toBe(expected);
  });
  test.each(codeVectors.may_write)("$role writes $kind: $expected", ({ role, kind, expected }) => {
    expect(mayWrite(role as Role, kind as Kind)).toBe(expected);
  });
});

describe("measures", () => {
  test.each(measureVectors.tallies)("$name", ({ attended, authorised, unauthorised, ...expected }) => {
    const counts = { attended, authorised, unauthorised, late: 0, not_counted: 0, unmarked: 0 };
    expect(possible(counts)).toBe(expected.possible);
    expect(attendanceHundredths(counts)).toBe(expected.attendance_hundredths);
    expect(persistentlyAbsent(counts)).toBe(expected.persistently_absent);
    expect(severelyAbsent(counts)).toBe(expected.severely_absent);
  });
  test.each(measureVectors.marks)("$name", ({ marks, counts }) => {
    expect(tally(marks as [string, string | null][])).toEqual(counts);
  });
});
