// Radios and one checkbox, as govuk-frontend draws them.
import type { ComponentChildren, JSX } from "preact";
import { describedBy, HintAndError } from "./field.tsx";

interface RadiosProps {
  id: string;
  legend: ComponentChildren;
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; text: ComponentChildren; hint?: string | undefined }[];
  hint?: string | undefined;
  error?: string | null | undefined;
  inline?: boolean | undefined;
  small?: boolean | undefined;
}

interface CheckboxProps {
  id: string;
  label: ComponentChildren;
  checked: boolean;
  onChange: (checked: boolean) => void;
  hint?: string | undefined;
}

/** One of a few, all in sight; the first option has the id the error summary points at. */
export function Radios(props: RadiosProps): JSX.Element {
  const { id, legend, value, onChange, options, hint, error, inline = false, small = false } = props;
  return (
    <div class={`govuk-form-group${error ? " govuk-form-group--error" : ""}`}>
      <fieldset class="govuk-fieldset" aria-describedby={describedBy(props)}>
        <legend class="govuk-fieldset__legend">{legend}</legend>
        <HintAndError id={id} hint={hint} error={error} />
        <div class={`govuk-radios${inline ? " govuk-radios--inline" : ""}${small ? " govuk-radios--small" : ""}`}>
          {options.map((option, index) => {
            const own = index === 0 ? id : `${id}-${index + 1}`;
            return (
              <div class="govuk-radios__item" key={option.value}>
                <input
                  class="govuk-radios__input"
                  id={own}
                  name={id}
                  type="radio"
                  value={option.value}
                  checked={value === option.value}
                  aria-describedby={option.hint === undefined ? undefined : `${own}-hint`}
                  onChange={() => onChange(option.value)}
                />
                <label class="govuk-label govuk-radios__label" for={own}>
                  {option.text}
                </label>
                {option.hint === undefined ? null : (
                  <div id={`${own}-hint`} class="govuk-hint govuk-radios__hint">
                    {option.hint}
                  </div>
                )}
              </div>
            );
          })}
        </div>
      </fieldset>
    </div>
  );
}

/** One thing to tick. */
export function Checkbox({ id, label, checked, onChange, hint }: CheckboxProps): JSX.Element {
  return (
    <div class="govuk-checkboxes__item">
      <input
        class="govuk-checkboxes__input"
        id={id}
        name={id}
        type="checkbox"
        checked={checked}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label class="govuk-label govuk-checkboxes__label" for={id}>
        {label}
      </label>
      {hint === undefined ? null : (
        <div id={`${id}-hint`} class="govuk-hint govuk-checkboxes__hint">
          {hint}
        </div>
      )}
    </div>
  );
}
