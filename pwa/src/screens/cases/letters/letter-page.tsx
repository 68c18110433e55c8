// A letter as it was sent, ready to print.
import type { JSX } from "preact";
import { Button } from "../../../components/button.tsx";
import { Link } from "../../../components/link.tsx";
import { Page } from "../../../components/page.tsx";
import { longDate } from "../../../components/text.ts";
import { moment } from "../../../components/words.ts";
import { itemsOf, liveClaims } from "../../../domain/facts.ts";
import type { Case } from "../../../generated/types.ts";
import { school, today } from "../../../state/app.ts";
import { directionOf } from "./templates.ts";

export function LetterPage({ of, item }: { of: Case; item: string }): JSX.Element {
  const found = itemsOf(of.cells, "letter").find((one) => one.item === item);
  const letter = found?.values[0];
  const claim = found === undefined ? undefined : liveClaims(found.cell)[0];
  const back = (
    <p class="tm-no-print">
      <Link to={`/cases/${of.case}/letters`}>Back to the case’s letters</Link>
    </p>
  );
  if (letter === undefined || claim === undefined) {
    return (
      <Page title="Letter not here" lede="This letter is not on this tablet.">
        {back}
      </Page>
    );
  }
  return (
    <Page title="Letter" lede={`Kept ${moment(claim.written_at, today.value)} by ${claim.author_name}. A letter is not changed once it is kept: write another.`}>
      {back}
      <p class="tm-no-print">
        <Button onClick={() => print()}>Print it</Button>
      </p>
      <article class="tm-letter" lang={letter.language} dir={directionOf(letter.language)}>
        <p lang="en" dir="ltr" class="tm-letter__from">
          {school.value?.name ?? ""}
        </p>
        <p lang="en" dir="ltr">
          {longDate(letter.on)}
        </p>
        <p class="tm-keep-lines">{letter.text}</p>
      </article>
    </Page>
  );
}
