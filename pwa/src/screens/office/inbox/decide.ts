/** Decisions on something held, as entries: release, decline, and correct with marks in its place. */
import { capital, tidy } from "../../../components/text.ts";
import type { FormError } from "../../../components/error-summary.tsx";
import { codesOn } from "../../../domain/codes.ts";
import type { Claim, NewBody, Session } from "../../../domain/entry.ts";
import { lateCode } from "../../../domain/register.ts";
import type { Span } from "../../../generated/types.ts";
import { hasArrival, timeError } from "../forms/mark.ts";
import type { MarkSession } from "../forms/mark.ts";
import { needsDecision } from "../forms/leave.ts";
import type { InboxItem, InboxMark } from "./items.ts";

type About = Pick<InboxItem, "id" | "entry" | "filed" | "seen">;

/** It stands as it was written. */
export function releaseBody(item: About, reason: string): NewBody {
  return { kind: "quarantine.released", ...about(item, reason), date: item.filed };
}

/** It does not stand. */
export function declineBody(item: About, reason: string): NewBody {
  return { kind: "quarantine.declined", ...about(item, reason), date: item.filed };
}

function about({ id, entry, seen }: About, reason: string): { held: string; entry: string; reason: string; replaces: string[] } {
  return { held: id, entry, reason: tidy(reason), replaces: [...seen] };
}

/** A mark in the form of a correction. `held`: the mark it stands in the place of. */
export interface MarkRow {
  readonly held: InboxMark;
  /** Left out: this mark is declined with the rest of what is corrected. */
  readonly included: boolean;
  readonly pupil: string | null;
  readonly code: string;
  readonly arrived: string;
  readonly remark: string;
}

export interface Correction {
  readonly date: string;
  readonly session: Session | "";
  readonly reason: string;
  readonly rows: readonly MarkRow[];
}

/** The form as it opens: what its author wrote. `known`: whether a pupil is on the roll here. */
export function newCorrection(item: InboxItem, known: (pupil: string) => boolean): Correction {
  return {
    date: item.date ?? "",
    session: item.session ?? "",
    reason: "",
    rows: item.marks.map((held) => ({
      held,
      included: true,
      pupil: held.pupil !== null && known(held.pupil) ? held.pupil : null,
      code: held.code,
      arrived: held.arrived ?? "",
      remark: held.remark ?? "",
    })),
  };
}

/** Whether there is anything to correct: marks that can be written anew. */
export function canCorrect(item: InboxItem): boolean {
  return item.marks.length > 0;
}

/** Ids of a row's fields, as the errors name them. */
export function fieldOf(index: number, what: "pupil" | "code" | "arrived" | "remark" | "included"): string {
  return `mark-${index}-${what}`;
}

/** What is missing or cannot be, in the order of the form. `rules` null: the session is not chosen. */
export function correctionErrors(form: Correction, rules: MarkSession | null): FormError[] {
  const errors: FormError[] = [];
  if (form.date === "" || Number.isNaN(Date.parse(form.date))) errors.push({ field: "date", text: "Enter the day these marks are for" });
  else if (rules !== null && form.date > rules.today) {
    errors.push({ field: "date", text: "This day is still to come: plan a code for it instead, and decline this" });
  }
  if (form.session === "") errors.push({ field: "session", text: "Choose the morning or the afternoon" });
  const included = form.rows.filter((row) => row.included);
  if (included.length === 0) errors.push({ field: fieldOf(0, "included"), text: "Keep at least one mark; to keep none, decline it" });
  const pupils = new Map<string, number>();
  for (const [index, row] of form.rows.entries()) {
    if (row.included) errors.push(...rowErrors(row, index, rules, pupils));
  }
  if (tidy(form.reason) === "") errors.push({ field: "reason", text: "Enter the reason: its author reads it, and it is kept for good" });
  return errors;
}

function rowErrors(row: MarkRow, index: number, rules: MarkSession | null, pupils: Map<string, number>): FormError[] {
  const errors: FormError[] = [];
  const mark = `mark ${index + 1}`;
  if (row.pupil === null) errors.push({ field: fieldOf(index, "pupil"), text: `Choose the pupil of ${mark}` });
  else if (pupils.has(row.pupil)) errors.push({ field: fieldOf(index, "pupil"), text: `The pupil of ${mark} is marked twice` });
  else pupils.set(row.pupil, index);
  const code = rules === null ? row.code : knownCode(row.code, rules);
  if (code === "") errors.push({ field: fieldOf(index, "code"), text: `Choose the code of ${mark}` });
  if (rules !== null && needsDecision(code, rules.date)) {
    errors.push({ field: fieldOf(index, "code"), text: `Leave needs its decision: choose another code for ${mark}, then amend it` });
  }
  if (rules !== null && hasArrival(code)) {
    const text = timeError(row.arrived, rules, "arrival");
    if (text !== null) errors.push({ field: fieldOf(index, "arrived"), text: `${capital(mark)}: ${text}` });
  }
  return errors;
}

/** The code, where it is one of that day and session; else nothing is chosen. */
export function knownCode(code: string, { date, session }: Pick<MarkSession, "date" | "session">): string {
  const row = codesOn(date).get(code);
  return row !== undefined && row.sessions.includes(session) && !row.bulk_only ? code : "";
}

/**
 * The correction to record; call it when there are no errors. `replaces` gives what speaks on a
 * pupil's cell, as shown; the held mark is replaced with it, so that it can never speak beside this.
 */
export function correctionBody(
  item: About,
  form: Correction,
  span: Span,
  replaces: (pupil: string) => readonly string[],
  observedAt: string,
): NewBody | null {
  const { date, session } = form;
  if (session === "") return null;
  const claims = form.rows.flatMap((row): Claim[] => {
    if (!row.included || row.pupil === null) return [];
    const remark = tidy(row.remark);
    const late = hasArrival(row.code);
    const old = new Set([...replaces(row.pupil), ...(row.held.id === null ? [] : [row.held.id])]);
    return [
      {
        pupil: row.pupil,
        code: late ? lateCode(row.arrived, span) : row.code,
        observed_at: observedAt,
        replaces: [...old].toSorted(),
        ...(late ? { arrived: row.arrived } : {}),
        ...(remark === "" ? {} : { remark }),
        ...(row.held.parentMessage === null ? {} : { parent_message: row.held.parentMessage }),
      },
    ];
  });
  return { kind: "quarantine.corrected", ...about(item, form.reason), date, session, claims };
}
