/** A planned code: a suggestion on the sheets of a span of days, never a claim. */
import { tidy } from "../../../components/text.ts";
import type { FormError } from "../../../components/error-summary.tsx";
import type { NewBody, Session } from "../../../domain/entry.ts";
import { decision, leaveErrors, needsDecision, newLeave } from "./leave.ts";
import type { LeaveDraft } from "./leave.ts";

export interface PlannedDraft {
  readonly pupil: string | null;
  readonly first: string;
  readonly last: string;
  readonly am: boolean;
  readonly pm: boolean;
  readonly code: string;
  readonly source: string;
  readonly leave: LeaveDraft;
}

/** What nobody plans: being here, being late, and not knowing why. */
export const NOT_PLANNED: readonly string[] = ["/", "\\", "L", "U", "N", "O"];

/** A form as it opens: for today, both sessions. */
export function newPlanned(today: string, pupil: string | null = null): PlannedDraft {
  return { pupil, first: today, last: today, am: true, pm: true, code: "", source: "", leave: newLeave("", "") };
}

const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** What is missing or cannot be, in the order of the form. */
export function plannedErrors(draft: PlannedDraft): FormError[] {
  const errors: FormError[] = [];
  const want = (ok: boolean, field: string, text: string): void => {
    if (!ok) errors.push({ field, text });
  };
  const [first, last] = [DATE.test(draft.first), DATE.test(draft.last)];
  want(draft.pupil !== null, "pupil", "Choose the pupil");
  want(first, "first", "Enter the first day");
  want(last, "last", "Enter the last day");
  want(!first || !last || draft.first <= draft.last, "last", "The last day must not be before the first");
  want(draft.am || draft.pm, "am", "Choose the morning, the afternoon or both");
  want(draft.code !== "", "planned-code", "Choose the code");
  want(tidy(draft.source) !== "", "source", "Enter where this comes from, like “Mother rang 08:05”");
  if (needsDecision(draft.code, draft.first)) errors.push(...leaveErrors(draft.leave, draft.first, draft.last));
  return errors;
}

/** The entry to record; null while no pupil is chosen. */
export function plannedBody(draft: PlannedDraft): NewBody | null {
  if (draft.pupil === null) return null;
  const sessions: Session[] = [...(draft.am ? (["AM"] as const) : []), ...(draft.pm ? (["PM"] as const) : [])];
  return {
    kind: "planned.recorded",
    pupil: draft.pupil,
    first: draft.first,
    last: draft.last,
    sessions,
    code: draft.code,
    source: tidy(draft.source),
    ...(needsDecision(draft.code, draft.first) ? { decision: decision(draft.leave) } : {}),
  };
}
