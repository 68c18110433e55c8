// Something to open: native details, so that it works with any assistive technology.
import type { ComponentChildren, JSX } from "preact";

interface DetailsProps {
  summary: ComponentChildren;
  children: ComponentChildren;
  open?: boolean | undefined;
}

/** A question and its answer, or more of the same. */
export function Details({ summary, children, open = false }: DetailsProps): JSX.Element {
  return (
    <details class="govuk-details" open={open}>
      <summary class="govuk-details__summary">
        <span class="govuk-details__summary-text">{summary}</span>
      </summary>
      <div class="govuk-details__text">{children}</div>
    </details>
  );
}
