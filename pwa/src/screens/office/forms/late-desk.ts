/** The late desk: who came in when, and who left early. Works from the clock on the wall. */
import { tidy } from "../../../components/text.ts";
import type { FormError } from "../../../components/error-summary.tsx";
import { spanOn } from "../../../domain/calendar.ts";
import { presentCode } from "../../../domain/codes.ts";
import type { Claim, NewBody, Session } from "../../../domain/entry.ts";
import { fold, rollMark } from "../../../domain/fold.ts";
import type { RollMark } from "../../../domain/fold.ts";
import { lateCode, minutesLate } from "../../../domain/register.ts";
import type { SchoolCalendar, Span } from "../../../generated/types.ts";
import { timeError } from "./mark.ts";
import type { MarkSession } from "./mark.ts";
import { needsDecision } from "./leave.ts";

export interface ArrivalDraft {
  readonly pupil: string | null;
  readonly arrived: string;
  /** A code that fits better than the one the time gives; "" for none. */
  readonly better: string;
  readonly remark: string;
}

export interface DepartureDraft {
  readonly pupil: string | null;
  readonly left: string;
  /** Who takes the pupil along, or that nobody does. */
  readonly leftWith: string;
  readonly reason: string;
}

/** The session a time of day belongs to: the morning's until it ends, then the afternoon's. */
export function sessionOf(calendar: SchoolCalendar, date: string, time: string): Session {
  return time <= spanOn(calendar, date, "AM").ends ? "AM" : "PM";
}

/** The code that follows from the time alone: present before the start, then `L`, then `U`. */
export function codeAt(arrived: string, span: Span, session: Session): string {
  return arrived < span.opens ? presentCode(session) : lateCode(arrived, span);
}

/** How that code came about, in words. */
export function explain(arrived: string, span: Span, session: Session): string {
  const code = codeAt(arrived, span, session);
  if (code === "L") {
    const minutes = minutesLate(arrived, span);
    return `L: before closing at ${span.closes}, ${minutes} ${minutes === 1 ? "minute" : "minutes"} late`;
  }
  if (code === "U") return `U: after closing at ${span.closes}. M, if the pupil was at an appointment`;
  return `${code}: before the register opens at ${span.opens}, so present`;
}

/** What is missing or cannot be. `sessionError` is said of the time: it decides the session. */
export function arrivalErrors(draft: ArrivalDraft, at: MarkSession): FormError[] {
  const errors: FormError[] = [];
  if (draft.pupil === null) errors.push({ field: "pupil", text: "Choose the pupil who came in" });
  const time = timeError(draft.arrived, at, "arrival");
  if (time !== null) errors.push({ field: "came-in", text: time });
  if (needsDecision(draft.better, at.date)) {
    errors.push({ field: "better", text: "Leave needs its decision: record the arrival, then amend the mark" });
  }
  return errors;
}

/** The entry to record; null while no pupil is chosen. */
export function arrivalBody(
  draft: ArrivalDraft,
  at: MarkSession,
  replaces: readonly string[],
  observedAt: string,
): NewBody | null {
  if (draft.pupil === null) return null;
  const remark = tidy(draft.remark);
  const usual = codeAt(draft.arrived, at.span, at.session);
  const claim: Claim = {
    pupil: draft.pupil,
    code: usual === "U" && draft.better !== "" ? draft.better : usual,
    arrived: draft.arrived,
    observed_at: observedAt,
    replaces: [...replaces],
    ...(remark === "" ? {} : { remark }),
  };
  return { kind: "arrival.recorded", date: at.date, session: at.session, claims: [claim] };
}

/**
 * Where the fire list would hold the pupil to be, by what would be recorded: it reads the mark, and
 * a mark of absence says off site even where the pupil has come in.
 */
export function rollAfter(draft: ArrivalDraft, at: MarkSession): RollMark["state"] {
  const usual = codeAt(draft.arrived, at.span, at.session);
  const code = usual === "U" && draft.better !== "" ? draft.better : usual;
  const cell = fold([{ id: "new", code, date: at.date, arrived: draft.arrived }], at.span);
  return rollMark(cell, at.date).state;
}

/** What is missing or cannot be. */
export function departureErrors(draft: DepartureDraft, at: MarkSession): FormError[] {
  const errors: FormError[] = [];
  if (draft.pupil === null) errors.push({ field: "pupil", text: "Choose the pupil who is leaving" });
  const time = timeError(draft.left, at, "leaving");
  if (time !== null) errors.push({ field: "left", text: time });
  if (tidy(draft.leftWith) === "") errors.push({ field: "leaving-with", text: "Enter with whom the pupil is leaving, or “alone”" });
  if (tidy(draft.reason) === "") errors.push({ field: "leaving-why", text: "Enter why the pupil is leaving" });
  return errors;
}

/** The entry to record; null while no pupil is chosen. */
export function departureBody(draft: DepartureDraft, at: MarkSession): NewBody | null {
  if (draft.pupil === null) return null;
  const { date, session } = at;
  const [leftWith, reason] = [tidy(draft.leftWith), tidy(draft.reason)];
  return { kind: "departure.recorded", date, session, pupil: draft.pupil, left: draft.left, left_with: leftWith, reason };
}
