// Which child a concern is about: found by name, or described where the name is not on this tablet.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { announce } from "../../components/announcer.tsx";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { count } from "../../components/text.ts";
import type { Begun } from "../../components/concerns/begun.ts";
import { findChildren } from "./children.ts";
import type { Child } from "./children.ts";
import { LONGEST_NAME } from "./form.ts";

interface ChildFieldProps {
  form: Begun;
  all: readonly Child[];
  /** Those of the family that the person comes from: offered before anything is typed. */
  near: readonly Child[];
  error: string | null;
  onPick: (child: Child | null) => void;
  onName: (name: string) => void;
}

/** Chosen, or typed: what is typed stays as it is where nobody of that name is chosen. */
export function ChildField({ form, all, near, error, onPick, onName }: ChildFieldProps): JSX.Element {
  const chosen = form.pupil !== null || form.child !== null;
  const [looking, setLooking] = useState(true);
  if (chosen) {
    return (
      <div class="govuk-form-group">
        <span class="govuk-label">Which child?</span>
        <div class="tm-row">
          <span class="tm-strong">{form.childName}</span>
          <Button kind="quiet" small onClick={() => onPick(null)} label={`Change the child: ${form.childName}`}>
            Change
          </Button>
        </div>
      </div>
    );
  }
  const found = !looking ? [] : form.childName.trim() === "" ? near : findChildren(all, form.childName);
  return (
    <div class="tm-concern-child">
      <TextField
        id="concern-child"
        label="Which child?"
        hint="Type their name, and choose them if they are found. If you do not know it, describe them."
        value={form.childName}
        onInput={(name) => {
          setLooking(true);
          onName(name);
          const hits = findChildren(all, name).length;
          if (name.trim() !== "") announce(hits === 0 ? "Nobody of that name is on this tablet" : `${count(hits, "child", "children")} found`);
        }}
        maxLength={LONGEST_NAME}
        error={error}
      />
      {found.length === 0 ? null : (
        <ul class="tm-plain-list tm-concern-found" aria-label="Children found">
          {found.map((child) => (
            <li key={`${child.case ?? ""} ${child.pupil ?? child.child ?? ""}`}>
              <button type="button" class="tm-concern-option" onClick={() => onPick(child)}>
                <span class="tm-strong">{child.name}</span>
                <span class="tm-soft">{child.detail}</span>
              </button>
            </li>
          ))}
          <li>
            <button type="button" class="tm-concern-option" onClick={() => setLooking(false)}>
              None of these
            </button>
          </li>
        </ul>
      )}
    </div>
  );
}
