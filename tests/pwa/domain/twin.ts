/**
 * The tablet's side of `tests/sync/attendance/test_fold_twin.py`: reads questions from the file named first,
 * writes answers into the one named second. Bundled, so that any Node runs it.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { bytesToHex } from "@noble/hashes/utils.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { halfTerms, isSchoolDay, nDue, schoolDaysBefore } from "../../../pwa/src/domain/calendar.ts";
import type { SchoolCalendar } from "../../../pwa/src/domain/calendar.ts";
import { canonicalBytes, CanonicalError } from "../../../pwa/src/domain/canonical.ts";
import { makeEntry } from "../../../pwa/src/domain/entry.ts";
import type { Body } from "../../../pwa/src/domain/entry.ts";
import { fold, rollMark, screen } from "../../../pwa/src/domain/fold.ts";
import type { FoldClaim } from "../../../pwa/src/domain/fold.ts";
import { tally } from "../../../pwa/src/domain/measures.ts";
import { localMoment } from "../../../pwa/src/domain/time.ts";
import type { Span } from "../../../pwa/src/generated/types.ts";

interface Questions {
  histories: { claims: FoldClaim[]; span: Span; left: string | null }[];
  /** As JSON text: a value that has no canonical form may have no form in a parser either. */
  values: string[];
  entries: { log: string; n: number; prev: string; salt: string; body: Body }[];
  calendars: { calendar: SchoolCalendar; dates: string[] }[];
  instants: { instant: string; zone: string }[];
  marks: [string, string | null][][];
}

function digestOf(json: string): string | null {
  try {
    return bytesToHex(sha256(canonicalBytes(JSON.parse(json))));
  } catch (error) {
    if (error instanceof CanonicalError) return null;
    throw error;
  }
}

const [, , asked = "", answered = ""] = argv;
// The file is the Python test's, which is read beside this one.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const questions = JSON.parse(readFileSync(asked, "utf8")) as Questions;

const answers = {
  histories: questions.histories.map(({ claims, span, left }) => {
    const cell = fold(claims, span);
    const date = claims[0]?.date ?? "2026-11-23";
    return { cell, screen: screen(claims, span), roll: rollMark(cell, date, { left }) };
  }),
  values: questions.values.map(digestOf),
  entries: questions.entries.map(({ log, n, prev, salt, body }) => {
    const { _id, _rev, digest } = makeEntry(log, n, prev, salt, body);
    return { _id, _rev, digest };
  }),
  calendars: questions.calendars.map(({ calendar, dates }) => ({
    half_terms: halfTerms(calendar),
    days: dates.map((date) => [isSchoolDay(calendar, date), nDue(calendar, date), schoolDaysBefore(calendar, date, 5)]),
  })),
  instants: questions.instants.map(({ instant, zone }) => {
    const { date, time } = localMoment(instant, zone);
    return [date, time];
  }),
  marks: questions.marks.map((marks) => tally(marks)),
};
writeFileSync(answered, JSON.stringify(answers));
