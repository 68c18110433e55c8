// One dialog for every fact of a case: what its table asks, in order.
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { announce } from "../../../components/announcer.tsx";
import { Banner } from "../../../components/banner.tsx";
import { Checkbox } from "../../../components/choices.tsx";
import { errorOf } from "../../../components/error-summary.tsx";
import type { FormError } from "../../../components/error-summary.tsx";
import { SelectField, TextArea, TextField } from "../../../components/field.tsx";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { mint } from "../../../components/mint.ts";
import { useSaving } from "../../../components/saving.ts";
import { timeZone } from "../../../components/words.ts";
import type { FactOf } from "../../../domain/facts.ts";
import { cellNamed, cellOf } from "../../../domain/facts.ts";
import type { Case } from "../../../generated/types.ts";
import { observedNow, school } from "../../../state/app.ts";
import { choicesOf, nowIn } from "../places.ts";
import { claimOn, factFrom, hasMoved, valuesFrom } from "./claim.ts";
import { asked, errorsIn, lengthOf } from "./fields.ts";
import type { Field, Values } from "./fields.ts";
import type { CaseFactKind, Spec } from "./specs.ts";

interface FactDialogProps<K extends CaseFactKind> {
  of: Case;
  spec: Spec<K>;
  /** The fact to change; null to add one. */
  before: FactOf<K> | null;
  title?: string;
  /** What a new one begins with. */
  start?: Values;
  onClose: () => void;
}

/** Add a fact, or change one. What others changed while it was open is said before it is saved over. */
export function FactDialog<K extends CaseFactKind>({ of, spec, before, title, start = {}, onClose }: FactDialogProps<K>): JSX.Element {
  const first = useMemo(() => ({ ...valuesFrom(spec, before, timeZone.value), ...(before === null ? { ...nowIn(spec), ...start } : {}) }), []);
  const [values, setValues] = useState<Values>(first);
  const [item] = useState(() => (before !== null && "item" in before ? before.item : mint()));
  const cell = before === null ? null : cellOf(before);
  const [seen, setSeen] = useState(() => (cell === null ? [] : (cellNamed(of.cells, cell)?.live ?? [])));
  const { busy, errors, fail, save } = useSaving();
  const fields = asked(spec.fields, values);
  const moved = cell !== null && hasMoved(of.cells, cell, seen);
  const submit = (): void => {
    const found = errorsIn(spec.fields, values, idOf);
    fail(found);
    if (found.length > 0 || moved) return;
    const says = factFrom(spec, values, { item, before, timeZone: timeZone.value });
    const facts = [claimOn(of.cells, says, observedNow())];
    save([{ kind: "case.noted", case: of.case, facts }], idOf(fields[0]?.name ?? ""), () => {
      announce("Saved on this tablet.");
      onClose();
    });
  };
  const set = (name: string, value: string): void => setValues((known) => withFollowing(spec, known, name, value));
  const touched = JSON.stringify(values) !== JSON.stringify(first);
  return (
    <FormDialog
      title={title ?? `${before === null ? "Add" : "Change"} ${spec.one}`}
      errors={errors}
      submit="Save"
      busy={busy}
      touched={touched}
      onSubmit={submit}
      onClose={onClose}
    >
      {moved ? (
        <Banner title="Somebody changed this" kind="warning">
          <p>It was changed while you had it open. Close this to see what it says now, or go on: yours then replaces it.</p>
          <button type="button" class="govuk-button govuk-button--secondary" onClick={() => setSeen(cellNamed(of.cells, cell)?.live ?? [])}>
            I have seen it: go on
          </button>
        </Banner>
      ) : null}
      {fields.map((field) => (
        <Input key={field.name} of={of} field={field} value={values[field.name] ?? ""} errors={errors} set={set} />
      ))}
    </FormDialog>
  );
}

/** A colleague who is chosen is named, and is of this place unless they are said to be of another. */
function withFollowing<K extends CaseFactKind>(spec: Spec<K>, known: Values, name: string, value: string): Values {
  const next = { ...known, [name]: value };
  if (name !== "person" || value === "") return next;
  const colleague = school.peek()?.staff.find(({ person }) => person === value);
  if (colleague === undefined) return next;
  if (spec.kind === "action") return { ...next, owner: colleague.name };
  const agency = colleague.agency ?? school.peek()?.name ?? "";
  return { ...next, name: colleague.name, agency, phone: colleague.phone ?? "" };
}

function idOf(name: string): string {
  return `fact-${name}`;
}

interface InputProps {
  of: Case;
  field: Field;
  value: string;
  errors: readonly FormError[];
  set: (name: string, value: string) => void;
}

function Input({ of, field, value, errors, set }: InputProps): JSX.Element {
  const id = idOf(field.name);
  const told = { id, label: field.required === true ? field.label : `${field.label} (if known)`, error: errorOf(errors, id), hint: field.hint };
  const change = (next: string): void => set(field.name, next);
  switch (field.type) {
    case "tick":
      return <Checkbox id={id} label={field.label} checked={value === "yes"} onChange={(ticked) => change(ticked ? "yes" : "")} {...(field.hint === undefined ? {} : { hint: field.hint })} />;
    case "ticks":
      return <Ticks id={id} field={field} value={value} change={change} />;
    case "area":
    case "lines":
      return <TextArea {...told} value={value} onInput={change} maxLength={lengthOf(field)} rows={field.type === "lines" ? 3 : 4} />;
    case "text":
      return <TextField {...told} value={value} onInput={change} maxLength={lengthOf(field)} />;
    case "date":
    case "time":
      return <TextField {...told} type={field.type} value={value} onInput={change} width={10} />;
    case "choice":
    case "member":
    case "person":
    case "team":
      return <SelectField {...told} label={field.label} value={value} onChange={change} options={choicesOf(of, field)} />;
  }
}

interface TicksProps {
  id: string;
  field: Extract<Field, { type: "ticks" }>;
  value: string;
  change: (next: string) => void;
}

function Ticks({ id, field, value, change }: TicksProps): JSX.Element {
  const ticked = value.split("\n").filter((one) => one !== "");
  return (
    <fieldset class="govuk-fieldset govuk-form-group" id={id}>
      <legend class="govuk-fieldset__legend">{field.label}</legend>
      <div class="govuk-checkboxes govuk-checkboxes--small">
        {field.options.map((option) => (
          <Checkbox
            key={option.value}
            id={`${id}-${option.value}`}
            label={option.text}
            checked={ticked.includes(option.value)}
            onChange={(on) => change((on ? [...ticked, option.value] : ticked.filter((one) => one !== option.value)).join("\n"))}
          />
        ))}
      </div>
    </fieldset>
  );
}
