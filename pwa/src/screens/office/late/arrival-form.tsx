// Signing a pupil in at the late desk: name, time, reason, Enter; then the next one.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../../components/button.tsx";
import { Radios } from "../../../components/choices.tsx";
import { ErrorSummary, errorOf } from "../../../components/error-summary.tsx";
import { TextField } from "../../../components/field.tsx";
import { timeZone } from "../../../components/words.ts";
import { spanOn } from "../../../domain/calendar.ts";
import type { School } from "../../../generated/types.ts";
import { cards, me, nowLocal, observedNow, today } from "../../../state/app.ts";
import { who } from "../day/cells.ts";
import { betterGroups, codeText } from "../forms/codes.ts";
import { arrivalBody, arrivalErrors, codeAt, explain, rollAfter, sessionOf } from "../forms/late-desk.ts";
import type { ArrivalDraft } from "../forms/late-desk.ts";
import type { MarkSession } from "../forms/mark.ts";
import { replacesOf, seenIn } from "../forms/seen.ts";
import { cellNow } from "../state.ts";
import { CodeSelect } from "../parts/code-select.tsx";
import { CurrentMark } from "../parts/current-mark.tsx";
import { useWarnOnUnload } from "../../../components/form-dialog.tsx";
import { PupilPicker } from "../parts/pupil-picker.tsx";
import { useSaving } from "../../../components/saving.ts";

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;
const NONE: ReadonlySet<string> = new Set();
const OTHER = "other";

interface ArrivalFormProps {
  known: School;
  onSaved: (words: string) => void;
}

/** The time follows the clock until somebody changes it. */
export function ArrivalForm({ known, onSaved }: ArrivalFormProps): JSX.Element {
  const [pupil, setPupil] = useState<string | null>(null);
  const [typedTime, setTypedTime] = useState<string | null>(null);
  const [better, setBetter] = useState("");
  const [remark, setRemark] = useState("");
  const [seen, setSeen] = useState(NONE);
  const saving = useSaving();
  useWarnOnUnload(pupil !== null || remark !== "");

  const date = today.value;
  const arrived = typedTime ?? nowLocal.value;
  const session = sessionOf(known.calendar, date, TIME.test(arrived) ? arrived : nowLocal.value);
  const span = spanOn(known.calendar, date, session);
  const rules: MarkSession = { date, session, span, today: date, time: nowLocal.value };
  const at = pupil === null ? undefined : cellNow(pupil, date, session);
  const draft: ArrivalDraft = { pupil, arrived, better: better === OTHER ? "" : better, remark };
  const usual = TIME.test(arrived) ? codeAt(arrived, span, session) : null;

  const pick = (chosen: string | null): void => {
    setPupil(chosen);
    setSeen(chosen === null ? NONE : seenIn(cellNow(chosen, date, session)?.claims ?? []));
  };
  const submit = (): void => {
    const errors = arrivalErrors(draft, rules);
    if (better === OTHER) errors.push({ field: "better-code", text: "Choose the code that fits better" });
    saving.fail(errors);
    if (errors.length > 0) return;
    const replaces = replacesOf(at?.claims ?? [], seen, { date, ...span }, timeZone.value);
    const body = arrivalBody(draft, rules, replaces, observedNow());
    if (body === null) return;
    const code = usual === "U" && draft.better !== "" ? draft.better : (usual ?? "");
    const words = `${who(pupil ?? "", cards.value).name} came in at ${arrived}: ${codeText(code, date)}`;
    saving.save([body], "pupil", () => {
      pick(null);
      setTypedTime(null);
      setBetter("");
      setRemark("");
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
      <PupilPicker id="pupil" label="Who has come in?" value={pupil} onPick={pick} error={errorOf(saving.errors, "pupil")} focus next="came-in" />
      {pupil === null ? null : <CurrentMark at={at} seen={seen} date={date} session={session} />}
      <TextField
        id="came-in"
        label="When"
        hint={usual === null ? "The time on the school’s clock." : explain(arrived, span, session)}
        type="time"
        width={10}
        value={arrived}
        onInput={setTypedTime}
        error={errorOf(saving.errors, "came-in")}
      />
      {usual === "U" ? (
        <BetterCode
          value={better}
          onChange={setBetter}
          rules={rules}
          error={errorOf(saving.errors, "better") ?? errorOf(saving.errors, "better-code")}
        />
      ) : null}
      {usual === null || rollAfter(draft, rules) === "on_site" ? null : (
        <p class="tm-panel tm-panel--warning tm-office-caution">
          <strong>With this mark the fire list reads “off site”</strong>, though the pupil has come in. To keep the roll call
          right, sign in with U now and amend the mark at the end of the session.
        </p>
      )}
      <TextField
        id="remark"
        label="Reason given, or a remark (optional)"
        value={remark}
        maxLength={4000}
        onInput={setRemark}
      />
      <Button type="submit" disabled={saving.busy}>
        {saving.busy ? "Saving…" : "Sign in"}
      </Button>
    </form>
  );
}

/** After closing: `U`, or a code that fits better. */
function BetterCode(props: {
  value: string;
  onChange: (code: string) => void;
  rules: MarkSession;
  error: string | null;
}): JSX.Element {
  const { value, onChange, rules, error } = props;
  const role = me.value?.role ?? "attendance_officer";
  const groups = betterGroups(role, rules.date, rules.session);
  const simple = value === "" || value === "M";
  return (
    <>
      <Radios
        id="better"
        legend="Which mark fits?"
        value={simple ? value : OTHER}
        onChange={onChange}
        options={[
          { value: "", text: codeText("U", rules.date) },
          { value: "M", text: codeText("M", rules.date) },
          { value: OTHER, text: "Another mark" },
        ]}
      />
      {simple ? null : (
        <CodeSelect
          id="better-code"
          label="The mark that fits better"
          value={value === OTHER ? "" : value}
          groups={groups}
          onChange={(code) => onChange(code === "" ? OTHER : code)}
          error={error}
        />
      )}
    </>
  );
}
