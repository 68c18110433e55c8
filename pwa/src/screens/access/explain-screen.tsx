// "Why can somebody see this?": a person and a document, and the server's answer in sentences.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { AskedState } from "../../components/asked-state.tsx";
import { useAsked } from "../../components/asked.ts";
import { Button } from "../../components/button.tsx";
import { Radios } from "../../components/choices.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { SelectField } from "../../components/field.tsx";
import { Page } from "../../components/page.tsx";
import { moment } from "../../components/words.ts";
import { halfTermWindow } from "../../domain/calendar.ts";
import type { AccessList, Explanation } from "../../generated/types.ts";
import { cards, groups, school, today } from "../../state/app.ts";
import { compare } from "../office/day/cells.ts";
import { OfficeNav } from "../office/parts/office-nav.tsx";
import { PupilPicker } from "../office/parts/pupil-picker.tsx";
import { documentOf, draftOf, explainErrors, KINDS } from "./documents.ts";
import type { ExplainDraft } from "./documents.ts";

/** `document`: the id that a link named; "" for none. */
export function ExplainScreen({ document }: { document: string }): JSX.Element {
  const [draft, setDraft] = useState<ExplainDraft>(() => draftOf(document));
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [question, setQuestion] = useState<string | null>(null);
  const people = useAsked<AccessList>("_access");
  const answer = useAsked<Explanation>(question);
  const set = (part: Partial<ExplainDraft>): void => {
    setDraft({ ...draft, ...part });
    setQuestion(null);
  };
  const submit = (): void => {
    const found = explainErrors(draft);
    setErrors(found);
    const id = documentOf(draft, { today: today.value, half: thisHalf() });
    if (found.length > 0 || id === null) return;
    setQuestion(`_explain?person=${encodeURIComponent(draft.person)}&document=${encodeURIComponent(id)}`);
  };
  return (
    <Page title="Why can somebody see something?" lede="Choose a person and a document. The answer says what lets them see it, or what is missing.">
      <OfficeNav here="access" />
      <form
        class="tm-measure tm-below-h1"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <ErrorSummary errors={errors} />
        <AskedState asked={people} />
        <SelectField
          id="person"
          label="Who?"
          value={draft.person}
          onChange={(person) => set({ person })}
          options={[{ value: "", text: "Choose a person" }, ...(people.value?.people ?? []).map(({ person, name }) => ({ value: person, text: name }))]}
          error={errorOf(errors, "person")}
        />
        <Radios
          id="kind"
          legend="What?"
          value={draft.kind}
          onChange={(value) => set({ kind: KINDS.find(({ kind }) => kind === value)?.kind ?? "sheet" })}
          options={KINDS.filter(({ of }) => of === "group" || cards.value.size > 0).map(({ kind, text }) => ({ value: kind, text }))}
        />
        <Which draft={draft} set={set} errors={errors} />
        <Button type="submit">Explain</Button>
      </form>
      <div class="tm-stack tm-below-h1" aria-live="polite">
        {question === null ? null : <AskedState asked={answer} />}
        {question === null || answer.value === null ? null : <Answered said={answer.value} />}
      </div>
    </Page>
  );
}

function thisHalf(): string | null {
  const calendar = school.value?.calendar;
  return calendar === undefined ? null : (halfTermWindow(calendar, today.value)[0]?.first ?? null);
}

interface WhichProps {
  draft: ExplainDraft;
  set: (part: Partial<ExplainDraft>) => void;
  errors: readonly FormError[];
}

function Which({ draft, set, errors }: WhichProps): JSX.Element {
  const kind = KINDS.find((one) => one.kind === draft.kind);
  if (kind?.of === "pupil") {
    return (
      <PupilPicker
        id="pupil"
        label="Whose?"
        value={draft.pupil === "" ? null : draft.pupil}
        onPick={(pupil) => set({ pupil: pupil ?? "" })}
        error={errorOf(errors, "pupil")}
      />
    );
  }
  const all = [...groups.value.values()].filter((one) => draft.kind === "sheet" || one.kind === "form");
  return (
    <>
      <SelectField
        id="group"
        label="Of which group?"
        value={draft.group}
        onChange={(group) => set({ group })}
        options={[
          { value: "", text: "Choose a group" },
          ...all.toSorted((a, b) => compare(a.name, b.name)).map(({ group, name }) => ({ value: group, text: name })),
        ]}
        error={errorOf(errors, "group")}
      />
      {draft.kind === "sheet" ? (
        <Radios
          id="session"
          legend="Session"
          inline
          small
          value={draft.session}
          onChange={(value) => set({ session: value === "PM" ? "PM" : "AM" })}
          options={[
            { value: "AM", text: "This morning" },
            { value: "PM", text: "This afternoon" },
          ]}
        />
      ) : null}
    </>
  );
}

function Answered({ said }: { said: Explanation }): JSX.Element {
  const { name, sees, because, goes_to: goesTo = [], grants = [], restricted = false } = said;
  return (
    <section class="tm-panel tm-stack tm-measure" aria-labelledby="answer">
      <h2 class="tm-h2" id="answer">
        {name} {sees ? "sees this" : "does not see this"}
      </h2>
      <p class="tm-strong">{because}</p>
      <p class="tm-small tm-soft">As at {moment(said.as_at, today.value)}, by the same rules by which the server answers them.</p>
      {restricted ? <p>It is a restricted record: whoever opens it is noted.</p> : null}
      <Listed title="What they hold or held" items={grants.map(({ why = null }) => why ?? "")} />
      <Listed title="Whom it goes to" items={goesTo} />
    </section>
  );
}

function Listed({ title, items }: { title: string; items: readonly string[] }): JSX.Element | null {
  if (items.length === 0) return null;
  return (
    <>
      <h3 class="tm-h3">{title}</h3>
      <ul class="govuk-list govuk-list--bullet">
        {items.map((item) => (
          <li key={item}>{item}</li>
        ))}
      </ul>
    </>
  );
}
