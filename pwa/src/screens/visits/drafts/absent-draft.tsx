// For a team's lead: the draft of somebody who is away, opened with a reason, to read and not to change.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { mayRecord } from "../../../components/allowed.ts";
import { AskedState } from "../../../components/asked-state.tsx";
import { useAsked } from "../../../components/asked.ts";
import { Button } from "../../../components/button.tsx";
import { errorOf } from "../../../components/error-summary.tsx";
import { TextArea } from "../../../components/field.tsx";
import { tidy } from "../../../components/text.ts";
import { moment } from "../../../components/words.ts";
import { versionOfDraft } from "../../../domain/visit-drafts.ts";
import type { Draft, DraftList, DraftListed } from "../../../generated/types.ts";
import { draftOpenings, entries, me, syncedDrafts, today } from "../../../state/app.ts";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { useSaving } from "../../../components/saving.ts";
import "./drafts.scss";
import { fieldValue, shownFields, theirFieldLabel } from "./field-words.ts";
import { namesFor } from "./names.ts";

/** Drafts of a visit's note that others have begun; nothing for whoever may not open them. */
export function AbsentDrafts({ visit, case: of }: { visit: string; case: string }): JSX.Element | null {
  if (!mayRecord("draft.opened")) return null;
  return <Drafts visit={visit} of={of} />;
}

function Drafts({ visit, of }: { visit: string; of: string }): JSX.Element {
  const asked = useAsked<DraftList>(`_drafts?visit=${encodeURIComponent(visit)}`);
  const [opening, setOpening] = useState<DraftListed | null>(null);
  const person = me.value?.person ?? "";
  const here = [...syncedDrafts.value.values()].filter((one) => one.visit === visit && one.author !== person);
  const others = (asked.value?.drafts ?? []).filter((one) => one.author !== person && !here.some(({ draft, author }) => draft === one.draft && author === one.author));
  return (
    <section class="tm-visit__part tm-stack" aria-labelledby="absent-title">
      <h2 class="tm-h2" id="absent-title">
        Drafts of this note
      </h2>
      {here.map((draft) => (
        <OpenDraft key={draft._id} draft={draft} />
      ))}
      {others.map((one) => (
        <div class="tm-panel tm-stack" key={`${one.author} ${one.draft}`}>
          <p>
            <strong>{one.author_name}</strong> has begun a note, kept {moment(one.saved_at, today.value)}. Only they can read it.
          </p>
          {isAskedFor(one) ? (
            <p role="status">You have asked to open it. It comes with the next contact.</p>
          ) : (
            <Button kind="secondary" label={`Open the draft of ${one.author_name}`} onClick={() => setOpening(one)}>
              Open it, with a reason
            </Button>
          )}
        </div>
      ))}
      <AskedState asked={asked} />
      {asked.value !== null && others.length === 0 && here.length === 0 ? <p class="tm-soft">Nobody has a draft of this visit’s note on the server.</p> : null}
      {opening === null ? null : <OpenDialog draft={opening} of={of} onClose={() => setOpening(null)} />}
    </section>
  );
}

/** Whether one's own entry that opens it is written, and what it opens has not come yet. */
function isAskedFor({ draft, author }: DraftListed): boolean {
  const open = draftOpenings.value.some((one) => one.draft === draft && one.of === author && one.until > new Date().toISOString());
  return open || entries.value.some(({ body, state }) => body.kind === "draft.opened" && body.draft === draft && body.of === author && state === "waiting");
}

function OpenDialog({ draft, of, onClose }: { draft: DraftListed; of: string; onClose: () => void }): JSX.Element {
  const [reason, setReason] = useState("");
  const saving = useSaving();
  const submit = (): void => {
    if (tidy(reason) === "") saving.fail([{ field: "open-reason", text: "Say why the draft has to be opened now" }]);
    else saving.save([{ kind: "draft.opened", draft: draft.draft, of: draft.author, case: of, reason: tidy(reason) }], "open-reason", onClose);
  };
  return (
    <FormDialog title={`Open the draft of ${draft.author_name}`} errors={saving.errors} submit="Open the draft" busy={saving.busy} touched={reason !== ""} onSubmit={submit} onClose={onClose}>
      <p>
        {draft.author_name} is told that you opened it, when, and why. You can read it for 7 days and change nothing in it. What you write about the visit is your own account.
      </p>
      <TextArea
        id="open-reason"
        label="Why it has to be opened now"
        hint="Like “Off sick since Monday; the review is on Thursday and needs what was seen.”"
        rows={3}
        maxLength={4000}
        value={reason}
        onInput={setReason}
        error={errorOf(saving.errors, "open-reason")}
      />
    </FormDialog>
  );
}

function OpenDraft({ draft }: { draft: Draft }): JSX.Element {
  const names = namesFor(draft.case);
  const opening = draftOpenings.value.find((one) => one.draft === draft.draft && one.of === draft.author && one.by === me.value?.person);
  const shown = shownFields(versionOfDraft(draft).fields);
  return (
    <article class="tm-panel tm-stack" aria-labelledby={`open-${draft.copy_id}`}>
      <h3 class="tm-h3" id={`open-${draft.copy_id}`}>
        Draft of {draft.author_name}: to read only
      </h3>
      <p class="tm-small">
        Not handed in. Begun {moment(draft.begun_at, today.value)}, kept {moment(draft.saved_at, today.value)}, on the server {moment(draft.received_at, today.value)}.
        {opening === undefined ? null : ` You opened it: “${opening.reason}”. It is here until ${moment(opening.until, today.value)}.`}
      </p>
      {shown.length === 0 ? <p class="tm-soft">Nothing is written in it yet.</p> : null}
      <dl class="tm-draft-fields">
        {shown.map(([field, value]) => (
          <div key={field}>
            <dt>{theirFieldLabel(field, names)}</dt>
            <dd class="tm-keep-lines">{fieldValue(field, value, names)}</dd>
          </div>
        ))}
      </dl>
    </article>
  );
}
