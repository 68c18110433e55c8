// More about one pupil's mark: notes, other codes, everything that was ever said of it, and how
// the pupil has attended.
import type { JSX } from "preact";
import { codeOn, meaning, offeredCodes } from "../../domain/codes.ts";
import type { Role } from "../../domain/entry.ts";
import { mayUseAnyCode, mayUseCode } from "../../domain/policy.ts";
import { Button } from "../../components/button.tsx";
import { Checkbox } from "../../components/choices.tsx";
import { HalfTerms } from "../../components/history/half-terms.tsx";
import { SelectField, TextArea } from "../../components/field.tsx";
import { claimWords, fateWords, isAmendment } from "./claim-words.ts";
import type { Telling } from "./claim-words.ts";
import { RestrictedNotice } from "../../components/restricted.tsx";
import { LatePicker } from "./late-picker.tsx";
import type { RowActs } from "./row-acts.ts";
import { notesOf } from "./view.ts";
import type { RowView } from "./view.ts";

interface RowDetailsProps {
  id: string;
  view: RowView;
  name: string;
  role: Role;
  telling: Telling;
  now: string | null;
  canRemove: boolean;
  row: RowActs;
  onRemove: () => void;
}

/** Opened from its row. */
export function RowDetails(props: RowDetailsProps): JSX.Element {
  const { id, view, name, role, telling, now, row } = props;
  const late = view.choice === null && (view.code === "L" || view.code === "U");
  return (
    <div class="tm-pupil__details" id={id}>
      <RestrictedNotice pupil={view.pupil} />
      <div class="tm-pupil__columns">
        <div>
          {late ? (
            <LatePicker
              id={`${id}-time`}
              name={name}
              frame={telling.frame}
              arrived={view.arrived}
              now={now}
              onTime={row.time}
            />
          ) : null}
          <NoteFields id={id} view={view} role={role} onNotes={row.notes} />
          {mayUseAnyCode(role) ? <OtherCode id={id} view={view} role={role} telling={telling} onTake={row.take} /> : null}
          <div class="tm-row">
            {view.choice === null ? null : (
              <Button small kind="secondary" onClick={row.clear}>
                Take my mark back
              </Button>
            )}
            {props.canRemove ? (
              <Button small kind="secondary" onClick={props.onRemove}>
                Remove from this register
              </Button>
            ) : null}
          </div>
        </div>
        <History view={view} telling={telling} />
      </div>
      <HalfTerms pupil={view.pupil} name={name} level={4} />
    </div>
  );
}

interface NoteFieldsProps extends Pick<RowDetailsProps, "id" | "view" | "role"> {
  onNotes: RowActs["notes"];
}

function NoteFields({ id, view, role, onNotes }: NoteFieldsProps): JSX.Element {
  if (view.code === null) {
    return <p class="tm-small tm-soft">Choose a mark first; then you can add a remark, or ask the office to look.</p>;
  }
  const planned = view.planned.map(({ code }) => code);
  if (!mayUseCode(role, view.code === "U" ? "L" : view.code, planned)) {
    return <p class="tm-small tm-soft">The office set this mark, and adds remarks to it.</p>;
  }
  const { remark, parentMessage, askOffice } = notesOf(view);
  return (
    <>
      {view.code === "N" ? (
        <TextArea
          id={`${id}-parent`}
          label="What a parent said"
          hint="The office sees this, and decides the code."
          rows={2}
          maxLength={1000}
          value={parentMessage}
          onInput={(value) => onNotes({ parentMessage: value })}
        />
      ) : null}
      <TextArea
        id={`${id}-remark`}
        label="Remark"
        rows={2}
        maxLength={1000}
        value={remark}
        onInput={(value) => onNotes({ remark: value })}
      />
      <Checkbox
        id={`${id}-ask`}
        label="Ask the office to look"
        hint="For a code that you may not use, or when something seems wrong."
        checked={askOffice}
        onChange={(value) => onNotes({ askOffice: value })}
      />
    </>
  );
}

interface OtherCodeProps extends Pick<RowDetailsProps, "id" | "view" | "role" | "telling"> {
  onTake: RowActs["take"];
}

/** Codes for the desk. Leave needs who asked and who granted it: that is on the office's page. */
function OtherCode({
  id,
  view,
  role,
  telling,
  onTake,
}: OtherCodeProps): JSX.Element {
  const { date, session } = telling.frame;
  const offered = offeredCodes(role, date).filter((code) => {
    const row = codeOn(code, date);
    return row !== undefined && !row.needs_decision && row.sessions.includes(session) && code !== "L" && code !== "U";
  });
  return (
    <SelectField
      id={`${id}-code`}
      label="Another code"
      hint="Leave (C, C1, C2, J1, S) is recorded with who granted it, on the office’s page."
      value={view.code !== null && offered.includes(view.code) ? view.code : ""}
      onChange={(code) => {
        if (code !== "") onTake(code);
      }}
      options={[
        { value: "", text: "Choose a code" },
        ...offered.map((code) => ({ value: code, text: `${code}  ${meaning(code, date)}` })),
      ]}
    />
  );
}

/** Every claim the row shows: what was said first, what replaced it, why, when, by whom. */
function History({ view, telling }: Pick<RowDetailsProps, "view" | "telling">): JSX.Element {
  return (
    <section>
      <h4 class="tm-h3">What was said</h4>
      {view.shown.length === 0 ? <p class="tm-small tm-soft">Nothing yet.</p> : null}
      <ol class="tm-history">
        {view.shown.map((claim) => {
          const fate = fateWords(claim, view.shown, telling);
          return (
            <li key={claim.id} class={fate === "" ? "" : "tm-history__past"}>
              <span>{claimWords(claim, telling)}</span>
              {isAmendment(claim) && claim.reason ? <span>Changed because: {claim.reason}</span> : null}
              {claim.remark ? <span>Remark: “{claim.remark}”</span> : null}
              {claim.parent_message ? <span>A parent said: “{claim.parent_message}”</span> : null}
              {fate === "" ? null : <span class="tm-strong">{fate}</span>}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
