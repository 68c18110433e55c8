// Big buttons to choose one of a few, or none: a second tap takes the choice back.
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface PicksProps {
  legend: ComponentChildren;
  hint?: string | undefined;
  value: string;
  options: readonly { value: string; text: string; hint?: string | undefined }[];
  onChange: (value: string) => void;
  /** The first button's id, for the error summary. */
  id?: string | undefined;
  error?: string | null | undefined;
  /** The legend is said, and not shown. */
  quiet?: boolean | undefined;
}

/** One of a few; `""` is no choice. */
export function Picks({ legend, hint, value, options, onChange, id, error, quiet = false }: PicksProps): JSX.Element {
  const own = useId();
  const told = [hint === undefined ? "" : `${own}-hint`, error ? `${own}-error` : ""].filter(Boolean).join(" ");
  return (
    <div class="tm-picks" role="group" aria-labelledby={`${own}-legend`} aria-describedby={told === "" ? undefined : told}>
      <p class={quiet ? "tm-visually-hidden" : "tm-picks__legend"} id={`${own}-legend`}>
        {legend}
      </p>
      {hint === undefined ? null : (
        <p class="govuk-hint" id={`${own}-hint`}>
          {hint}
        </p>
      )}
      {error ? (
        <p class="govuk-error-message" id={`${own}-error`}>
          <span class="govuk-visually-hidden">Error: </span>
          {error}
        </p>
      ) : null}
      <div class={`tm-picks__row tm-picks__row--${options.length}`}>
        {options.map((option, index) => (
          <button
            key={option.value}
            type="button"
            id={index === 0 ? id : undefined}
            class="tm-pick"
            aria-pressed={option.value === value}
            onClick={() => onChange(option.value === value ? "" : option.value)}
          >
            <span class="tm-pick__text">{option.text}</span>
            {option.hint === undefined ? null : <span class="tm-pick__hint">{option.hint}</span>}
          </button>
        ))}
      </div>
    </div>
  );
}

const YES_NO = [
  { value: "true", text: "Yes" },
  { value: "false", text: "No" },
] as const;

/** Yes, no, or not answered, as the form keeps them. */
export function YesNo(props: Omit<PicksProps, "options">): JSX.Element {
  return <Picks {...props} options={YES_NO} />;
}
