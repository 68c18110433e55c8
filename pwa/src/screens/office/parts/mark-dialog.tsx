// The one dialog in which the office decides a mark: settling, amending, confirming.
//
// What the form shows as it opens is pinned, and only that is replaced. A claim that comes in
// meanwhile is shown as new, and has to be looked at before the mark can be saved.
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Details } from "../../../components/details.tsx";
import { errorOf } from "../../../components/error-summary.tsx";
import { TextArea, TextField } from "../../../components/field.tsx";
import { longDate, sessionWord } from "../../../components/text.ts";
import { timeZone } from "../../../components/words.ts";
import { spanOn } from "../../../domain/calendar.ts";
import { foldPublished } from "../../../domain/sheet.ts";
import type { Cell, PublishedClaim, School, Span } from "../../../generated/types.ts";
import { cards, me, nowLocal, observedNow, school, today } from "../../../state/app.ts";
import { inOrder, who } from "../day/cells.ts";
import type { PupilCell, Proposal, Session } from "../day/shapes.ts";
import { codeGroups, codeText } from "../forms/codes.ts";
import { needsDecision } from "../forms/leave.ts";
import { hasArrival, isTouched, markBody, markClaim, markErrors, newMark, codeOfDraft } from "../forms/mark.ts";
import type { MarkDraft, MarkSession } from "../forms/mark.ts";
import { replacesOf, seenIn, unseen } from "../forms/seen.ts";
import { cellNow } from "../state.ts";
import { Claims } from "./claims.tsx";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { LeaveFields } from "./leave-fields.tsx";
import { MarkChoice } from "./mark-choice.tsx";
import type { SaidCode } from "./mark-choice.tsx";
import { useSaving } from "../../../components/saving.ts";

/** Which cell, and what the form starts from. */
export interface MarkTarget {
  readonly pupil: string;
  readonly date: string;
  readonly session: Session;
  readonly title: string;
  readonly start?: Partial<MarkDraft> | undefined;
  readonly proposed?: Proposal | null | undefined;
  /** What to replace where no sheet on this device shows the cell (an `N` of an older day). */
  readonly replaces?: readonly string[] | undefined;
  /** A confirmation names who saw the pupil. */
  readonly confirm?: boolean | undefined;
}

interface MarkDialogProps {
  target: MarkTarget;
  /** Closed; `saved` says what was written, null when nothing was. */
  onClose: (saved: string | null) => void;
}

/** Draws nothing until the school is known. */
export function MarkDialog({ target, onClose }: MarkDialogProps): JSX.Element | null {
  const known = school.value;
  return known === null ? null : <Open target={target} onClose={onClose} known={known} />;
}

function Open({ target, onClose, known }: MarkDialogProps & { known: School }): JSX.Element {
  const { pupil, date, session } = target;
  const at = cellNow(pupil, date, session);
  const claims = at?.claims ?? [];
  const span: Span = at?.sheet ?? spanOn(known.calendar, date, session);
  const start = useRef(newMark(date, target.start));
  const [draft, setDraft] = useState(start.current);
  const [seen, setSeen] = useState(() => seenIn(claims));
  const saving = useSaving();
  const fresh = unseen(claims, seen);
  const rules: MarkSession = { date, session, span, today: today.value, time: nowLocal.value };
  const { name, form } = who(pupil, cards.value);

  const submit = (): void => {
    const errors = [...markErrors(draft, rules)];
    if (target.confirm === true && draft.observedBy.trim() === "") {
      errors.push({ field: "observed-by", text: "Enter who confirmed it" });
    }
    if (fresh.length > 0) {
      errors.unshift({ field: "new-claims", text: "A new mark came in while you were deciding: look at it first" });
    }
    saving.fail(errors);
    if (errors.length > 0) return;
    const sheet = { date, ...span };
    const replaces = at === undefined ? (target.replaces ?? []) : replacesOf(claims, seen, sheet, timeZone.value);
    const shown = foldPublished(claims.filter((claim) => seen.has(claim.id)), sheet, timeZone.value);
    const kind = shown.state === "contested" ? "contest.settled" : "mark.amended";
    const claim = markClaim(pupil, draft, rules, replaces, observedNow());
    const done = (): void => onClose(`${name}: ${codeText(codeOfDraft(draft, span), date)}`);
    saving.save([markBody(kind, claim, rules, draft.reason)], "reason", done);
  };

  return (
    <FormDialog
      title={`${target.title}: ${name}${form === "" ? "" : `, ${form}`}`}
      errors={saving.errors}
      submit="Save this mark"
      busy={saving.busy}
      touched={isTouched(draft, start.current)}
      onSubmit={submit}
      onClose={() => onClose(null)}
    >
      <p class="tm-soft">
        {longDate(date)}, {sessionWord(session)}
      </p>
      <Said at={at} seen={seen} date={date} span={span} />
      {fresh.length === 0 ? null : (
        <NewClaims claims={fresh} date={date} span={span} onLooked={() => setSeen(seenIn(claims))} />
      )}
      <MarkFields
        draft={draft}
        onChange={setDraft}
        said={saidCodes(at, seen, date)}
        target={target}
        rules={rules}
        errors={saving.errors}
      />
    </FormDialog>
  );
}

