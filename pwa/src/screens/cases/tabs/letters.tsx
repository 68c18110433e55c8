// Letters to the family, latest first.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { mayRecord } from "../../../components/allowed.ts";
import { Button } from "../../../components/button.tsx";
import { Link } from "../../../components/link.tsx";
import { Tag } from "../../../components/tag.tsx";
import { languageName, shortDate } from "../../../components/text.ts";
import { isWaiting, itemsOf } from "../../../domain/facts.ts";
import type { Case } from "../../../generated/types.ts";
import { LetterDialog } from "../letters/letter-dialog.tsx";
import { TEMPLATES } from "../letters/templates.ts";

export function LettersTab({ of }: { of: Case }): JSX.Element {
  const writing = useSignal(false);
  const letters = itemsOf(of.cells, "letter").toReversed();
  return (
    <div class="tm-stack">
      {mayRecord("case.noted") ? (
        <Button kind="secondary" onClick={() => (writing.value = true)}>
          Write a letter
        </Button>
      ) : null}
      {letters.length === 0 ? <p class="tm-soft">No letter yet. Letters come in the family’s language where there is a template in it.</p> : null}
      <ul class="tm-facts">
        {letters.map(({ item, values: [letter], cell }) =>
          letter === undefined ? null : (
            <li key={item} class="tm-facts__item">
              <Link to={`/cases/${of.case}/letter/${item}`}>{TEMPLATES.find(({ id }) => id === letter.template)?.title ?? "A letter"}</Link>
              <p class="tm-small tm-soft">
                {shortDate(letter.on)}, to {letter.to}, in {languageName(letter.language)}
              </p>
              {isWaiting(cell) ? <Tag tone="quiet">On this tablet, not received yet</Tag> : null}
            </li>
          ),
        )}
      </ul>
      {writing.value ? <LetterDialog of={of} onClose={() => (writing.value = false)} /> : null}
    </div>
  );
}
