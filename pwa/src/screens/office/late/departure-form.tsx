// A pupil leaves early: it changes the roll call, not the mark.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../../components/button.tsx";
import { ErrorSummary, errorOf } from "../../../components/error-summary.tsx";
import { TextField } from "../../../components/field.tsx";
import { spanOn } from "../../../domain/calendar.ts";
import type { School } from "../../../generated/types.ts";
import { cards, nowLocal, today } from "../../../state/app.ts";
import { who } from "../day/cells.ts";
import { departureBody, departureErrors, sessionOf } from "../forms/late-desk.ts";
import type { DepartureDraft } from "../forms/late-desk.ts";
import type { MarkSession } from "../forms/mark.ts";
import { useWarnOnUnload } from "../../../components/form-dialog.tsx";
import { PupilPicker } from "../parts/pupil-picker.tsx";
import { useSaving } from "../../../components/saving.ts";

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

interface DepartureFormProps {
  known: School;
  onSaved: (words: string) => void;
}

/** The time follows the clock until somebody changes it. */
export function DepartureForm({ known, onSaved }: DepartureFormProps): JSX.Element {
  const [pupil, setPupil] = useState<string | null>(null);
  const [typedTime, setTypedTime] = useState<string | null>(null);
  const [leftWith, setLeftWith] = useState("");
  const [reason, setReason] = useState("");
  const saving = useSaving();
  useWarnOnUnload(pupil !== null || reason !== "" || leftWith !== "");
  const date = today.value;
  const left = typedTime ?? nowLocal.value;
  const session = sessionOf(known.calendar, date, TIME.test(left) ? left : nowLocal.value);
  const span = spanOn(known.calendar, date, session);
  const rules: MarkSession = { date, session, span, today: date, time: nowLocal.value };
  const draft: DepartureDraft = { pupil, left, leftWith, reason };

  const submit = (): void => {
    const errors = departureErrors(draft, rules);
    saving.fail(errors);
    const body = departureBody(draft, rules);
    if (errors.length > 0 || body === null) return;
    const words = `${who(pupil ?? "", cards.value).name} left at ${left}`;
    saving.save([body], "pupil", () => {
      setPupil(null);
      setTypedTime(null);
      setLeftWith("");
      setReason("");
      onSaved(words);
    });
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ErrorSummary errors={saving.errors} />
      <PupilPicker
        id="pupil"
        label="Who is leaving?"
        value={pupil}
        onPick={setPupil}
        error={errorOf(saving.errors, "pupil")}
        focus
        next="left"
      />
      <TextField
        id="left"
        label="When"
        hint="It changes the roll call, not the mark."
        type="time"
        width={10}
        value={left}
        onInput={setTypedTime}
        error={errorOf(saving.errors, "left")}
      />
      <TextField
        id="leaving-with"
        label="With whom"
        hint="Who takes the pupil along, like “Her father, Mr Marsh”; or “alone”."
        value={leftWith}
        maxLength={500}
        onInput={setLeftWith}
        error={errorOf(saving.errors, "leaving-with")}
      />
      <TextField
        id="leaving-why"
        label="Why"
        value={reason}
        maxLength={4000}
        onInput={setReason}
        error={errorOf(saving.errors, "leaving-why")}
      />
      <Button type="submit" disabled={saving.busy}>
        {saving.busy ? "Saving…" : "Sign out"}
      </Button>
    </form>
  );
}
