// What the office decided on this person's entries, until they say that they have read it.
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";
import { outcomeWords } from "../../components/outcome-words.ts";
import { count } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import { today } from "../../state/app.ts";
import { entryTitle } from "./entry-words.ts";
import { NAMES } from "./names.ts";
import type { Decided } from "./news.ts";
import { markSeen, unseen } from "./seen.ts";

/** Nothing where there is nothing new. */
export function DecidedNotice(): JSX.Element | null {
  const news = unseen.value;
  if (news.length === 0) return null;
  return (
    <section class="tm-panel tm-panel--warning tm-stack tm-measure" aria-labelledby="decided">
      <h2 class="tm-h2" id="decided">
        The office has decided on {count(news.length, "entry of yours", "entries of yours")}
      </h2>
      <ul class="tm-plain-list tm-stack">
        {news.map((one) => (
          <li key={one.key}>
            <p class="tm-strong">{entryTitle(one.item.body, NAMES)}</p>
            <p>{newsWords(one)}</p>
          </li>
        ))}
      </ul>
      <p>
        <Button kind="secondary" onClick={markSeen}>
          I have read this
        </Button>
      </p>
    </section>
  );
}

function newsWords({ marks, outcome }: Decided): string {
  const words = outcomeWords(outcome, (instant) => moment(instant, today.value));
  return marks === null ? words : `Of the ${count(marks, "mark")} set aside: ${words}`;
}
