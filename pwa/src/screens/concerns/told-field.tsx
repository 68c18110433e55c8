// Who was told already: by one tap at their number, or written down.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { SelectField, TextField } from "../../components/field.tsx";
import { moment } from "../../components/words.ts";
import type { Told } from "../../generated/types.ts";
import { observedNow, today } from "../../state/app.ts";
import { HOWS, LONGEST_NAME } from "./form.ts";
import type { How } from "./form.ts";

interface ToldFieldProps {
  told: readonly Told[];
  onTold: (told: Told) => void;
  /** Without: what was told stays. */
  onUntold?: ((index: number) => void) | undefined;
}

/** "by phone", "in person", "by message". */
export function howWords(how: How): string {
  return { phone: "by phone", in_person: "in person", message: "by message" }[how];
}

/** The list, and a line to add to it. */
export function ToldField({ told, onTold, onUntold }: ToldFieldProps): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <fieldset class="govuk-fieldset tm-stack">
      <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">Who has been told?</legend>
      {told.length === 0 ? (
        <p class="tm-soft">Nobody yet. Ring first: sending this is not enough.</p>
      ) : (
        <ul class="tm-plain-list tm-stack" aria-label="Told so far">
          {told.map((one, index) => (
            <li class="tm-row tm-spread" key={`${one.at} ${one.name}`}>
              <span>
                {moment(one.at, today.value)}: <span class="tm-strong">{one.name}</span>, {howWords(one.how)}
              </span>
              {onUntold === undefined ? null : (
                <Button kind="quiet" small onClick={() => onUntold(index)} label={`Remove: ${one.name} was told`}>
                  Remove
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      {open ? (
        <Another
          onTold={(one) => {
            onTold(one);
            setOpen(false);
          }}
          onClose={() => setOpen(false)}
        />
      ) : (
        <Button kind="secondary" small onClick={() => setOpen(true)}>
          Somebody else was told
        </Button>
      )}
    </fieldset>
  );
}

/** Somebody who is not on the card. */
function Another({ onTold, onClose }: { onTold: (told: Told) => void; onClose: () => void }): JSX.Element {
  const [name, setName] = useState("");
  const [how, setHow] = useState<How>("in_person");
  const [error, setError] = useState<string | null>(null);
  const add = (): void => {
    if (name.trim() === "") setError("Say who was told");
    else onTold({ name: name.trim(), how, at: observedNow() });
  };
  return (
    <div class="tm-panel">
      <TextField id="concern-told" label="Who was told, just now?" value={name} onInput={setName} maxLength={LONGEST_NAME} error={error} />
      <SelectField
        id="concern-how"
        label="How?"
        value={how}
        onChange={(value) => setHow(HOWS.find((one) => one.value === value)?.value ?? "in_person")}
        options={HOWS}
      />
      <div class="tm-row">
        <Button small onClick={add}>
          Add
        </Button>
        <Button small kind="secondary" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </div>
  );
}