/** What speaks of the cell, of the claims the person has seen; what came before it to open. */
function Said(props: {
  at: PupilCell | undefined;
  seen: ReadonlySet<string>;
  date: string;
  span: Span;
}): JSX.Element {
  const { at, seen, date, span } = props;
  const shown = (at?.claims ?? []).filter((claim) => seen.has(claim.id));
  if (at === undefined) return <p class="tm-office-empty">This tablet no longer holds who said what that day.</p>;
  if (shown.length === 0) return <p class="tm-office-empty">Nobody has marked this yet.</p>;
  const speaking = speakingOf(shown, date, span);
  const before = inOrder(shown.filter((claim) => !speaking.includes(claim)));
  return (
    <>
      <h3 class="tm-h3">What has been said</h3>
      <Claims claims={speaking} date={date} span={span} label="What has been said" />
      {before.length === 0 ? null : (
        <Details summary={`Said before (${before.length})`}>
          <Claims claims={before} date={date} span={span} label="Said before" />
        </Details>
      )}
    </>
  );
}

function foldOf(shown: readonly PublishedClaim[], date: string, span: Span): Cell {
  return foldPublished(shown, { date, ...span }, timeZone.value);
}

function speakingOf(shown: readonly PublishedClaim[], date: string, span: Span): PublishedClaim[] {
  const cell = foldOf(shown, date, span);
  const ids = new Set([...(cell.live ?? []), ...(cell.joined ?? [])]);
  return inOrder(shown.filter((claim) => ids.has(claim.id)));
}

function NewClaims(props: {
  claims: readonly PublishedClaim[];
  date: string;
  span: Span;
  onLooked: () => void;
}): JSX.Element {
  return (
    <div class="tm-panel tm-panel--warning tm-stack tm-office-fresh" role="alert">
      <h3 class="tm-h3">New since you opened this</h3>
      <Claims claims={props.claims} date={props.date} span={props.span} label="New since you opened this" />
      <button type="button" class="govuk-button govuk-button--secondary" id="new-claims" onClick={props.onLooked}>
        I have looked at this
      </button>
    </div>
  );
}

/** Each code that stands on the cell, now or before, with who said it last. */
function saidCodes(at: PupilCell | undefined, seen: ReadonlySet<string>, date: string): SaidCode[] {
  if (at === undefined) return [];
  const shown = inOrder(at.claims.filter((claim) => seen.has(claim.id) && (claim.verdict ?? "stands") === "stands"));
  const live = new Set(speakingOf(shown, date, at.sheet).map((claim) => claim.id));
  const found = new Map<string, SaidCode>();
  for (const claim of shown) {
    const now = live.has(claim.id);
    found.set(claim.code, { code: claim.code, arrived: claim.arrived ?? null, by: claim.author_name, now });
  }
  return [...found.values()].toSorted((a, b) => Number(b.now) - Number(a.now));
}

function MarkFields(props: {
  draft: MarkDraft;
  onChange: (draft: MarkDraft) => void;
  said: readonly SaidCode[];
  target: MarkTarget;
  rules: MarkSession;
  errors: ReturnType<typeof useSaving>["errors"];
}): JSX.Element {
  const { draft, onChange, said, target, rules, errors } = props;
  const set = (part: Partial<MarkDraft>): void => onChange({ ...draft, ...part });
  const role = me.value?.role ?? "attendance_officer";
  const span = rules.span;
  return (
    <div class="tm-office-fields">
      <MarkChoice
        value={draft.code}
        said={said}
        proposed={target.proposed ?? null}
        date={rules.date}
        groups={codeGroups(role, rules.date, rules.session)}
        onChoose={(code, arrived) => set({ code, ...(arrived === null ? {} : { arrived }) })}
        error={errorOf(errors, "code")}
      />
      {hasArrival(draft.code) ? (
        <TextField
          id="arrived"
          label="When the pupil came in"
          hint={`L up to closing at ${span.closes}, U after it: the time decides.`}
          type="time"
          width={10}
          value={draft.arrived}
          onInput={(arrived) => set({ arrived })}
          error={errorOf(errors, "arrived")}
        />
      ) : null}
      {needsDecision(draft.code, rules.date) ? (
        <LeaveFields draft={draft.leave} onChange={(leave) => set({ leave })} errors={errors} />
      ) : null}
      <TextField
        id="observed-by"
        label={target.confirm === true ? "Who confirmed it" : "Who saw the pupil, if not you (optional)"}
        hint={target.confirm === true ? "The trip’s leader, or somebody at the provider." : undefined}
        value={draft.observedBy}
        maxLength={500}
        onInput={(observedBy) => set({ observedBy })}
        error={errorOf(errors, "observed-by")}
      />
      <TextArea
        id="reason"
        label="Reason"
        hint="It is kept with the mark, the date, your name and your role, for good."
        value={draft.reason}
        maxLength={4000}
        onInput={(reason) => set({ reason })}
        error={errorOf(errors, "reason")}
      />
    </div>
  );
}
