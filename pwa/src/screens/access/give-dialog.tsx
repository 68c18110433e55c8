// Give a grant: to whom, in which role, for which groups or pupils, until when, and what for.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { here, maySee } from "../../components/allowed.ts";
import { Radios } from "../../components/choices.tsx";
import { errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { SelectField, TextArea, TextField } from "../../components/field.tsx";
import { pupilName } from "../../components/people.ts";
import { timeZone } from "../../components/words.ts";
import { givenBy, roleName } from "../../domain/policy.ts";
import { localMoment } from "../../domain/time.ts";
import type { PersonAccess, School } from "../../generated/types.ts";
import { cards, cases, groups, me, now, school } from "../../state/app.ts";
import { compare } from "../office/day/cells.ts";
import { FormDialog } from "../../components/form-dialog.tsx";
import { PupilPicker } from "../office/parts/pupil-picker.tsx";
import { useSaving } from "../../components/saving.ts";
import { nameOfCase } from "./case-names.ts";
import { Chips } from "./chips.tsx";
import { giveBody, giveErrors, newGrant, PURPOSE_LENGTH, scopeOf } from "./give.ts";
import type { GiveDraft } from "./give.ts";
import { scopeWords } from "./words.ts";

interface GiveProps {
  /** Whom it is for, where that was chosen before. */
  person: string;
  /** The server's list, where it could be asked. */
  people: readonly PersonAccess[];
  /** With words on what was done; null for nothing. */
  onClose: (done: string | null) => void;
}

type Set = (part: Partial<GiveDraft>) => void;

/** Nothing without the school's calendar, which says when a day ends. */
export function GiveDialog(props: GiveProps): JSX.Element | null {
  const known = school.value;
  return known === null ? null : <Form {...props} known={known} />;
}

function Form({ person, people, known, onClose }: GiveProps & { known: School }): JSX.Element {
  const mine = me.value?.role;
  const roles = mine === undefined ? [] : givenBy(mine);
  const [start] = useState(() => newGrant(known.calendar, now.peek(), person, roles, known.phase === "area"));
  const [draft, setDraft] = useState(start);
  const saving = useSaving();
  const set: Set = (part) => setDraft({ ...draft, ...part });
  const staff = choices(people, known);
  const submit = (): void => {
    const errors = giveErrors(draft, timeZone.value, now.peek());
    saving.fail(errors);
    const body = giveBody(draft, timeZone.value, now.peek());
    if (errors.length > 0 || body === null || draft.role === "") return;
    const name = staff.find(({ value }) => value === draft.person)?.text ?? "";
    const what = scopeWords(draft.role, draft.groups.map(nameOfGroup), draft.pupils.length, draft.cases.length);
    saving.save([body], "person", () => onClose(`${name}: ${what}.`));
  };
  return (
    <FormDialog
      title="Give a grant"
      errors={saving.errors}
      submit="Give this grant"
      busy={saving.busy}
      touched={JSON.stringify(draft) !== JSON.stringify(start)}
      onSubmit={submit}
      onClose={() => onClose(null)}
    >
      <p class="tm-soft">It ends by itself. It is kept for good, with your name and what it was for.</p>
      <div class="tm-office-fields">
        <SelectField
          id="person"
          label="Who is it for?"
          value={draft.person}
          onChange={(chosen) => set({ person: chosen })}
          options={[{ value: "", text: "Choose a person" }, ...staff]}
          error={errorOf(saving.errors, "person")}
        />
        <SelectField
          id="role"
          label="In which role?"
          value={draft.role}
          onChange={(chosen) => set({ role: roles.find((role) => role === chosen) ?? "" })}
          options={[{ value: "", text: "Choose a role" }, ...roles.map((role) => ({ value: role, text: roleName(role) }))]}
          error={errorOf(saving.errors, "role")}
        />
        <Over draft={draft} set={set} errors={saving.errors} />
        <Times draft={draft} set={set} errors={saving.errors} />
        <TextArea
          id="purpose"
          label="What is it for?"
          hint="They read it on their tablet. Like “Covers 7B while Ms Rook is on a course”. No pupil’s name."
          value={draft.purpose}
          maxLength={PURPOSE_LENGTH}
          onInput={(purpose) => set({ purpose })}
          error={errorOf(saving.errors, "purpose")}
        />
      </div>
    </FormDialog>
  );
}

/** Everybody there is to choose, but oneself: nobody grants themselves anything. */
function choices(people: readonly PersonAccess[], known: School): { value: string; text: string }[] {
  const names = new Map(known.staff.map(({ person, name }) => [person, name]));
  for (const { person, name, closed = false } of people) {
    if (closed) names.delete(person);
    else names.set(person, name);
  }
  names.delete(me.value?.person ?? "");
  return [...names].map(([value, text]) => ({ value, text })).toSorted((a, b) => compare(a.text, b.text));
}

function nameOfGroup(group: string): string {
  return groups.value.get(group)?.name ?? "a group";
}

interface PartProps {
  draft: GiveDraft;
  set: Set;
  errors: readonly FormError[];
}

function Over(props: PartProps): JSX.Element | null {
  switch (scopeOf(props.draft)) {
    case "cases":
      return <Cases {...props} />;
    case "groups":
      return <Groups {...props} />;
    case "pupils":
      return <Pupils {...props} />;
    case "none":
      break;
  }
  return null;
}

function Groups({ draft, set, errors }: PartProps): JSX.Element {
  const all = [...groups.value.values()].toSorted((a, b) => compare(a.name, b.name));
  const left = all.filter(({ group }) => !draft.groups.includes(group));
  const teachers = new Map(left.map(({ teacher, teacher_name: name }) => [teacher, name]));
  const add = (more: readonly string[]): void => set({ groups: [...draft.groups, ...more.filter((one) => one !== "" && !draft.groups.includes(one))] });
  return (
    <fieldset class="govuk-fieldset tm-office-group">
      <legend class="govuk-fieldset__legend">Whose registers?</legend>
      <Chips
        label="Groups chosen"
        items={draft.groups.map((group) => ({ id: group, name: nameOfGroup(group) }))}
        onRemove={(group) => set({ groups: draft.groups.filter((one) => one !== group) })}
      />
      <SelectField
        id="group"
        label="Add a group"
        value=""
        onChange={(group) => add([group])}
        options={[{ value: "", text: "Choose a group" }, ...left.map(({ group, name }) => ({ value: group, text: name }))]}
        error={errorOf(errors, "group")}
      />
      <SelectField
        id="colleague"
        label="Or all groups of a colleague"
        value=""
        onChange={(teacher) => add(all.filter((one) => one.teacher === teacher).map(({ group }) => group))}
        options={[
          { value: "", text: "Choose a colleague" },
          ...[...teachers].map(([value, text]) => ({ value, text })).toSorted((a, b) => compare(a.text, b.text)),
        ]}
      />
    </fieldset>
  );
}

/** The cases that the giver can see; and the teams, which are all their cases but for restricted ones. */
function Cases({ draft, set, errors }: PartProps): JSX.Element {
  const known = [...cases.value.values()].map((one) => ({ id: one.case, name: nameOfCase(one.case) })).toSorted((a, b) => compare(a.name, b.name));
  const teams = [...groups.value.values()].filter(({ group, kind }) => kind === "team" && givesTeam(group)).toSorted((a, b) => compare(a.name, b.name));
  return (
    <fieldset class="govuk-fieldset tm-office-group">
      <legend class="govuk-fieldset__legend">On which cases?</legend>
      <Chips
        label="Cases chosen"
        items={draft.cases.map((one) => ({ id: one, name: nameOfCase(one) }))}
        onRemove={(gone) => set({ cases: draft.cases.filter((one) => one !== gone) })}
      />
      {known.length === 0 ? (
        <p class="tm-panel tm-panel--warning">This tablet holds no cases, so none can be chosen here. Whoever leads a case grants it.</p>
      ) : (
        <SelectField
          id="case"
          label="Add a case"
          value=""
          onChange={(chosen) => {
            if (chosen !== "") set({ cases: [...draft.cases, chosen] });
          }}
          options={[
            { value: "", text: "Choose a case" },
            ...known.filter(({ id }) => !draft.cases.includes(id)).map(({ id, name }) => ({ value: id, text: name })),
          ]}
          error={errorOf(errors, "case")}
        />
      )}
      <Chips
        label="Teams chosen"
        items={draft.groups.map((one) => ({ id: one, name: nameOfGroup(one) }))}
        onRemove={(gone) => set({ groups: draft.groups.filter((one) => one !== gone) })}
      />
      <SelectField
        id={known.length === 0 ? "case" : "team"}
        label="Or all cases of a team"
        hint="But for those that are restricted: each of these is granted by itself."
        value=""
        onChange={(chosen) => {
          if (chosen !== "") set({ groups: [...draft.groups, chosen] });
        }}
        options={[
          { value: "", text: "Choose a team" },
          ...teams.filter(({ group }) => !draft.groups.includes(group)).map(({ group, name }) => ({ value: group, text: name })),
        ]}
        error={known.length === 0 ? errorOf(errors, "case") : undefined}
      />
    </fieldset>
  );
}

/** A team's lead gives that team; who sees no cases, as who keeps the accounts, says who works in which. */
function givesTeam(team: string): boolean {
  return !maySee("cases") || (here.value?.grants ?? []).some(({ groups: teams = [] }) => teams.includes(team));
}

function Pupils({ draft, set, errors }: PartProps): JSX.Element {
  if (cards.value.size === 0) {
    return <p class="tm-panel tm-panel--warning">This tablet holds no pupils’ names, so none can be chosen here. Ask the head to give this grant.</p>;
  }
  return (
    <fieldset class="govuk-fieldset tm-office-group">
      <legend class="govuk-fieldset__legend">Which pupils?</legend>
      <Chips
        label="Pupils chosen"
        items={draft.pupils.map((pupil) => ({ id: pupil, name: pupilName(pupil) }))}
        onRemove={(pupil) => set({ pupils: draft.pupils.filter((one) => one !== pupil) })}
      />
      <PupilPicker
        key={draft.pupils.length}
        id="pupil"
        label="Add a pupil"
        value={null}
        onPick={(pupil) => {
          if (pupil !== null && !draft.pupils.includes(pupil)) set({ pupils: [...draft.pupils, pupil] });
        }}
        error={errorOf(errors, "pupil")}
      />
    </fieldset>
  );
}

function Times({ draft, set, errors }: PartProps): JSX.Element {
  const { from } = draft;
  return (
    <>
      <Radios
        id="begins"
        legend="From when?"
        inline
        small
        value={from === null ? "now" : "later"}
        onChange={(value) => set({ from: value === "now" ? null : localMoment(now.peek(), timeZone.value) })}
        options={[
          { value: "now", text: "From now" },
          { value: "later", text: "From another time" },
        ]}
      />
      {from === null ? null : (
        <div class="tm-office-pair">
          <TextField
            id="from-date"
            label="First day"
            type="date"
            width={20}
            value={from.date}
            onInput={(date) => set({ from: { ...from, date } })}
            error={errorOf(errors, "from-date")}
          />
          <TextField
            id="from-time"
            label="From"
            type="time"
            width={10}
            value={from.time}
            onInput={(time) => set({ from: { ...from, time } })}
          />
        </div>
      )}
      <div class="tm-office-pair">
        <TextField
          id="until-date"
          label="Last day"
          type="date"
          width={20}
          value={draft.untilDate}
          onInput={(untilDate) => set({ untilDate })}
          error={errorOf(errors, "until-date")}
        />
        <TextField
          id="until-time"
          label="Until"
          type="time"
          width={10}
          value={draft.untilTime}
          onInput={(untilTime) => set({ untilTime })}
        />
      </div>
    </>
  );
}
