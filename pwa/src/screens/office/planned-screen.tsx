// Planned codes: appointments, trips, approved leave, calls from home. Suggestions, never marks.
import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Checkbox } from "../../components/choices.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import { TextField } from "../../components/field.tsx";
import { Page } from "../../components/page.tsx";
import { listing, sessionWord, shortDate } from "../../components/text.ts";
import { cards, entries, me, sheets, today } from "../../state/app.ts";
import { who } from "./day/cells.ts";
import { plansOf } from "./day/plans.ts";
import type { PlanLine } from "./day/plans.ts";
import { codeGroups, codeText } from "./forms/codes.ts";
import { needsDecision } from "./forms/leave.ts";
import { newPlanned, NOT_PLANNED, plannedBody, plannedErrors } from "./forms/planned.ts";
import type { PlannedDraft } from "./forms/planned.ts";
import { CodeSelect } from "./parts/code-select.tsx";
import { CodeTag } from "./parts/code-tag.tsx";
import { useWarnOnUnload } from "../../components/form-dialog.tsx";
import { LeaveFields } from "./parts/leave-fields.tsx";
import { OfficeNav } from "./parts/office-nav.tsx";
import { PupilName } from "./parts/pupil-name.tsx";
import { PupilPicker } from "./parts/pupil-picker.tsx";
import { ReasonDialog } from "./parts/reason-dialog.tsx";
import { useSaving } from "../../components/saving.ts";
import { Section } from "./parts/section.tsx";

/** Record one, and the list for today with a way to withdraw each. */
export function PlannedScreen(): JSX.Element {
  const [saved, setSaved] = useState("");
  const [withdrawing, setWithdrawing] = useState<PlanLine | null>(null);
  const plans = useComputed(() =>
    plansOf({ date: today.value, sheets: [...sheets.value.values()], cards: cards.value, entries: entries.value }),
  );
  return (
    <Page
      title="Planned codes"
      lede="A planned code is a suggestion on the register. A teacher who sees the pupil marks what they see."
    >
      <OfficeNav here="planned" />
      <div class="tm-office-desk">
        <div class="tm-office-desk__form">
          <PlannedForm onSaved={setSaved} />
          <output class={saved === "" ? "tm-visually-hidden" : "tm-panel tm-office-saved"}>
            {saved === "" ? "" : `Saved on this tablet. ${saved}`}
          </output>
        </div>
        <Section
          id="plans"
          title="Planned for today"
          count={plans.value.length}
          empty="Nothing is planned for a session of today."
        >
          <Plans plans={plans.value} onWithdraw={setWithdrawing} />
        </Section>
      </div>
      {withdrawing === null ? null : (
        <Withdraw
          plan={withdrawing}
          onClose={(words) => {
            setWithdrawing(null);
            if (words !== null) setSaved(words);
          }}
        />
      )}
    </Page>
  );
}

function PlannedForm({ onSaved }: { onSaved: (words: string) => void }): JSX.Element {
  const [draft, setDraft] = useState(() => newPlanned(today.value));
  const saving = useSaving();
  const { errors } = saving;
  const set = (part: Partial<PlannedDraft>): void => setDraft({ ...draft, ...part });
  const role = me.value?.role ?? "attendance_officer";
  useWarnOnUnload(draft.pupil !== null || draft.source !== "");
  const submit = (): void => {
    const found = plannedErrors(draft);
    saving.fail(found);
    const body = plannedBody(draft);
    if (found.length > 0 || body === null) return;
    const words = `${who(draft.pupil ?? "", cards.value).name}: ${codeText(draft.code, draft.first)} is planned`;
    saving.save([body], "pupil", () => {
      setDraft(newPlanned(today.value));
      onSaved(words);
    });
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <h2 class="tm-h2">Record a planned code</h2>
      <ErrorSummary errors={errors} />
      <PupilPicker
        id="pupil"
        label="For whom?"
        value={draft.pupil}
        onPick={(pupil) => set({ pupil })}
        next="first"
        error={errorOf(errors, "pupil")}
      />
      <div class="tm-office-pair">
        <TextField
          id="first"
          label="First day"
          type="date"
          width={20}
          value={draft.first}
          onInput={(first) => set({ first, ...(draft.last < first ? { last: first } : {}) })}
          error={errorOf(errors, "first")}
        />
        <TextField
          id="last"
          label="Last day"
          type="date"
          width={20}
          value={draft.last}
          onInput={(last) => set({ last })}
          error={errorOf(errors, "last")}
        />
      </div>
      <Sessions draft={draft} set={set} error={errorOf(errors, "am")} />
      <CodeSelect
        id="planned-code"
        label="Code"
        value={draft.code}
        groups={codeGroups(role, draft.first === "" ? today.value : draft.first, null, NOT_PLANNED)}
        onChange={(code) => set({ code, ...leaveDays(draft, code) })}
        error={errorOf(errors, "planned-code")}
      />
      <TextField
        id="source"
        label="Where this comes from"
        hint="Like “Mother rang 08:05”, “Hospital letter”, “Trip to the coast”."
        value={draft.source}
        maxLength={500}
        onInput={(source) => set({ source })}
        error={errorOf(errors, "source")}
      />
      {needsDecision(draft.code, draft.first) ? (
        <LeaveFields draft={draft.leave} onChange={(leave) => set({ leave })} errors={errors} />
      ) : null}
      <Button type="submit" disabled={saving.busy}>
        {saving.busy ? "Saving…" : "Record this plan"}
      </Button>
    </form>
  );
}

