// A note that its author wrote on two tablets: what each says, side by side, until they have settled it.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { Banner } from "../../../components/banner.tsx";
import { Button } from "../../../components/button.tsx";
import { Details } from "../../../components/details.tsx";
import { ErrorSummary, errorOf } from "../../../components/error-summary.tsx";
import type { FormError } from "../../../components/error-summary.tsx";
import { TextArea } from "../../../components/field.tsx";
import { Link } from "../../../components/link.tsx";
import { Page } from "../../../components/page.tsx";
import { navigate } from "../../../components/router.ts";
import { count } from "../../../components/text.ts";
import { moment } from "../../../components/words.ts";
import type { Conflict } from "../../../domain/draft-merge.ts";
import { reconcileVisitDraft, settleVisitDraft, syncedDrafts, today, visitDrafts } from "../../../state/app.ts";
import type { Reconciliation, VisitDraft } from "../../../state/app.ts";
import "./drafts.scss";
import { fieldLabel, fieldValue, isShown } from "./field-words.ts";
import type { Names } from "./field-words.ts";
import { LeftOver } from "./left-over.tsx";
import { namesFor } from "./names.ts";
import { OpenedBy } from "./opened-by.tsx";
import { firstChoices, settledFields, takenFields, unsettled } from "./settling.ts";
import type { Choice, Choices } from "./settling.ts";

const TITLE = "Two versions of your note";

/** The draft of a visit's note, for its author to reconcile; `visit` names the visit. */
export function ReconcileScreen({ visit }: { visit: string }): JSX.Element {
  const draft = [...visitDrafts.value.values()].find((one) => one.visit === visit);
  if (draft === undefined) return <Nothing visit={visit}>There is no draft of this visit’s note on this tablet, so there is nothing to settle.</Nothing>;
  if (draft.handedIn !== null) return <LeftOver draft={draft} entry={draft.handedIn} />;
  if (draft.others !== "apart") return <Nothing visit={visit}>Your tablets say the same. Go on with the note.</Nothing>;
  return <Settling key={draft.draft} draft={draft} />;
}

function Nothing({ visit, children }: { visit: string; children: ComponentChildren }): JSX.Element {
  return (
    <Page title={TITLE} heading="Nothing to settle" lede={children}>
      <p class="tm-row">
        <Link to={`/visits/${visit}/note`} class="govuk-button">
          Go to the note
        </Link>
        <Link to="/visits">Go to the day</Link>
      </p>
    </Page>
  );
}

function Settling({ draft }: { draft: VisitDraft }): JSX.Element {
  // As it was when the page opened: what comes meanwhile has not been seen, and is not settled by this.
  const [from, setFrom] = useState(() => reconcileVisitDraft(draft.draft));
  const [choices, setChoices] = useState<Choices>(() => firstChoices(from.conflicts));
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [busy, setBusy] = useState(false);
  const names = namesFor(draft.case);
  const shown = from.conflicts.filter(({ field }) => isShown(field));
  const newer = reconcileVisitDraft(draft.draft);
  const moved = versionsOf(newer) !== versionsOf(from);

  const begin = (): void => {
    setFrom(newer);
    setChoices({ ...firstChoices(newer.conflicts), ...choices });
  };
  const keep = async (): Promise<void> => {
    const open = unsettled(shown, choices);
    setErrors(open.map(({ field }) => ({ field: idOf(field), text: `Choose what to keep of “${fieldLabel(field, names)}”` })));
    if (open.length > 0 || busy) return;
    setBusy(true);
    try {
      await settleVisitDraft(settledFields(from.fields, from.conflicts, choices), from);
      navigate(`/visits/${draft.visit}/note`);
    } catch (error) {
      setErrors([{ field: "reconcile-keep", text: error instanceof Error ? error.message : "This could not be saved. Try again." }]);
    } finally {
      setBusy(false);
    }
  };
  const lede = `You wrote this note on ${from.others.length + 1 > 2 ? count(from.others.length + 1, "tablet") : "two tablets"} before they had met. Nothing is lost: look at each place below, and say what to keep.`;
  return (
    <div class="tm-reconcile">
      <Page title={TITLE} lede={shown.length === 0 ? "You wrote this note on two tablets, in different places. It fits together." : lede}>
        <OpenedBy draft={draft.draft} />
        {moved ? (
          <Banner title="More has come from another tablet">
            <p>What you choose here does not touch it. Take it in now, or settle this first: it is shown to you afterwards.</p>
            <Button kind="secondary" onClick={begin}>
              Take it in now
            </Button>
          </Banner>
        ) : null}
        <ErrorSummary errors={errors} />
        {shown.map((conflict) => (
          <ConflictBox
            key={conflict.field}
            conflict={conflict}
            from={from}
            names={names}
            choice={choices[conflict.field]}
            error={errorOf(errors, idOf(conflict.field))}
            onChoose={(choice) => setChoices((before) => ({ ...before, [conflict.field]: choice }))}
          />
        ))}
        <Taken from={from} names={names} />
        <div class="tm-row" id="reconcile-keep">
          <Button onClick={() => void keep()} disabled={busy}>
            {busy ? "Keeping…" : "Keep this, and go on with the note"}
          </Button>
          <Link to={`/visits/${draft.visit}`}>Not now</Link>
        </div>
        <p class="tm-small tm-soft">Until you settle it, each tablet keeps what was written on it.</p>
      </Page>
    </div>
  );
}

