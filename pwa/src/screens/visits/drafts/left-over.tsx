// More was written on another tablet after the note was handed in: its author adds it, or discards it.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../../components/button.tsx";
import { ErrorSummary } from "../../../components/error-summary.tsx";
import { TextArea } from "../../../components/field.tsx";
import { Link } from "../../../components/link.tsx";
import { Page } from "../../../components/page.tsx";
import { tidy } from "../../../components/text.ts";
import { discardVisitDraft, visits } from "../../../state/app.ts";
import type { VisitDraft } from "../../../state/app.ts";
import { useSaving } from "../../../components/saving.ts";
import "./drafts.scss";
import { fieldLabel, fieldValue, shownFields } from "./field-words.ts";
import { namesFor } from "./names.ts";
import { leftWords } from "./settling.ts";

const MAX = 20_000;

/** `entry`: the one that the note was handed in with. */
export function LeftOver({ draft, entry }: { draft: VisitDraft; entry: string }): JSX.Element {
  const names = namesFor(draft.case);
  const handedIn = visits.value.get(draft.visit)?.contributions?.find((one) => one.entry === entry)?.contribution;
  const { observation, analysis, parent_view, words = [] } = handedIn ?? {};
  const said = {
    observation: observation ?? "",
    analysis: analysis ?? "",
    parent_view: parent_view ?? "",
    ...Object.fromEntries(words.map((one) => [`words.${one.child}`, one.words])),
  };
  const [text, setText] = useState(() => leftWords(draft.fields, said, (field) => fieldLabel(field, names)));
  const [asked, setAsked] = useState(false);
  const saving = useSaving();
  const gone = (): void => void discardVisitDraft(draft.draft);
  const add = (): void => {
    if (tidy(text) === "") saving.fail([{ field: "left-over", text: "Write what is to be added, or discard it" }]);
    else saving.save([{ kind: "visit.addendum", case: draft.case, visit: draft.visit, to: entry, text: tidy(text) }], "left-over", gone);
  };
  return (
    <div class="tm-reconcile">
      <Page title="More than was handed in" lede="You wrote more on another tablet after handing this note in. What was handed in stays as it is: add this below it, or discard it.">
        <ErrorSummary errors={saving.errors} />
        <TextArea id="left-over" label="What is added, with your name and the time" hint="As it was on the other tablet. Change it as you like." rows={8} maxLength={MAX} value={text} onInput={setText} />
        <details class="govuk-details">
          <summary class="govuk-details__summary">
            <span class="govuk-details__summary-text">All that the other tablet says</span>
          </summary>
          <dl class="tm-draft-fields govuk-details__text">
            {shownFields(draft.fields).map(([field, value]) => (
              <div key={field}>
                <dt>{fieldLabel(field, names)}</dt>
                <dd class="tm-keep-lines">{fieldValue(field, value, names)}</dd>
              </div>
            ))}
          </dl>
        </details>
        {asked ? (
          <div class="tm-panel tm-panel--warning tm-stack" role="alert">
            <p class="tm-strong">Discard what the other tablet says? It is removed from all your tablets and from the server.</p>
            <div class="tm-row">
              <Button kind="warning" onClick={gone}>
                Discard it
              </Button>
              <Button kind="secondary" onClick={() => setAsked(false)}>
                Keep it for now
              </Button>
            </div>
          </div>
        ) : (
          <div class="tm-row">
            <Button onClick={add} disabled={saving.busy}>
              Add it to the note
            </Button>
            <Button kind="secondary" onClick={() => setAsked(true)}>
              Discard it
            </Button>
            <Link to={`/visits/${draft.visit}`}>Not now</Link>
          </div>
        )}
      </Page>
    </div>
  );
}
