// The card: whom to ring now. It needs no signal, and comes before everything else.
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";
import { Checkbox } from "../../components/choices.tsx";
import { Rings } from "../../components/concerns/rings.tsx";
import type { Begun } from "../../components/concerns/begun.ts";
import type { Numbers, Ring } from "../../components/concerns/whom.ts";

interface CardProps {
  form: Begun;
  place: string;
  numbers: Numbers;
  /** Whom it will go to once it is sent, and why. */
  because: string;
  /** Nobody at the place can be reached now, by its hours or in the person's own word. */
  closed: boolean;
  onChange: (change: Partial<Begun>) => void;
  onClosed: (closed: boolean) => void;
  onRang: (ring: Ring) => void;
}

/** What the person answers decides whom to ring. */
export function Card({ form, place, numbers, because, closed, onChange, onClosed, onRang }: CardProps): JSX.Element {
  const rang = (ring: Ring): JSX.Element | null =>
    ring.step === "emergency" && !form.immediate ? null : (
      <Button kind="secondary" class="tm-concern-rang" onClick={() => onRang(ring)}>
        I have just rung {ring.name}
      </Button>
    );
  return (
    <section class="tm-panel tm-stack" aria-labelledby="concern-ring">
      <h2 class="tm-h2" id="concern-ring">
        1. Ring now
      </h2>
      <fieldset class="govuk-fieldset">
        <legend class="govuk-visually-hidden">What is so?</legend>
        <div class="govuk-checkboxes govuk-checkboxes--small tm-concern-asks">
          <Checkbox
            id="concern-immediate"
            label="The child is in danger now"
            checked={form.immediate}
            onChange={(immediate) => onChange({ immediate })}
          />
          <Checkbox
            id="concern-staff"
            label="It is about somebody who works with children here"
            checked={form.staff}
            onChange={(staff) => onChange({ staff })}
          />
          <Checkbox id="concern-head" label="It is about the head" checked={form.head} onChange={(head) => onChange({ head })} />
          <Checkbox
            id="concern-closed"
            label="It is out of hours, or nobody there answers"
            checked={closed}
            onChange={onClosed}
          />
        </div>
      </fieldset>
      {numbers.now.length === 0 ? (
        <p class="tm-strong">
          No numbers of {place} are on this tablet. Speak to whoever answers for safeguarding there, and if the child is in
          danger ring 999.
        </p>
      ) : (
        <Rings rings={numbers.now} label="Whom to ring now, in this order" act={rang} />
      )}
      {numbers.next.length === 0 ? null : (
        <details class="govuk-details">
          <summary class="govuk-details__summary">
            <span class="govuk-details__summary-text">If none of them answers</span>
          </summary>
          <div class="govuk-details__text">
            <Rings rings={numbers.next} label="Whom to ring next" act={rang} />
          </div>
        </details>
      )}
      <p class="tm-small tm-soft">
        {place}: {because}
      </p>
    </section>
  );
}
