// What is wrong with a form, at its top, each line leading to its field.
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** One thing to put right; `field` is the id of the input it belongs to. */
export interface FormError {
  field: string;
  text: string;
}

interface ErrorSummaryProps {
  errors: readonly FormError[];
  title?: string | undefined;
}

/** The error for one field, or null. */
export function errorOf(errors: readonly FormError[], field: string): string | null {
  return errors.find((error) => error.field === field)?.text ?? null;
}

function goTo(event: Event, field: string): void {
  event.preventDefault();
  document.getElementById(field)?.focus();
}

/** Takes focus when it appears or changes; draws nothing without errors. */
export function ErrorSummary({ errors, title = "There is a problem" }: ErrorSummaryProps): JSX.Element | null {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.length > 0) box.current?.focus();
  }, [errors]);
  if (errors.length === 0) return null;
  return (
    <div class="govuk-error-summary" tabIndex={-1} ref={box}>
      <div role="alert">
        <h2 class="govuk-error-summary__title">{title}</h2>
        <div class="govuk-error-summary__body">
          <ul class="govuk-list govuk-error-summary__list">
            {errors.map((error) => (
              <li key={`${error.field} ${error.text}`}>
                <a href={`#${error.field}`} onClick={(event) => goTo(event, error.field)}>
                  {error.text}
                </a>
              </li>
            ))}
          </ul>
        </div>
      </div>
    </div>
  );
}