/** A leave's days begin as the plan's; once somebody typed others, those stay. */
function leaveDays(draft: PlannedDraft, code: string): Partial<PlannedDraft> {
  const { leave } = draft;
  if (!needsDecision(code, draft.first) || leave.first !== "" || leave.last !== "") return {};
  return { leave: { ...leave, first: draft.first, last: draft.last } };
}

function Sessions(props: {
  draft: PlannedDraft;
  set: (part: Partial<PlannedDraft>) => void;
  error: string | null;
}): JSX.Element {
  const { draft, set, error } = props;
  return (
    <div class={`govuk-form-group${error === null ? "" : " govuk-form-group--error"}`}>
      <fieldset class="govuk-fieldset" aria-describedby={error === null ? undefined : "am-error"}>
        <legend class="govuk-fieldset__legend">Sessions</legend>
        {error === null ? null : (
          <p id="am-error" class="govuk-error-message">
            <span class="govuk-visually-hidden">Error: </span>
            {error}
          </p>
        )}
        <div class="govuk-checkboxes">
          <Checkbox id="am" label="Morning" checked={draft.am} onChange={(am) => set({ am })} />
          <Checkbox id="pm" label="Afternoon" checked={draft.pm} onChange={(pm) => set({ pm })} />
        </div>
      </fieldset>
    </div>
  );
}

function Plans({ plans, onWithdraw }: { plans: readonly PlanLine[]; onWithdraw: (plan: PlanLine) => void }): JSX.Element {
  return (
    <ul class="tm-plain-list tm-office-lines">
      {plans.map((plan) => (
        <li class="tm-office-line tm-office-line--move" key={plan.entry}>
          <div class="tm-office-line__who">
            <PupilName who={plan.who} />
            <CodeTag code={plan.code} date={today.value} />
          </div>
          <div class="tm-office-line__facts">
            <div>
              {plan.source} ({listing(plan.sessions.map(sessionWord))})
            </div>
            <div class="tm-soft tm-small">
              Recorded by {plan.by}
              {plan.first === plan.last ? "" : `, ${shortDate(plan.first)} to ${shortDate(plan.last)}`}
            </div>
          </div>
          <div class="tm-office-line__actions">
            <Button small kind="secondary" onClick={() => onWithdraw(plan)} label={`Withdraw: ${plan.who.name}, ${plan.code}`}>
              Withdraw
            </Button>
          </div>
        </li>
      ))}
    </ul>
  );
}

function Withdraw({ plan, onClose }: { plan: PlanLine; onClose: (saved: string | null) => void }): JSX.Element {
  const { entry, first, last, who: person } = plan;
  return (
    <ReasonDialog
      title={`Withdraw the plan: ${person.name}`}
      submit="Withdraw this plan"
      hint="The plan stays to be read, with this reason."
      bodies={(reason) => [{ kind: "planned.withdrawn", entry, pupil: person.pupil, first, last, reason }]}
      onClose={(done) => onClose(done ? `The plan for ${person.name} is withdrawn` : null)}
    >
      <p>
        {codeText(plan.code, today.value)}: {plan.source}. It is withdrawn for all of its days. Marks already made stay.
      </p>
    </ReasonDialog>
  );
}
