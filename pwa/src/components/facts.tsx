// Pairs of a name and a value: govuk-frontend's summary list.
import type { ComponentChildren, JSX } from "preact";

/** Facts about one thing, each `[name, value]`. */
export function Facts({ items }: { items: readonly (readonly [string, ComponentChildren])[] }): JSX.Element {
  return (
    <dl class="govuk-summary-list">
      {items.map(([name, value]) => (
        <div class="govuk-summary-list__row" key={name}>
          <dt class="govuk-summary-list__key">{name}</dt>
          <dd class="govuk-summary-list__value">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
