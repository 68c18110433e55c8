// Correct and release: the marks as they should be, in the place of those that are held.
import type { ComponentChildren, JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Checkbox } from "../../../components/choices.tsx";
import { Details } from "../../../components/details.tsx";
import { errorOf } from "../../../components/error-summary.tsx";
import type { FormError } from "../../../components/error-summary.tsx";
import { SelectField, TextArea, TextField } from "../../../components/field.tsx";
import { timeZone } from "../../../components/words.ts";
import { spanOn } from "../../../domain/calendar.ts";
import { offeredCodes } from "../../../domain/codes.ts";
import type { School } from "../../../generated/types.ts";
import { cards, me, nowLocal, observedNow, school, today } from "../../../state/app.ts";
import { who } from "../day/cells.ts";
import { codeGroups, codeText } from "../forms/codes.ts";
import { needsDecision } from "../forms/leave.ts";
import { hasArrival } from "../forms/mark.ts";
import type { MarkSession } from "../forms/mark.ts";
import { replacesOf, seenIn } from "../forms/seen.ts";
import { CodeSelect } from "../parts/code-select.tsx";
import { CurrentMark } from "../parts/current-mark.tsx";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { PupilPicker } from "../parts/pupil-picker.tsx";
import { useSaving } from "../../../components/saving.ts";
import { cellNow } from "../state.ts";
import { correctionBody, correctionErrors, fieldOf, knownCode, newCorrection } from "./decide.ts";
import type { Correction, MarkRow } from "./decide.ts";
import { title } from "./facts.tsx";
import type { InboxItem } from "./items.ts";

/** Rows in sight; of a longer register only those that want a hand are open. */
const OPEN_ROWS = 3;

interface CorrectProps {
  item: InboxItem;
  /** Why it cannot be saved now; null when it can. */
  blocked: string | null;
  notice: ComponentChildren;
  onClose: (saved: string | null) => void;
}

/** Draws nothing until the school is known. */
export function CorrectDialog(props: CorrectProps): JSX.Element | null {
  const known = school.value;
  return known === null ? null : <Open {...props} known={known} />;
}

function Open({ item, blocked, notice, onClose, known }: CorrectProps & { known: School }): JSX.Element {
  const start = useRef(newCorrection(item, (pupil) => cards.value.has(pupil)));
  const [form, setForm] = useState<Correction>(start.current);
  const saving = useSaving();
  const seenOf = useSeenCells();
  const rules = rulesOf(form, known);
  const set = (part: Partial<Correction>): void => setForm({ ...form, ...part });
  const name = title(item);

  const submit = (): void => {
    const rows = rules === null ? form.rows : form.rows.map((row) => ({ ...row, code: knownCode(row.code, rules) }));
    const read = { ...form, rows };
    const errors = correctionErrors(read, rules);
    if (blocked !== null) errors.unshift({ field: "reason", text: blocked });
    saving.fail(errors);
    if (errors.length > 0 || rules === null) return;
    const replaces = (pupil: string): readonly string[] => {
      const at = cellNow(pupil, rules.date, rules.session);
      const sheet = { date: rules.date, ...rules.span };
      return at === undefined ? [] : replacesOf(at.claims, seenOf(pupil, rules), sheet, timeZone.value);
    };
    const body = correctionBody(item, read, rules.span, replaces, observedNow());
    if (body !== null) saving.save([body], "reason", () => onClose(`${name} is corrected and released`));
  };

  return (
    <FormDialog
      title={`Correct and release: ${name}`}
      errors={saving.errors}
      submit="Save and release"
      busy={saving.busy}
      touched={JSON.stringify(form) !== JSON.stringify(start.current)}
      onSubmit={submit}
      onClose={() => onClose(null)}
    >
      {notice}
      <p>
        <strong>Why it is here:</strong> {item.reason}
      </p>
      <div class="tm-office-fields">
        <div class="tm-office-pair">
          <TextField
            id="date"
            label="Day"
            type="date"
            width={20}
            value={form.date}
            onInput={(date) => set({ date })}
            error={errorOf(saving.errors, "date")}
          />
          <SelectField
            id="session"
            label="Session"
            value={form.session}
            onChange={(value) => set({ session: value === "AM" || value === "PM" ? value : "" })}
            options={[
              { value: "", text: "Choose a session" },
              { value: "AM", text: "Morning" },
              { value: "PM", text: "Afternoon" },
            ]}
            error={errorOf(saving.errors, "session")}
          />
        </div>
        {form.rows.map((row, index) => (
          <Row
            key={row.held.id ?? index}
            row={row}
            index={index}
            rules={rules}
            many={form.rows.length > OPEN_ROWS}
            errors={saving.errors}
            seenOf={seenOf}
            onChange={(part) => set({ rows: form.rows.map((old, at) => (at === index ? { ...old, ...part } : old)) })}
          />
        ))}
        <TextArea
          id="reason"
          label="Reason"
          hint="What was wrong, and how you know. Its author reads this, and it is kept for good."
          value={form.reason}
          maxLength={4000}
          onInput={(reason) => set({ reason })}
          error={errorOf(saving.errors, "reason")}
        />
      </div>
    </FormDialog>
  );
}

