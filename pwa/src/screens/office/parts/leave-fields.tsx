// Who asked for leave, when, who authorised it, and from when to when.
import type { JSX } from "preact";
import { errorOf } from "../../../components/error-summary.tsx";
import type { FormError } from "../../../components/error-summary.tsx";
import { TextField } from "../../../components/field.tsx";
import type { LeaveDraft } from "../forms/leave.ts";

interface LeaveFieldsProps {
  draft: LeaveDraft;
  onChange: (draft: LeaveDraft) => void;
  errors: readonly FormError[];
}

/** The decision behind a code of leave; ids are those that the errors name. */
export function LeaveFields({ draft, onChange, errors }: LeaveFieldsProps): JSX.Element {
  const set = (part: Partial<LeaveDraft>): void => onChange({ ...draft, ...part });
  return (
    <fieldset class="govuk-fieldset tm-office-group">
      <legend class="govuk-fieldset__legend">The decision on this leave</legend>
      <p class="govuk-hint">Leave is recorded here, not granted here: say who decided.</p>
      <TextField
        id="asked-by"
        label="Who asked for it"
        value={draft.askedBy}
        maxLength={500}
        onInput={(askedBy) => set({ askedBy })}
        error={errorOf(errors, "asked-by")}
      />
      <TextField
        id="asked-on"
        label="When it was asked for"
        type="date"
        width={20}
        value={draft.askedOn}
        onInput={(askedOn) => set({ askedOn })}
        error={errorOf(errors, "asked-on")}
      />
      <TextField
        id="authorised-by"
        label="Who authorised it"
        value={draft.authorisedBy}
        maxLength={500}
        onInput={(authorisedBy) => set({ authorisedBy })}
        error={errorOf(errors, "authorised-by")}
      />
      <div class="tm-office-pair">
        <TextField
          id="leave-first"
          label="First day of the leave"
          type="date"
          width={20}
          value={draft.first}
          onInput={(first) => set({ first })}
          error={errorOf(errors, "leave-first")}
        />
        <TextField
          id="leave-last"
          label="Last day of the leave"
          type="date"
          width={20}
          value={draft.last}
          onInput={(last) => set({ last })}
          error={errorOf(errors, "leave-last")}
        />
      </div>
    </fieldset>
  );
}
