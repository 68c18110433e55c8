/**
 * The decision behind a code of leave: recording is not granting, so the record names who asked,
 * when, who authorised, and from when to when (SI 2024/208 reg 11).
 */
import { tidy } from "../../../components/text.ts";
import { codeOn } from "../../../domain/codes.ts";
import type { Decision } from "../../../domain/entry.ts";
import type { FormError } from "../../../components/error-summary.tsx";

export interface LeaveDraft {
  readonly askedBy: string;
  readonly askedOn: string;
  readonly authorisedBy: string;
  readonly first: string;
  readonly last: string;
}

/** A decision's form as it opens: for the days in question, nothing else guessed. */
export function newLeave(first: string, last: string): LeaveDraft {
  return { askedBy: "", askedOn: "", authorisedBy: "", first, last };
}

/** Whether a code asks for a decision on that date (`C C1 C2 J1 S`). */
export function needsDecision(code: string, date: string): boolean {
  return codeOn(code, date)?.needs_decision ?? false;
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What is missing or cannot be, with `first` to `last` the days that the code is for. */
export function leaveErrors(draft: LeaveDraft, first: string, last: string): FormError[] {
  const errors: FormError[] = [];
  const want = (ok: boolean, field: string, text: string): void => {
    if (!ok) errors.push({ field, text });
  };
  want(tidy(draft.askedBy) !== "", "asked-by", "Enter who asked for the leave");
  want(DATE.test(draft.askedOn), "asked-on", "Enter the date on which it was asked for");
  want(tidy(draft.authorisedBy) !== "", "authorised-by", "Enter who authorised the leave");
  const dates = DATE.test(draft.first) && DATE.test(draft.last);
  want(dates, "leave-first", "Enter the first and the last day of the leave");
  want(!dates || draft.first <= draft.last, "leave-last", "The last day of the leave must not be before its first");
  const covers = draft.first <= first && last <= draft.last;
  want(!dates || draft.first > draft.last || covers, "leave-first", "The leave must cover the days that you are marking");
  return errors;
}

/** The decision to record; call it when there are no errors. */
export function decision(draft: LeaveDraft): Decision {
  return {
    asked_by: tidy(draft.askedBy),
    asked_on: draft.askedOn,
    authorised_by: tidy(draft.authorisedBy),
    first: draft.first,
    last: draft.last,
  };
}
