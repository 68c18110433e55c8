/** A mark that the office decides: settling a contest, amending, confirming. */
import { tidy } from "../../../components/text.ts";
import type { FormError } from "../../../components/error-summary.tsx";
import type { Claim, NewBody, Session } from "../../../domain/entry.ts";
import { ARRIVALS, lateCode } from "../../../domain/register.ts";
import type { Span } from "../../../generated/types.ts";
import { decision, leaveErrors, needsDecision, newLeave } from "./leave.ts";
import type { LeaveDraft } from "./leave.ts";

export interface MarkDraft {
  readonly code: string;
  readonly arrived: string;
  readonly observedBy: string;
  readonly reason: string;
  readonly leave: LeaveDraft;
}

/** The session a mark is for, and the school's clock where that bounds what can be said. */
export interface MarkSession {
  readonly date: string;
  readonly session: Session;
  readonly span: Span;
  readonly today: string;
  /** HH:MM on the school's clock. */
  readonly time: string;
}

/** A form as it opens. */
export function newMark(date: string, start: Partial<MarkDraft> = {}): MarkDraft {
  return { code: "", arrived: "", observedBy: "", reason: "", leave: newLeave(date, date), ...start };
}

/** Whether anything has been typed or chosen that `start` did not hold. */
export function isTouched(draft: MarkDraft, start: MarkDraft): boolean {
  return JSON.stringify(draft) !== JSON.stringify(start);
}

/** Whether a code is kept with the time at which the pupil came in. */
export function hasArrival(code: string): boolean {
  return ARRIVALS.has(code);
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

/** What is wrong with a time of arriving or leaving; null when it can be. */
export function timeError(time: string, at: MarkSession, what: "arrival" | "leaving"): string | null {
  if (!TIME.test(time)) return `Enter the time of ${what}, like 09:25`;
  if (at.date === at.today && time > at.time) return `${time} is still to come: it is ${at.time} now`;
  return time > at.span.ends ? `${time} is after the session ended at ${at.span.ends}` : null;
}

/** What is missing or cannot be, in the order of the form. */
export function markErrors(draft: MarkDraft, at: MarkSession): FormError[] {
  const errors: FormError[] = [];
  if (draft.code === "") errors.push({ field: "code", text: "Choose the mark that is right" });
  if (hasArrival(draft.code)) {
    const text = timeError(draft.arrived, at, "arrival");
    if (text !== null) errors.push({ field: "arrived", text });
  }
  if (needsDecision(draft.code, at.date)) errors.push(...leaveErrors(draft.leave, at.date, at.date));
  if (tidy(draft.reason) === "") errors.push({ field: "reason", text: "Enter the reason: it is kept with the mark for good" });
  return errors;
}

/** `L` and `U` follow the time of arrival, whichever of the two was chosen. */
export function codeOfDraft(draft: MarkDraft, span: Span): string {
  return hasArrival(draft.code) && TIME.test(draft.arrived) ? lateCode(draft.arrived, span) : draft.code;
}

/** The claim to record; call it when there are no errors. `observedAt` is by the device's clock. */
export function markClaim(
  pupil: string,
  draft: MarkDraft,
  at: MarkSession,
  replaces: readonly string[],
  observedAt: string,
): Claim {
  const seenBy = tidy(draft.observedBy);
  return {
    pupil,
    code: codeOfDraft(draft, at.span),
    observed_at: observedAt,
    replaces: [...replaces],
    ...(hasArrival(draft.code) ? { arrived: draft.arrived } : {}),
    ...(seenBy === "" ? {} : { observed_by: seenBy }),
    ...(needsDecision(draft.code, at.date) ? { decision: decision(draft.leave) } : {}),
  };
}

/** A settlement where claims contradicted each other, an amendment where they did not. */
export function markBody(
  kind: "contest.settled" | "mark.amended",
  claim: Claim,
  at: Pick<MarkSession, "date" | "session">,
  reason: string,
): NewBody {
  const { date, session } = at;
  return { kind, date, session, claims: [claim], reason: tidy(reason) };
}
