// Pupils that somebody was granted by name: their cards, and their attendance.
import type { JSX } from "preact";
import { mayDo } from "../../components/allowed.ts";
import { HalfTerms } from "../../components/history/half-terms.tsx";
import { Link } from "../../components/link.tsx";
import { bySurname } from "../../components/named.ts";
import { named, OwnGrants } from "../../components/own-grants.tsx";
import { Page } from "../../components/page.tsx";
import { people } from "../../components/people.ts";
import { RestrictedNotice } from "../../components/restricted.tsx";
import { Strip } from "../../components/strip.tsx";
import type { Card } from "../../generated/types.ts";
import { cards, school, status } from "../../state/app.ts";
import { DecidedNotice } from "../entries/index.ts";

/** `tail`: a pupil, as the path names them; without one, all of them. The title never names anybody. */
export function PupilsScreen({ tail }: { tail: string }): JSX.Element {
  const pupil = decodeURIComponent(tail);
  const card = cards.value.get(pupil);
  if (card !== undefined) return <Pupil card={card} key={pupil} />;
  const all = [...cards.value.values()]
    .filter((one) => named.value.has(one.pupil))
    .toSorted((a, b) => bySurname(people.value.get(a.pupil), people.value.get(b.pupil)));
  return (
    <Page
      title="Pupils"
      lede={pupil === "" ? "The pupils you were granted, with their last ten sessions." : "This pupil is not on this tablet, or not yours to see."}
    >
      <div class="tm-stack-l tm-below-h1">
        <DecidedNotice />
        <OwnGrants />
        {all.length === 0 ? <None /> : <List cards={all} />}
        {mayDo("figures") ? (
          <p>
            <Link to="/figures">Figures of the whole school</Link>
          </p>
        ) : null}
      </div>
    </Page>
  );
}

function List({ cards: all }: { cards: readonly Card[] }): JSX.Element {
  return (
    <ul class="tm-plain-list tm-stack" aria-label="Pupils">
      {all.map((card) => (
        <li class="tm-panel tm-row tm-spread" key={card.pupil}>
          <span>
            <Link to={`/pupils/${encodeURIComponent(card.pupil)}`} class="tm-link tm-strong">
              {card.known_as} {card.surname}
            </Link>
            , {card.form_name}
          </span>
          <Strip marks={card.last ?? []} />
        </li>
      ))}
    </ul>
  );
}

function None(): JSX.Element {
  const waits = school.value === null && !status.value.online;
  return (
    <div class="tm-panel tm-measure tm-stack">
      <p class="tm-strong">{waits ? "Your pupils have not come to this tablet yet." : "No pupil is granted to you by name."}</p>
      <p>
        {waits
          ? "They come as soon as there is a signal."
          : "If you should see some, ask the school’s office to grant them to you: they appear here as soon as it has."}
      </p>
    </div>
  );
}

function Pupil({ card }: { card: Card }): JSX.Element {
  const name = `${card.known_as} ${card.surname}`;
  return (
    <Page title="A pupil’s attendance" heading={name}>
      <p class="tm-row">
        <span>
          {card.form_name}, {card.year}
        </span>
        <Strip marks={card.last ?? []} />
      </p>
      <RestrictedNotice pupil={card.pupil} />
      <div class="tm-stack-l tm-below-h1">
        <HalfTerms pupil={card.pupil} name={name} level={2} open />
        <p>
          <Link to="/pupils">All pupils</Link>
        </p>
      </div>
    </Page>
  );
}
