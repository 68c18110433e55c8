// What must be answered before saving: pupils without a mark, and why saved marks change.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { SelectField, TextField } from "../../components/field.tsx";
import { count, listing, tidy } from "../../components/text.ts";
import { codeWords } from "./claim-words.ts";
import type { Frame } from "./form.ts";
import type { Reasons } from "./saving.ts";
import type { RowView } from "./view.ts";

interface UnmarkedDialogProps {
  unmarked: number;
  blanks: number;
  undecided: readonly string[];
  onFill: () => void;
  onPart: () => void;
  onBack: () => void;
}

/** Some pupils have no mark: fill, save part, or go back. */
export function UnmarkedDialog(props: UnmarkedDialogProps): JSX.Element {
  const { unmarked, blanks, undecided } = props;
  return (
    <Dialog
      title={`${count(unmarked, "pupil has", "pupils have")} no mark`}
      onClose={props.onBack}
      actions={
        <>
          {blanks > 0 ? (
            <Button onClick={props.onFill}>
              Mark {blanks} as present and save
            </Button>
          ) : null}
          <Button kind="secondary" onClick={props.onPart}>
            Save the others
          </Button>
          <Button kind="quiet" onClick={props.onBack}>
            Go back to the register
          </Button>
        </>
      }
    >
      <div class="tm-stack">
        <p>
          Mark a pupil present only if you have seen them. You can save the others now, and mark the rest when you know:
          the register then says that it is not complete.
        </p>
        {undecided.length === 0 ? null : (
          <p>
            {listing(undecided)} {undecided.length === 1 ? "is" : "are"} not filled in: something is planned or was
            said already, so it takes your decision.
          </p>
        )}
      </div>
    </Dialog>
  );
}

const OTHER = "other";
const QUICK = [
  "Came in late",
  "Marked by mistake",
  "Seen in the room after all",
  "Was not in the room after all",
  "The office or a parent told me",
] as const;

interface ReasonDialogProps {
  changed: readonly { view: RowView; name: string }[];
  frame: Frame;
  paperBy: string | null;
  onSave: (reasons: Reasons) => void;
  onBack: () => void;
}

/** Why each saved mark changes; the original stays in the record. */
export function ReasonDialog({ changed, frame, paperBy, onSave, onBack }: ReasonDialogProps): JSX.Element {
  const [picked, setPicked] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(changed.map(({ view }) => [view.pupil, firstReason(view, paperBy)])),
  );
  const [written, setWritten] = useState<Readonly<Record<string, string>>>({});
  const [errors, setErrors] = useState<FormError[]>([]);
  const quick = paperBy === null ? QUICK : [paperReason(paperBy), ...QUICK];
  const reasonOf = (pupil: string): string =>
    picked[pupil] === OTHER ? tidy(written[pupil] ?? "") : (picked[pupil] ?? "");
  const submit = (): void => {
    const wrong = changed.flatMap(({ view: { pupil }, name }): FormError[] => {
      if (reasonOf(pupil) !== "") return [];
      const field = picked[pupil] === OTHER ? `why-text-${pupil}` : `why-${pupil}`;
      return [{ field, text: `Say why the mark of ${name} changes` }];
    });
    setErrors(wrong);
    if (wrong.length === 0) onSave(Object.fromEntries(changed.map(({ view: { pupil } }) => [pupil, reasonOf(pupil)])));
  };
  return (
    <Dialog
      title={`Why ${changed.length === 1 ? "does this mark" : "do these marks"} change?`}
      onClose={onBack}
      actions={
        <>
          <Button onClick={submit}>Save</Button>
          <Button kind="quiet" onClick={onBack}>
            Go back to the register
          </Button>
        </>
      }
    >
      <div class="tm-stack">
        <ErrorSummary errors={errors} />
        <p>The earlier mark stays in the record, with your name, the time and this reason.</p>
        {changed.map(({ view, name }) => (
          <div key={view.pupil}>
            <SelectField
              id={`why-${view.pupil}`}
              label={`${name}: ${changeWords(view, frame)}`}
              value={picked[view.pupil] ?? ""}
              onChange={(value) => setPicked({ ...picked, [view.pupil]: value })}
              options={[
                { value: "", text: "Choose a reason" },
                ...quick.map((text) => ({ value: text, text })),
                { value: OTHER, text: "Another reason" },
              ]}
              error={errorOf(errors, `why-${view.pupil}`)}
            />
            {picked[view.pupil] === OTHER ? (
              <TextField
                id={`why-text-${view.pupil}`}
                label="Reason"
                maxLength={500}
                value={written[view.pupil] ?? ""}
                onInput={(value) => setWritten({ ...written, [view.pupil]: value })}
                error={errorOf(errors, `why-text-${view.pupil}`)}
              />
            ) : null}
          </div>
        ))}
      </div>
    </Dialog>
  );
}

function paperReason(by: string): string {
  return `From the paper register of ${by}`;
}

/** What explains itself is proposed: an absence that became an arrival, a register on paper. */
function firstReason(view: RowView, paperBy: string | null): string {
  if (paperBy !== null) return paperReason(paperBy);
  return view.place === "late" && view.cell.code === "N" ? QUICK[0] : "";
}

function changeWords(view: RowView, frame: Frame): string {
  const before = view.cell.code ? codeWords(view.cell.code, view.cell.arrived ?? null, frame) : "a contradiction";
  return `${before} → ${view.code === null ? "no mark" : codeWords(view.code, view.arrived, frame)}`;
}
