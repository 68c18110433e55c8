// A child who is here and not on the list: from the school's rolls, or described in words.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { TextField } from "../../components/field.tsx";
import { people } from "../../components/people.ts";
import type { Named } from "../../components/people.ts";
import { tidy } from "../../components/text.ts";
import { findPupils } from "./find.ts";
import type { AddedChild } from "./form.ts";

interface AddChildProps {
  /** Pupils on the register already. */
  present: ReadonlySet<string>;
  onAdd: (child: AddedChild) => void;
  onClose: () => void;
}

const MOST = 12;

/** Looks through every pupil that this tablet's fire lists name. */
export function AddChildDialog({ present, onAdd, onClose }: AddChildProps): JSX.Element {
  const [text, setText] = useState("");
  const [described, setDescribed] = useState("");
  const found = findPupils(people.value.values(), text);
  return (
    <Dialog
      title="Add a child who is not listed"
      onClose={onClose}
      actions={
        <Button kind="quiet" onClick={onClose}>
          Go back to the register
        </Button>
      }
    >
      <div class="tm-stack">
        <TextField
          id="find-child"
          label="Name"
          type="search"
          hint="Two letters or more. Everybody on the school’s roll is searched, with or without a signal."
          value={text}
          onInput={setText}
        />
        <p class="tm-visually-hidden" role="status">
          {text.trim().length < 2 ? "" : `${found.length} found`}
        </p>
        <ul class="tm-plain-list tm-found">
          {found.slice(0, MOST).map((one) => (
            <FoundChild key={one.pupil} one={one} listed={present.has(one.pupil)} onAdd={onAdd} />
          ))}
        </ul>
        {found.length > MOST ? <p class="tm-small">And {found.length - MOST} more: write more of the name.</p> : null}
        <details class="govuk-details">
          <summary class="govuk-details__summary">
            <span class="govuk-details__summary-text">The child is on no list at all</span>
          </summary>
          <div class="govuk-details__text tm-stack">
            <p class="tm-small">
              Say who it is as well as you can. The mark counts for nobody yet: the office sees it as something to check,
              and finds out who the child is.
            </p>
            <TextField
              id="describe-child"
              label="Who is it?"
              hint="For example: “Says her name is Sam, new today, red coat”."
              maxLength={500}
              value={described}
              onInput={setDescribed}
            />
            <Button
              kind="secondary"
              disabled={tidy(described) === ""}
              onClick={() => onAdd(unlistedChild(tidy(described)))}
            >
              Add this child
            </Button>
          </div>
        </details>
      </div>
    </Dialog>
  );
}

function FoundChild({
  one,
  listed,
  onAdd,
}: {
  one: Named;
  listed: boolean;
  onAdd: (child: AddedChild) => void;
}): JSX.Element {
  const name = `${one.knownAs} ${one.surname}`;
  return (
    <li class="tm-found__item">
      <span>
        <strong>{name}</strong> <span class="tm-soft">{one.form}</span>
      </span>
      {listed ? (
        <span class="tm-small tm-soft">On this register already</span>
      ) : (
        <Button
          small
          kind="secondary"
          label={`Add ${name}, ${one.form}`}
          onClick={() => onAdd({ pupil: one.pupil, knownAs: one.knownAs, surname: one.surname, note: one.form, onRoll: true })}
        >
          Add
        </Button>
      )}
    </li>
  );
}

function unlistedChild(note: string): AddedChild {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const random = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return { pupil: `unlisted-${random}`, knownAs: "A child", surname: "on no list", note, onRoll: false };
}
