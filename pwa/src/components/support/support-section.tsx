// A school's part of a family's support: that visits took place, what came of them, and what was agreed.
import type { JSX } from "preact";
import type { SharedSupport, Support } from "../../generated/types.ts";
import { shareds, supports, today } from "../../state/app.ts";
import { longDate, shortDate } from "../text.ts";
import { moment } from "../words.ts";
import { actionWords, basisWords, outcomeWords, supportWords } from "./support-words.ts";

/** The support of a pupil's family, as far as this school may know of it. */
export function supportOf(pupil: string): Support[] {
  return [...supports.value.values()].filter((one) => one.pupil === pupil);
}

/** What a pupil's family workers told the school on purpose. */
export function sharedOf(pupil: string): SharedSupport[] {
  return [...shareds.value.values()].filter((one) => one.pupil === pupil);
}

/** Nothing where there is no support to know of. */
export function SupportSection({ pupil }: { pupil: string }): JSX.Element | null {
  const found = supportOf(pupil);
  if (found.length === 0) return null;
  return (
    <section class="tm-stack" aria-label="Family support">
      <h2 class="tm-h2">Family support</h2>
      {found.map((one) => (
        <Case one={one} key={one._id} />
      ))}
    </section>
  );
}

function Case({ one }: { one: Support }): JSX.Element {
  const [visits, actions] = [one.visits ?? [], one.actions ?? []];
  return (
    <div class="tm-panel tm-stack">
      <p>{supportWords(one)}</p>
      {visits.length === 0 ? (
        <p class="tm-soft">No home visit yet.</p>
      ) : (
        <ul aria-label="Home visits" class="tm-plain-list">
          {visits.map(({ visit, on, outcome }) => (
            <li key={visit}>
              Home visit {longDate(on)}: {outcomeWords(outcome)}.
            </li>
          ))}
        </ul>
      )}
      {actions.length === 0 ? null : (
        <>
          <h3 class="tm-h3">Agreed with the family</h3>
          <ul aria-label="Actions agreed with the family" class="tm-plain-list">
            {actions.map((action) => (
              <li key={action.item}>{actionWords(action, shortDate)}</li>
            ))}
          </ul>
        </>
      )}
      <p class="tm-small tm-soft">As at {moment(one.as_at, today.value)}.</p>
    </div>
  );
}

/** What the workers told the school, for its safeguarding lead alone. */
export function SharedSection({ pupil }: { pupil: string }): JSX.Element | null {
  const lines = sharedOf(pupil).flatMap((one) => one.lines);
  if (lines.length === 0) return null;
  return (
    <section class="tm-stack" aria-label="Told to the school">
      <h2 class="tm-h2">Told to the school by the family’s workers</h2>
      <ul class="tm-plain-list tm-stack">
        {lines.map(({ item, text, basis, by_name: by, at }) => (
          <li class="tm-panel" key={item}>
            <p class="tm-keep-lines">{text}</p>
            <p class="tm-small tm-soft">
              {by}, {moment(at, today.value)}, {basisWords(basis)}.
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}