/** Changes whenever another copy, or another saving of one, is in it. */
function versionsOf({ others }: Reconciliation): string {
  return others.map(({ copy, n }) => `${copy} ${n}`).join("|");
}

/** What was taken without asking: only one tablet had changed it. */
function Taken({ from, names }: { from: Reconciliation; names: Names }): JSX.Element | null {
  const taken = takenFields(from.mine, from.fields, from.conflicts);
  if (taken.length === 0) return null;
  return (
    <Details summary={`${count(taken.length, "part")} that only the other tablet changed ${taken.length === 1 ? "is" : "are"} taken as written there`} open={from.conflicts.length === 0}>
      <dl class="tm-draft-fields">
        {taken.map(([field, value]) => (
          <div key={field}>
            <dt>{fieldLabel(field, names)}</dt>
            <dd class="tm-keep-lines">{fieldValue(field, value, names)}</dd>
          </div>
        ))}
      </dl>
    </Details>
  );
}

interface ConflictBoxProps {
  conflict: Conflict;
  from: Reconciliation;
  names: Names;
  choice: Choice | undefined;
  error: string | null;
  onChoose: (choice: Choice) => void;
}

function ConflictBox({ conflict, from, names, choice, error, onChoose }: ConflictBoxProps): JSX.Element {
  const { field, versions, both, base } = conflict;
  const id = idOf(field);
  const label = fieldLabel(field, names);
  const own = choice?.pick === "own" ? choice.text : null;
  return (
    <fieldset class={`tm-panel tm-conflict govuk-fieldset${error === null ? "" : " govuk-form-group--error"}`} aria-describedby={error === null ? undefined : `${id}-error`}>
      <legend class="tm-h2">{label}</legend>
      {error === null ? null : (
        <p id={`${id}-error`} class="govuk-error-message">
          <span class="govuk-visually-hidden">Error: </span>
          {error}
        </p>
      )}
      <div class="tm-conflict__versions">
        {versions.map((version, index) => (
          <Version
            key={index}
            id={index === 0 ? id : `${id}-${index}`}
            name={id}
            title={index === 0 ? "This tablet" : whose(version, field, from)}
            words={fieldValue(field, version, names)}
            checked={choice?.pick === index}
            onChoose={() => onChoose({ pick: index })}
          />
        ))}
        {both === null ? null : (
          <Version id={`${id}-both`} name={id} title="Both, one after the other" words={both} checked={choice?.pick === "both"} onChoose={() => onChoose({ pick: "both" })} />
        )}
      </div>
      {base === null || base.trim() === "" ? null : (
        <Details summary="As it was before the two went apart">
          <p class="tm-keep-lines">{fieldValue(field, base, names)}</p>
        </Details>
      )}
      {both === null ? null : own === null ? (
        <Button kind="secondary" label={`Put it in other words: ${label}`} onClick={() => onChoose({ pick: "own", text: both })}>
          Put it in other words
        </Button>
      ) : (
        <TextArea id={`${id}-own`} label="In your words now" hint="Begun with all that both say." rows={6} maxLength={20_000} value={own} onInput={(text) => onChoose({ pick: "own", text })} />
      )}
    </fieldset>
  );
}

interface VersionProps {
  id: string;
  name: string;
  title: string;
  words: string;
  checked: boolean;
  onChoose: () => void;
}

function Version({ id, name, title, words, checked, onChoose }: VersionProps): JSX.Element {
  return (
    <div class={`govuk-radios__item tm-conflict__version${checked ? " tm-conflict__version--chosen" : ""}`}>
      <input class="govuk-radios__input" type="radio" id={id} name={name} checked={checked} onChange={onChoose} aria-describedby={`${id}-words`} />
      <label class="govuk-label govuk-radios__label tm-strong" for={id}>
        {title}
      </label>
      <p class="tm-keep-lines" id={`${id}-words`}>
        {words}
      </p>
    </div>
  );
}

/** "Another of your tablets, kept at 14:02". */
function whose(version: string, field: string, from: Reconciliation): string {
  const other = from.others.find(({ fields }) => (fields[field] ?? "") === version) ?? from.others[0];
  const saved = [...syncedDrafts.value.values()].find(({ copy_id: copy }) => copy === other?.copy)?.saved_at;
  return saved === undefined ? "Another of your tablets" : `Another of your tablets, kept ${moment(saved, today.value)}`;
}

function idOf(field: string): string {
  return `conflict-${field.replaceAll(/[^A-Za-z0-9_-]/gu, "-")}`;
}
