// Every code that may be chosen, in groups that say what it means for the pupil.
import type { JSX } from "preact";
import type { CodeGroup } from "../forms/codes.ts";

interface CodeSelectProps {
  id: string;
  label: string;
  value: string;
  groups: readonly CodeGroup[];
  onChange: (code: string) => void;
  error?: string | null | undefined;
  /** The first, empty choice. */
  none?: string | undefined;
}

/** A native select: typing a letter finds its code. */
export function CodeSelect(props: CodeSelectProps): JSX.Element {
  const { id, label, value, groups, onChange, error, none = "Choose a code" } = props;
  return (
    <div class={`govuk-form-group${error ? " govuk-form-group--error" : ""}`}>
      <label class="govuk-label" for={id}>
        {label}
      </label>
      {error ? (
        <p id={`${id}-error`} class="govuk-error-message">
          <span class="govuk-visually-hidden">Error: </span>
          {error}
        </p>
      ) : null}
      <select
        class={`govuk-select tm-office-select${error ? " govuk-select--error" : ""}`}
        id={id}
        name={id}
        value={value}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={error ? `${id}-error` : undefined}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        <option value="">{none}</option>
        {groups.map((group) => (
          <optgroup label={group.label} key={group.label}>
            {group.codes.map((row) => (
              <option value={row.code} key={row.code}>
                {row.code}: {row.meaning}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
    </div>
  );
}
