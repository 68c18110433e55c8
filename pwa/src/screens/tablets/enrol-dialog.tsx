// Enrol a tablet: what it is called and whose it is, then the code to take to it.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Radios } from "../../components/choices.tsx";
import { errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { SelectField, TextField } from "../../components/field.tsx";
import { tidy } from "../../components/text.ts";
import type { DeviceRow, EnrolmentCode, EnrolmentWish } from "../../generated/types.ts";
import { school } from "../../state/app.ts";
import { FormDialog } from "../../components/form-dialog.tsx";
import { CodeDialog } from "./code-dialog.tsx";
import { askTablets, listing, troubleWords } from "./use-tablets.ts";
import { nameOf } from "./words.ts";

interface EnrolProps {
  /** The tablet that the new one takes the place of; null: none yet. */
  replaces: DeviceRow | null;
  /** With words on what was done; null for nothing. */
  onClose: (done: string | null) => void;
}

interface Draft {
  label: string;
  whose: string;
  owner: string;
  replaces: string;
}

const NONE = "";
const LABEL_LENGTH = 80;

export function EnrolDialog({ replaces, onClose }: EnrolProps): JSX.Element {
  const [draft, setDraft] = useState<Draft>(() => draftFor(replaces));
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [busy, setBusy] = useState(false);
  const [code, setCode] = useState<EnrolmentCode | null>(null);

  const submit = async (): Promise<void> => {
    const found = mistakes(draft);
    setErrors(found);
    if (found.length > 0 || busy) return;
    setBusy(true);
    const answer = await askTablets<EnrolmentCode>("/codes", { method: "POST", body: wishOf(draft) });
    setBusy(false);
    if (answer.kind === "ok") setCode(answer.value);
    else setErrors([{ field: "label", text: troubleWords(answer) }]);
  };

  if (code !== null) {
    return <CodeDialog label={tidy(draft.label)} code={code} onAgain={() => void submit()} onClose={onClose} />;
  }
  return (
    <FormDialog
      title="Enrol a tablet"
      errors={errors}
      submit="Show the code"
      busy={busy}
      touched={JSON.stringify(draft) !== JSON.stringify(draftFor(replaces))}
      onSubmit={() => void submit()}
      onClose={() => onClose(null)}
    >
      <Fields draft={draft} errors={errors} set={(part) => setDraft({ ...draft, ...part })} />
    </FormDialog>
  );
}

function Fields(props: { draft: Draft; errors: readonly FormError[]; set: (part: Partial<Draft>) => void }): JSX.Element {
  const { draft, errors, set } = props;
  const enrolled = (listing.value.rows ?? []).filter((row) => row.state === "enrolled");
  return (
    <div class="tm-office-fields">
      <TextField
        id="label"
        label="What is it called?"
        hint="Like what is written on its cover: “Hall 3”, “Reception”. No pupil’s name."
        value={draft.label}
        maxLength={LABEL_LENGTH}
        onInput={(label) => set({ label })}
        error={errorOf(errors, "label")}
      />
      <Radios
        id="whose"
        legend="Who will use it?"
        value={draft.whose}
        onChange={(whose) => set({ whose })}
        options={[
          { value: "shared", text: "Anybody who works here", hint: "A shared tablet: one person signs out, the next signs in." },
          { value: "owner", text: "One person", hint: "Nobody else can sign in on it." },
          { value: "first", text: "Whoever signs in first", hint: "From then on it is theirs alone." },
        ]}
      />
      {draft.whose === "owner" ? (
        <SelectField
          id="owner"
          label="Whose is it?"
          value={draft.owner}
          onChange={(owner) => set({ owner })}
          options={[{ value: NONE, text: "Choose a person" }, ...staff()]}
          error={errorOf(errors, "owner")}
        />
      ) : null}
      {enrolled.length === 0 ? null : (
        <SelectField
          id="replaces"
          label="Does it take the place of another?"
          hint="The other is revoked as soon as this one is enrolled."
          value={draft.replaces}
          onChange={(other) => set({ replaces: other })}
          options={[
            { value: NONE, text: "No" },
            ...enrolled.map((row) => ({ value: row.device, text: `Yes: ${nameOf(row)}` })),
          ]}
        />
      )}
    </div>
  );
}

function staff(): { value: string; text: string }[] {
  return (school.value?.staff ?? [])
    .map(({ person, name }) => ({ value: person, text: name }))
    .toSorted((a, b) => a.text.localeCompare(b.text, "en-GB"));
}

function draftFor(replaces: DeviceRow | null): Draft {
  if (replaces === null) return { label: "", whose: "shared", owner: NONE, replaces: NONE };
  const owner = replaces.owner ?? NONE;
  const whose = owner === NONE ? "first" : "owner";
  return {
    label: replaces.label ?? "",
    whose: (replaces.shared ?? false) ? "shared" : whose,
    owner,
    replaces: replaces.state === "enrolled" ? replaces.device : NONE,
  };
}

function mistakes({ label, whose, owner, replaces }: Draft): FormError[] {
  const errors: FormError[] = [];
  const namesake = (row: DeviceRow): boolean =>
    row.state === "enrolled" && row.label === tidy(label) && row.device !== replaces;
  if (tidy(label) === "") errors.push({ field: "label", text: "Enter what it is called" });
  else if ((listing.value.rows ?? []).some(namesake)) {
    errors.push({ field: "label", text: "Another tablet is called that already; give this one a name of its own" });
  }
  if (whose === "owner" && owner === NONE) errors.push({ field: "owner", text: "Choose whose it is" });
  return errors;
}

function wishOf({ label, whose, owner, replaces }: Draft): EnrolmentWish {
  return {
    label: tidy(label),
    shared: whose === "shared",
    owner: whose === "owner" ? owner : null,
    replaces: replaces === NONE ? null : replaces,
  };
}
