// Finding one pupil by typing. Enter takes the first found, the arrow keys move among the others.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../../components/button.tsx";
import { count } from "../../../components/text.ts";
import { announce } from "../../../components/announcer.tsx";
import { cards, today } from "../../../state/app.ts";
import { findPupils } from "../forms/search.ts";

interface PupilPickerProps {
  /** The input's id: what an error points at. */
  id: string;
  label: string;
  value: string | null;
  onPick: (pupil: string | null) => void;
  error?: string | null | undefined;
  /** Take focus when it is drawn, and whenever the choice is taken back. */
  focus?: boolean | undefined;
  /** The id of the field that takes focus once somebody is chosen. */
  next?: string | undefined;
}

/** A search until somebody is chosen; then the name, and a way back to the search. */
export function PupilPicker(props: PupilPickerProps): JSX.Element {
  const { id, label, value, onPick, error, focus = false, next } = props;
  const card = value === null ? undefined : cards.value.get(value);
  const wasChosen = useRef(false);
  const takeFocus = focus || wasChosen.current;
  const isChosen = card !== undefined;
  wasChosen.current = isChosen;
  useEffect(() => {
    // The search that had focus is gone: the person goes on with the form.
    if (isChosen && next !== undefined) document.getElementById(next)?.focus({ preventScroll: true });
  }, [isChosen, next]);
  if (card === undefined) {
    return <Search id={id} label={label} onPick={onPick} error={error ?? null} focus={takeFocus} />;
  }
  return (
    <div class="govuk-form-group">
      <span class="govuk-label" id={`${id}-label`}>
        {label}
      </span>
      <div class="tm-office-picked">
        <span class="tm-strong">
          {card.known_as} {card.surname}, {card.form_name}
        </span>
        <Button kind="quiet" small onClick={() => onPick(null)} label={`Change: ${card.known_as} ${card.surname}`}>
          Change
        </Button>
      </div>
    </div>
  );
}

interface SearchProps {
  id: string;
  label: string;
  onPick: (pupil: string) => void;
  error: string | null;
  focus: boolean;
}

function Search({ id, label, onPick, error, focus }: SearchProps): JSX.Element {
  const [typed, setTyped] = useState("");
  const box = useRef<HTMLDivElement>(null);
  const found = findPupils(cards.value.values(), typed, today.value);
  const none = typed.trim() !== "" && found.length === 0;
  useEffect(() => {
    // With a finger, focus would raise a keyboard over the page that nobody asked for.
    if (!focus || !matchMedia("(pointer: fine)").matches) return undefined;
    // A new screen's heading takes focus as it is drawn: this comes after it.
    const timer = setTimeout(() => box.current?.querySelector("input")?.focus({ preventScroll: true }));
    return () => clearTimeout(timer);
  }, [focus]);
  useEffect(() => {
    if (typed.trim() !== "") announce(found.length === 0 ? "No pupil found" : `${count(found.length, "pupil")} found`);
  }, [typed, found.length]);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && event.target instanceof HTMLInputElement && found[0] !== undefined) {
      event.preventDefault();
      onPick(found[0].pupil);
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      moveFocus(box.current, event.key === "ArrowDown" ? 1 : -1);
    }
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- the keys are those of the input and buttons in it
    <div
      class={`govuk-form-group tm-office-picker${error === null ? "" : " govuk-form-group--error"}`}
      ref={box}
      onKeyDown={onKeyDown}
    >
      <label class="govuk-label" for={id}>
        {label}
      </label>
      <div id={`${id}-hint`} class="govuk-hint">
        Type how any part of the name, or the form, begins. Enter takes the first one found.
      </div>
      {error === null ? null : (
        <p id={`${id}-error`} class="govuk-error-message">
          <span class="govuk-visually-hidden">Error: </span>
          {error}
        </p>
      )}
      <input
        class={`govuk-input${error === null ? "" : " govuk-input--error"}`}
        id={id}
        type="text"
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        value={typed}
        aria-invalid={error === null ? undefined : "true"}
        aria-describedby={error === null ? `${id}-hint` : `${id}-hint ${id}-error`}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      {found.length === 0 ? null : (
        <ul class="tm-plain-list tm-office-options" aria-label="Pupils found">
          {found.map((card) => (
            <li key={card.pupil}>
              <button type="button" class="tm-office-option" onClick={() => onPick(card.pupil)}>
                <span class="tm-strong">
                  {card.known_as} {card.surname}
                </span>
                <span class="tm-office-form">{card.form_name}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
      {none ? <p class="tm-small">No pupil on roll has that name or form.</p> : null}
    </div>
  );
}

/** Focus the input or button after (or before) the one in focus, round and round. */
function moveFocus(box: HTMLElement | null, step: number): void {
  const stops = [...(box?.querySelectorAll<HTMLElement>("input, button") ?? [])];
  const at = stops.findIndex((stop) => stop === document.activeElement);
  stops[(at + step + stops.length) % stops.length]?.focus();
}
