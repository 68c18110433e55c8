// Text inputs, selects and text areas with their label, hint and error, joined by ids.
import type { ComponentChildren, JSX } from "preact";

/** What a field tells beside its label. */
interface Told {
  id: string;
  hint?: ComponentChildren | undefined;
  error?: string | null | undefined;
}

interface FieldProps extends Told {
  label: ComponentChildren;
}

interface TextFieldProps extends FieldProps {
  value: string;
  onInput: (value: string) => void;
  type?: "text" | "password" | "time" | "date" | "search" | undefined;
  autoComplete?: string | undefined;
  maxLength?: number | undefined;
  /** Which keyboard a tablet shows. */
  inputMode?: "tel" | "numeric" | undefined;
  width?: 5 | 10 | 20 | 30 | undefined;
}

interface SelectFieldProps extends FieldProps {
  value: string;
  onChange: (value: string) => void;
  options: readonly { value: string; text: string }[];
}

interface TextAreaProps extends FieldProps {
  value: string;
  onInput: (value: string) => void;
  rows?: number | undefined;
  maxLength?: number | undefined;
  /** Where it is written in another language than the page. */
  lang?: string | undefined;
  dir?: "ltr" | "rtl" | undefined;
}

/** The ids of a field's hint and error, for `aria-describedby`. */
export function describedBy({ id, hint, error }: Told): string | undefined {
  const ids = [hint === undefined ? "" : `${id}-hint`, error ? `${id}-error` : ""].filter(Boolean);
  return ids.length === 0 ? undefined : ids.join(" ");
}

/** A field's hint and its error, under the ids that {@link describedBy} names. */
export function HintAndError({ id, hint, error }: Told): JSX.Element {
  return (
    <>
      {hint === undefined ? null : (
        <div id={`${id}-hint`} class="govuk-hint">
          {hint}
        </div>
      )}
      {error ? (
        <p id={`${id}-error`} class="govuk-error-message">
          <span class="govuk-visually-hidden">Error: </span>
          {error}
        </p>
      ) : null}
    </>
  );
}

function Around({ field, children }: { field: FieldProps; children: ComponentChildren }): JSX.Element {
  const { id, label, hint, error } = field;
  return (
    <div class={`govuk-form-group${error ? " govuk-form-group--error" : ""}`}>
      <label class="govuk-label" for={id}>
        {label}
      </label>
      <HintAndError id={id} hint={hint} error={error} />
      {children}
    </div>
  );
}

/** One line of text, a time or a date. */
export function TextField(props: TextFieldProps): JSX.Element {
  const { id, value, onInput, type = "text", error, width } = props;
  const size = width === undefined ? "" : ` govuk-input--width-${width}`;
  return (
    <Around field={props}>
      <input
        class={`govuk-input${size}${error ? " govuk-input--error" : ""}`}
        id={id}
        name={id}
        // One input for every kind of line; the types of Preact tell them apart.
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion, typescript/no-unnecessary-type-assertion
        type={type as "text"}
        value={value}
        maxLength={props.maxLength}
        inputMode={props.inputMode}
        autocomplete={props.autoComplete ?? "off"}
        autocapitalize={type === "text" ? undefined : "none"}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={describedBy(props)}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </Around>
  );
}

/** One of a list. */
export function SelectField(props: SelectFieldProps): JSX.Element {
  const { id, value, onChange, options, error } = props;
  return (
    <Around field={props}>
      <select
        class={`govuk-select${error ? " govuk-select--error" : ""}`}
        id={id}
        name={id}
        value={value}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={describedBy(props)}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    </Around>
  );
}

/** Several lines of text. */
export function TextArea(props: TextAreaProps): JSX.Element {
  const { id, value, onInput, rows = 3, error } = props;
  return (
    <Around field={props}>
      <textarea
        class={`govuk-textarea${error ? " govuk-textarea--error" : ""}`}
        id={id}
        name={id}
        rows={rows}
        lang={props.lang}
        dir={props.dir}
        maxLength={props.maxLength}
        value={value}
        aria-invalid={error ? "true" : undefined}
        aria-describedby={describedBy(props)}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </Around>
  );
}