function rulesOf({ date, session }: Correction, known: School): MarkSession | null {
  if (session === "" || date === "" || Number.isNaN(Date.parse(date))) return null;
  return { date, session, span: spanOn(known.calendar, date, session), today: today.value, time: nowLocal.value };
}

type SeenOf = (pupil: string, at: Pick<MarkSession, "date" | "session">) => ReadonlySet<string>;

/** What was on the screen of a cell when it was first shown here: only that is replaced. */
function useSeenCells(): SeenOf {
  const pinned = useRef(new Map<string, ReadonlySet<string>>());
  return (pupil, { date, session }) => {
    const key = `${date} ${session} ${pupil}`;
    const seen = pinned.current.get(key) ?? seenIn(cellNow(pupil, date, session)?.claims ?? []);
    pinned.current.set(key, seen);
    return seen;
  };
}

interface RowProps {
  row: MarkRow;
  index: number;
  rules: MarkSession | null;
  many: boolean;
  errors: readonly FormError[];
  seenOf: SeenOf;
  onChange: (part: Partial<MarkRow>) => void;
}

/** Of a long register, what can stand as it is stays folded. */
function Row(props: RowProps): JSX.Element {
  const { row, index, rules, many, errors } = props;
  const words = `Mark ${index + 1}: ${rowWords(row, rules)}`;
  const wrong = errors.some(({ field }) => field.startsWith(`mark-${index}-`));
  const wanting = row.pupil === null || (rules !== null && knownCode(row.code, rules) === "");
  // Once open it stays open: it must not fold away under the hand that mends it.
  const open = useRef(false);
  open.current ||= wrong || wanting;
  if (!many) return <Fields {...props} legend={words} />;
  return (
    <Details summary={words} open={open.current}>
      <Fields {...props} legend={words} />
    </Details>
  );
}

function rowWords({ included, pupil, held, code }: MarkRow, rules: MarkSession | null): string {
  const person = pupil ?? held.pupil;
  const name = person === null ? "a pupil who cannot be read" : who(person, cards.value).name;
  const said = `${name}, ${code === "" ? "no code" : codeText(code, rules?.date ?? today.value)}`;
  return included ? said : `${said}, left out`;
}

function Fields({ row, index, rules, errors, seenOf, onChange, legend }: RowProps & { legend: string }): JSX.Element {
  const id = (what: Parameters<typeof fieldOf>[1]): string => fieldOf(index, what);
  const role = me.value?.role ?? "attendance_officer";
  const date = rules?.date ?? today.value;
  const code = rules === null ? row.code : knownCode(row.code, rules);
  const leave = offeredCodes(role, date).filter((one) => needsDecision(one, date));
  const groups = codeGroups(role, date, rules?.session ?? null, leave);
  return (
    <fieldset class="govuk-fieldset tm-office-group">
      <legend class="govuk-fieldset__legend">{legend}</legend>
      <Checkbox id={id("included")} label="This mark counts, as follows" checked={row.included} onChange={(included) => onChange({ included })} />
      {row.included ? (
        <>
          <PupilPicker
            id={id("pupil")}
            label="Pupil"
            value={row.pupil}
            onPick={(pupil) => onChange({ pupil })}
            next={id("code")}
            error={errorOf(errors, id("pupil"))}
          />
          {row.pupil === null || rules === null ? null : (
            <CurrentMark
              at={cellNow(row.pupil, rules.date, rules.session)}
              seen={seenOf(row.pupil, rules)}
              date={rules.date}
              session={rules.session}
            />
          )}
          <CodeSelect
            id={id("code")}
            label="Code"
            value={needsDecision(code, date) ? "" : code}
            groups={groups}
            onChange={(next) => onChange({ code: next })}
            error={errorOf(errors, id("code"))}
          />
          {hasArrival(code) ? (
            <TextField
              id={id("arrived")}
              label="When the pupil came in"
              type="time"
              width={10}
              value={row.arrived}
              onInput={(arrived) => onChange({ arrived })}
              error={errorOf(errors, id("arrived"))}
            />
          ) : null}
          <TextField
            id={id("remark")}
            label="Remark (optional)"
            value={row.remark}
            maxLength={4000}
            onInput={(remark) => onChange({ remark })}
          />
        </>
      ) : null}
    </fieldset>
  );
}
