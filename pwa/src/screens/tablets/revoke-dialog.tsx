// Revoke a tablet: why, what will happen, and what is to be done besides.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Radios } from "../../components/choices.tsx";
import { errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { TextArea } from "../../components/field.tsx";
import { count, tidy } from "../../components/text.ts";
import type { DeviceRow, RevocationWish } from "../../generated/types.ts";
import { FormDialog } from "../../components/form-dialog.tsx";
import { askTablets, refresh, troubleWords } from "./use-tablets.ts";
import { nameOf, REASONS } from "./words.ts";
import type { Reason } from "./words.ts";

interface RevokeProps {
  row: DeviceRow;
  /** With words on what was done; null for nothing. */
  onClose: (done: string | null) => void;
  /** Another takes its place: enrol that one, which revokes this one. */
  onReplace: () => void;
}

const NOTE_LENGTH = 500;
const NEXT: Readonly<Record<Reason, string>> = {
  lost: "Should it be found, it can be enrolled again once it is empty.",
  stolen: "Tell the police its serial number, and whoever looks after data protection in your school.",
  replaced: "",
  left: "End the person’s account as well, if that is not done yet.",
  other: "",
};

export function RevokeDialog({ row, onClose, onReplace }: RevokeProps): JSX.Element {
  const [reason, setReason] = useState("");
  const [note, setNote] = useState("");
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [busy, setBusy] = useState(false);
  const name = nameOf(row);

  const submit = async (): Promise<void> => {
    if (!isReason(reason)) {
      setErrors([{ field: "reason", text: "Choose why it is revoked" }]);
      return;
    }
    if (reason === "replaced") {
      onReplace();
      return;
    }
    if (busy) return;
    setBusy(true);
    const body: RevocationWish = { reason, note: tidy(note) === "" ? null : tidy(note) };
    const answer = await askTablets(`/${encodeURIComponent(row.device)}/revoke`, { method: "POST", body });
    setBusy(false);
    if (answer.kind !== "ok") {
      setErrors([{ field: "reason", text: troubleWords(answer) }]);
      return;
    }
    void refresh();
    onClose(`“${name}” is revoked. ${NEXT[reason]}`.trim());
  };

  return (
    <FormDialog
      title={`Revoke “${name}”`}
      errors={errors}
      submit={reason === "replaced" ? "Enrol the new tablet" : "Revoke this tablet"}
      busy={busy}
      touched={reason !== "" || note !== ""}
      onSubmit={() => void submit()}
      onClose={() => onClose(null)}
    >
      <Consequences row={row} />
      <div class="tm-office-fields">
        <Radios
          id="reason"
          legend="Why?"
          value={reason}
          onChange={setReason}
          options={Object.entries(REASONS).map(([value, text]) => ({
            value,
            text,
            hint: value === "replaced" ? "Enrol the new one: this one is revoked by itself once that is in." : undefined,
          }))}
          error={errorOf(errors, "reason")}
        />
        {reason === "replaced" ? null : (
          <TextArea
            id="note"
            label="Anything else? (optional)"
            hint="For the school’s own record, like “Left on the 14 bus”. No pupil’s name."
            value={note}
            maxLength={NOTE_LENGTH}
            onInput={setNote}
          />
        )}
      </div>
    </FormDialog>
  );
}

function Consequences({ row: { waiting = 0, people = [] } }: { row: DeviceRow }): JSX.Element {
  const unsent =
    waiting === 0
      ? "Should anything on it not have been sent, it hands that over first"
      : `${count(waiting, "entry has", "entries have")} not been sent. It hands ${waiting === 1 ? "it" : "them"} over first`;
  return (
    <ul class="govuk-list govuk-list--bullet">
      <li>From this moment the server refuses it, and everybody on it is signed out.</li>
      <li>{unsent}: you find it under “Held entries”. Nothing is lost.</li>
      <li>
        When it is next in touch it removes everything{people.length > 1 ? `, also of the other ${people.length - 1}` : ""}, says so
        here, and shows a page that says what happened.
      </li>
      <li>This cannot be taken back. It can be enrolled anew, as an empty tablet.</li>
    </ul>
  );
}

function isReason(value: string): value is Reason {
  return value in REASONS;
}
