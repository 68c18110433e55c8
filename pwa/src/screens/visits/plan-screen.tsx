// Plan a visit, or change its plan.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Checkbox } from "../../components/choices.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import { SelectField, TextArea, TextField } from "../../components/field.tsx";
import { Page } from "../../components/page.tsx";
import { navigate } from "../../components/router.ts";
import { listing } from "../../components/text.ts";
import { timeZone } from "../../components/words.ts";
import { screenOf } from "../../domain/facts.ts";
import type { Case, Visit } from "../../generated/types.ts";
import { cases, me, observedNow, today } from "../../state/app.ts";
import { useWarnOnUnload } from "../../components/form-dialog.tsx";
import { useSaving } from "../../components/saving.ts";
import { mint } from "../../components/mint.ts";
import { Picks } from "./picks.tsx";
import { agreedLines, formOf, newPlan, planErrors, planIn, planOf, strangersTo } from "./plan.ts";
import type { PlanForm } from "./plan.ts";
import { factOf, familyName, itemsOf } from "./reading.ts";
import { staffName, visitors } from "./staff.ts";
import { VISIT_TYPES } from "./words.ts";

/** A new visit: of the case in the address, else of one to choose. */
export function NewVisitScreen(): JSX.Element {
  const asked = new URLSearchParams(location.search).get("case") ?? "";
  const [chosen, setChosen] = useState(asked);
  const of = cases.value.get(chosen) ?? null;
  const open = [...cases.value.values()].filter(({ cells }) => factOf(cells, "status")?.status !== "closed");
  return (
    <Page title="Plan a visit" lede={of === null ? "Choose the family first." : familyName(of.cells)}>
      <div class="tm-visit-form">
        {open.length === 0 ? <p class="tm-panel">There is no case on this tablet to plan a visit for.</p> : null}
        {of !== null && asked === chosen && asked !== "" ? null : (
          <SelectField
            id="case"
            label="Family"
            value={chosen}
            onChange={setChosen}
            options={[
              { value: "", text: "Choose a family" },
              ...open
                .map(({ case: id, cells }) => ({ value: id, text: familyName(cells) }))
                .toSorted((a, b) => a.text.localeCompare(b.text, "en-GB")),
            ]}
          />
        )}
        {of === null ? null : <PlanFields key={chosen} of={of} visit={null} />}
      </div>
    </Page>
  );
}

/** Another plan for a visit that is there. */
export function ChangePlanScreen({ visit }: { visit: Visit }): JSX.Element {
  const of = cases.value.get(visit.case) ?? null;
  return (
    <Page title="Change the plan" lede={familyName(of?.cells ?? [])}>
      <div class="tm-visit-form">
        <PlanFields of={of} visit={visit} />
      </div>
    </Page>
  );
}

function begin(of: Case | null, visit: Visit | null): PlanForm {
  const plan = visit === null ? null : planIn(visit.cells);
  if (plan !== null) return formOf(plan, timeZone.peek());
  const cells = of?.cells ?? [];
  return newPlan({ today: today.peek(), me: me.peek()?.person ?? "", caseCells: cells, agreed: agreedLines(cells).join("\n") });
}

function PlanFields({ of, visit }: { of: Case | null; visit: Visit | null }): JSX.Element {
  const [start] = useState(() => begin(of, visit));
  const [form, setForm] = useState(start);
  // What was on the screen as the form opened: a plan that changes meanwhile was not seen.
  const [replaces] = useState(() => (visit === null ? [] : screenOf(visit.cells, "plan")));
  const saving = useSaving();
  useWarnOnUnload(form !== start && !saving.busy);
  const set = (change: Partial<PlanForm>): void => setForm({ ...form, ...change });
  const id = visit?.visit ?? null;
  const caseId = visit?.case ?? of?.case ?? "";
  const back = id === null ? "/visits" : `/visits/${id}`;
  const save = (): void => {
    const errors = planErrors(form);
    if (errors.length > 0) {
      saving.fail(errors);
      return;
    }
    const made = id ?? mint();
    const says = planOf(form, timeZone.peek());
    const body = { kind: "visit.planned", case: caseId, visit: made, facts: [{ says, observed_at: observedNow(), replaces }] } as const;
    saving.save([{ ...body, facts: [...body.facts] }], "purpose", () => navigate(`/visits/${made}`, { replace: true }));
  };
  return (
    <form
      class="tm-stack"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
    >
      <ErrorSummary errors={saving.errors} />
      <TextArea id="purpose" label="What the visit is for" rows={2} maxLength={500} value={form.purpose} onInput={(purpose) => set({ purpose })} error={errorOf(saving.errors, "purpose")} />
      <SelectField
        id="type"
        label="Kind of visit"
        value={form.type}
        onChange={(type) => set({ type: isType(type) ? type : "other" })}
        options={Object.entries(VISIT_TYPES).map(([value, text]) => ({ value, text }))}
      />
      <Picks
        id="announced"
        legend="Does the family know that you come?"
        value={form.announced}
        options={[
          { value: "yes", text: "Yes, announced" },
          { value: "no", text: "No" },
        ]}
        onChange={(announced) => set({ announced: announced === "yes" || announced === "no" ? announced : "" })}
        error={errorOf(saving.errors, "announced")}
      />
      <TextField id="date" label="Day" type="date" width={20} value={form.date} onInput={(date) => set({ date })} error={errorOf(saving.errors, "date")} />
      <div class="tm-visit-form__pair">
        <TextField id="starts" label="From" type="time" width={10} value={form.starts} onInput={(starts) => set({ starts })} error={errorOf(saving.errors, "starts")} />
        <TextField
          id="ends"
          label="Back by"
          type="time"
          width={10}
          hint="The server raises the alarm by this."
          value={form.ends}
          onInput={(ends) => set({ ends })}
          error={errorOf(saving.errors, "ends")}
        />
      </div>
      <Addresses of={of} form={form} set={set} error={errorOf(saving.errors, "address")} />
      <TextArea id="risks-field" label="Known risks" hint="What the case knows is filled in. Add what you have heard." rows={2} maxLength={4000} value={form.risks} onInput={(risks) => set({ risks })} />
      <People form={form} set={set} of={of} workersError={errorOf(saving.errors, "workers")} buddyError={errorOf(saving.errors, "buddy")} />
      <TextField id="authorised" label="Authorised by (where your area asks for it)" maxLength={500} value={form.authorisedBy} onInput={(authorisedBy) => set({ authorisedBy })} />
      <TextArea id="agreed" label="What was agreed last time" hint="Open actions are filled in." rows={3} maxLength={4000} value={form.agreed} onInput={(agreed) => set({ agreed })} />
      <div class="tm-row">
        <Button type="submit" disabled={saving.busy}>
          {saving.busy ? "Saving…" : visit === null ? "Plan this visit" : "Save the plan"}
        </Button>
        <Button kind="secondary" onClick={() => navigate(back)}>
          Leave without saving
        </Button>
      </div>
    </form>
  );
}

interface Part {
  form: PlanForm;
  set: (change: Partial<PlanForm>) => void;
}

/** One of the family's addresses by a tap, or another in words. */
function Addresses({ of, form, set, error }: Part & { of: Case | null; error: string | null }): JSX.Element {
  const known = itemsOf(of?.cells ?? [], "address");
  return (
    <>
      {known.length < 2 ? null : (
        <Picks
          legend="Which address?"
          value={form.address}
          options={known.map(({ address, of: whose }) => ({ value: address, text: whose ?? "Home", hint: address }))}
          onChange={(address) => set({ address })}
        />
      )}
      <TextArea id="address" label="Address" rows={2} maxLength={4000} value={form.address} onInput={(address) => set({ address })} error={error} />
    </>
  );
}

function People({ form, set, of, workersError, buddyError }: Part & { of: Case | null; workersError: string | null; buddyError: string | null }): JSX.Element {
  const all = visitors();
  const known = [me.value?.person ?? "", ...all.filter(({ role }) => role === "team_lead").map(({ person }) => person)];
  const toggle = (person: string, goes: boolean): void => {
    set({ workers: goes ? [...form.workers, person] : form.workers.filter((one) => one !== person) });
  };
  const buddies = [{ value: "", text: "Nobody" }, ...all.filter(({ person }) => !form.workers.includes(person) || person === form.buddy).map(({ person, name }) => ({ value: person, text: name }))];
  return (
    <>
      <div class={`govuk-form-group${workersError === null ? "" : " govuk-form-group--error"}`}>
        <fieldset class="govuk-fieldset" aria-describedby={workersError === null ? undefined : "workers-error"}>
          <legend class="govuk-fieldset__legend">Who goes</legend>
          {workersError === null ? null : (
            <p class="govuk-error-message" id="workers-error">
              {workersError}
            </p>
          )}
          <div class="govuk-checkboxes">
            {all.map(({ person, name }, index) => (
              <Checkbox key={person} id={index === 0 ? "workers" : `workers-${index}`} label={name} checked={form.workers.includes(person)} onChange={(goes) => toggle(person, goes)} />
            ))}
          </div>
        </fieldset>
      </div>
      <Strangers list={strangersTo(of, form.workers, known)} />
      <SelectField id="buddy" label="Buddy: who is told first if you are not back" value={form.buddy} onChange={(buddy) => set({ buddy })} options={buddies} error={buddyError} />
    </>
  );
}

/** A visit is seen by whoever sees its case, and by nobody because they are to go. */
function Strangers({ list }: { list: readonly string[] }): JSX.Element | null {
  if (list.length === 0) return null;
  const names = listing(list.map(staffName));
  return (
    <p class="tm-panel tm-panel--warning" role="status">
      {names} {list.length === 1 ? "is" : "are"} not among this case’s workers. Unless the whole team’s cases are theirs, they will not see this visit: ask your team lead to
      grant them the case.
    </p>
  );
}

function isType(value: string): value is PlanForm["type"] {
  return value in VISIT_TYPES;
}
