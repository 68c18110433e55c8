/**
 * A register being filled in: what the person chose, and what was on the screen when they did.
 *
 * The rule kept here: *what one person wrote is never replaced by someone who had not seen it.* Each
 * row is **pinned** to the claims it showed when the form opened, and a choice names in `replaces`
 * what was pinned at the moment of the tap, never what came in between the tap and saving.
 *
 * While nothing is chosen and unsaved, the register is only being {@link watched}: rows show what
 * comes in at once, and their pins follow when it has been on the screen for a moment
 * ({@link revealAll}). While something is, what arrives waits until the person has it shown
 * ({@link reveal}).
 */
import type { Session } from "../../domain/entry.ts";
import { foldClaim, foldPublished } from "../../domain/sheet.ts";
import { screen } from "../../domain/fold.ts";
import type { PublishedClaim, Sheet, SheetRow } from "../../generated/types.ts";

/** The claims a row showed, in the order they were shown. */
export type Pin = readonly PublishedClaim[];

/** One mark that is chosen and not saved. */
export interface Choice {
  readonly code: string;
  readonly arrived: string | null;
  readonly remark: string;
  readonly parentMessage: string;
  readonly askOffice: boolean;
  /** When the value was chosen, by the tablet's own clock. */
  readonly observedAt: string;
  /** The claims that were on the screen when the value was chosen, and what those had replaced. */
  readonly replaces: readonly string[];
}

/** A child marked here who is not on the register's list. */
export interface AddedChild {
  readonly pupil: string;
  readonly knownAs: string;
  readonly surname: string;
  /** Their form's name, or what was said of a child on no roll at all. */
  readonly note: string;
  readonly onRoll: boolean;
}

/** A register keyed in from paper; empty texts until they are filled in. */
export interface PaperDraft {
  readonly takenBy: string;
  readonly takenAt: string;
}

/** One step to undo: what the touched pupils' choices were before it. */
export interface Step {
  readonly what: string;
  readonly before: readonly (readonly [pupil: string, choice: Choice | null])[];
}

/** Everything that is lost if the form is; kept as a draft at every tap. */
export interface RegisterForm {
  readonly v: 1;
  readonly choices: Readonly<Record<string, Choice>>;
  readonly pins: Readonly<Record<string, Pin>>;
  readonly added: readonly AddedChild[];
  readonly steps: readonly Step[];
  readonly paper: PaperDraft | null;
}

/** What the rules need to know of the session. */
export interface Frame extends Pick<Sheet, "date" | "opens" | "closes" | "ends"> {
  readonly session: Session;
  readonly timeZone: string;
}

/** What a choice says beside its code. */
export type Notes = Pick<Choice, "remark" | "parentMessage" | "askOffice">;

const MAX_STEPS = 200;
const NO_NOTES: Notes = { remark: "", parentMessage: "", askOffice: false };

/** A form with every row pinned as `rows` show them now. */
export function openForm(rows: readonly SheetRow[]): RegisterForm {
  return { v: 1, choices: {}, pins: pinsOf(rows), added: [], steps: [], paper: null };
}

function pinsOf(rows: readonly SheetRow[]): Record<string, Pin> {
  return Object.fromEntries(rows.map((row) => [row.pupil, row.claims ?? []]));
}

/** A draft opened again: chosen rows keep the pin they had, all others show what is there now. */
export function reopen(draft: RegisterForm, rows: readonly SheetRow[], saved: ReadonlySet<string>): RegisterForm {
  const kept = Object.entries(draft.choices).filter(([pupil, choice]) => !saved.has(tapKey(pupil, choice.observedAt)));
  const pins = pinsOf(rows);
  const choices = Object.fromEntries(kept);
  const steps = kept.length === Object.keys(draft.choices).length ? draft.steps : [];
  const added = draft.added.filter(({ pupil }) => !rows.some((row) => row.pupil === pupil));
  for (const pupil of [...Object.keys(choices), ...added.map((child) => child.pupil)]) {
    pins[pupil] = draft.pins[pupil] ?? [];
  }
  return { ...draft, choices, pins, added, steps };
}

/** Nothing that a draft would have to keep. */
export function isEmpty(form: RegisterForm): boolean {
  return Object.keys(form.choices).length === 0 && form.added.length === 0 && form.paper === null;
}

/** What a draft keeps: of the pins only those that a choice or an added child needs. */
export function trimmed(form: RegisterForm): RegisterForm {
  const wanted = [...Object.keys(form.choices), ...form.added.map(({ pupil }) => pupil)];
  return { ...form, pins: Object.fromEntries(wanted.map((pupil) => [pupil, form.pins[pupil] ?? []])) };
}

/** A tap, told apart from every other: a choice that became a claim has the same one. */
export function tapKey(pupil: string, observedAt: string): string {
  return `${pupil} ${observedAt}`;
}

/** Pin rows that were not there when the form opened; the same form if there are none. */
export function pinNew(form: RegisterForm, rows: readonly SheetRow[]): RegisterForm {
  const fresh = rows.filter((row) => form.pins[row.pupil] === undefined);
  return fresh.length === 0 ? form : { ...form, pins: { ...pinsOf(fresh), ...form.pins } };
}

/** Choose a value: `replaces` is what the row shows at this moment. */
export function choose(
  form: RegisterForm,
  pupil: string,
  value: { code: string; arrived: string | null; observedAt: string; what: string; notes?: Notes },
  frame: Frame,
): RegisterForm {
  const { code, arrived, observedAt, what } = value;
  const before = form.choices[pupil] ?? null;
  const notes = before ?? value.notes ?? NO_NOTES;
  const choice: Choice = {
    code,
    arrived,
    remark: notes.remark,
    // What a parent said belongs to an absence; it does not follow the pupil into the room.
    parentMessage: code === "N" ? notes.parentMessage : "",
    askOffice: notes.askOffice,
    observedAt,
    replaces: seen(form.pins[pupil] ?? [], frame),
  };
  return stepped({ ...form, choices: { ...form.choices, [pupil]: choice } }, what, [[pupil, before]]);
}

/** What a claim chosen now replaces: the claims shown, and all that those had replaced. */
export function seen(pin: Pin, frame: Frame): string[] {
  return screen(
    pin.map((claim) => foldClaim(claim, frame.date, frame.timeZone)),
    frame,
  );
}

/** Add words to a choice. They do not choose the value again, so `replaces` stays as it was. */
export function annotate(form: RegisterForm, pupil: string, notes: Partial<Notes>): RegisterForm {
  const choice = form.choices[pupil];
  if (choice === undefined) return form;
  return { ...form, choices: { ...form.choices, [pupil]: { ...choice, ...notes } } };
}

/** Take a choice back: the row shows what is saved again. */
export function clear(form: RegisterForm, pupil: string, what: string): RegisterForm {
  const before = form.choices[pupil];
  if (before === undefined) return form;
  return stepped({ ...form, choices: without(form.choices, [pupil]) }, what, [[pupil, before]]);
}

/** Mark `pupils` as `code` in one step; those with a choice already are left alone. */
export function fill(
  form: RegisterForm,
  pupils: readonly string[],
  value: { code: string; observedAt: string; what: string },
  frame: Frame,
): RegisterForm {
  const { code, observedAt, what } = value;
  const blanks = pupils.filter((pupil) => form.choices[pupil] === undefined);
  if (blanks.length === 0) return form;
  const chosen = blanks.map((pupil): [string, Choice] => [
    pupil,
    { ...NO_NOTES, code, arrived: null, observedAt, replaces: seen(form.pins[pupil] ?? [], frame) },
  ]);
  const choices = { ...form.choices, ...Object.fromEntries(chosen) };
  return stepped(
    { ...form, choices },
    what,
    blanks.map((pupil) => [pupil, null]),
  );
}

/** Take back the last step. What was saved in between is not touched. */
export function undo(form: RegisterForm): RegisterForm {
  const step = form.steps.at(-1);
  if (step === undefined) return form;
  const choices = { ...without(form.choices, step.before.map(([pupil]) => pupil)) };
  for (const [pupil, choice] of step.before) if (choice !== null) choices[pupil] = choice;
  return { ...form, choices, steps: form.steps.slice(0, -1) };
}

/** Show a row as it is now. A choice made before keeps its own `replaces`. */
export function reveal(form: RegisterForm, row: SheetRow): RegisterForm {
  return { ...form, pins: { ...form.pins, [row.pupil]: row.claims ?? [] } };
}

/** Whether nothing is chosen and unsaved: the person looks on, and rows show what comes in. */
export function watched(form: RegisterForm): boolean {
  return Object.keys(form.choices).length === 0;
}

/** Take as seen whatever the rows show now; the same form if that is nothing new. */
export function revealAll(form: RegisterForm, rows: readonly SheetRow[]): RegisterForm {
  const fresh = rows.filter((row) => !sameClaims(form.pins[row.pupil] ?? [], row.claims ?? []));
  return fresh.length === 0 ? form : { ...form, pins: { ...form.pins, ...pinsOf(fresh) } };
}

/** Add a child who is not listed; what this tablet knows of them is on the screen from now on. */
export function addChild(form: RegisterForm, child: AddedChild, pin: Pin): RegisterForm {
  if (form.pins[child.pupil] !== undefined) return form;
  return { ...form, added: [...form.added, child], pins: { ...form.pins, [child.pupil]: pin } };
}

/** Take a child off again who was added here and has no saved mark. */
export function dropChild(form: RegisterForm, pupil: string): RegisterForm {
  const pins = { ...form.pins };
  delete pins[pupil];
  return {
    ...form,
    pins,
    choices: without(form.choices, [pupil]),
    added: form.added.filter((child) => child.pupil !== pupil),
    steps: form.steps.filter((step) => step.before.every(([touched]) => touched !== pupil)),
  };
}

/**
 * `pupils` are saved as `planned` had them: those choices are done, and there is nothing left to
 * undo. What was tapped or typed while they were written is another choice, and stays.
 */
export function settle(form: RegisterForm, pupils: readonly string[], planned = form): RegisterForm {
  const choices = without(
    form.choices,
    pupils.filter((pupil) => form.choices[pupil] === planned.choices[pupil]),
  );
  const done = Object.keys(choices).length === 0;
  return { ...form, choices, steps: [], paper: done ? null : form.paper };
}

/**
 * Show one's own words as soon as they are in the row: a person has seen what they wrote.
 * `mine` tells the claims of the entries saved from this form.
 */
export function pinOwn(form: RegisterForm, rows: readonly SheetRow[], mine: (claim: PublishedClaim) => boolean): RegisterForm {
  const pins = { ...form.pins };
  let changed = false;
  for (const row of rows) {
    const pin = pins[row.pupil] ?? [];
    const fresh = (row.claims ?? []).filter((claim) => mine(claim) && !pin.some((known) => known.id === claim.id));
    if (fresh.length === 0) continue;
    pins[row.pupil] = [...pin, ...fresh];
    changed = true;
  }
  return changed ? { ...form, pins } : form;
}

/** Choices made while `entry` was written replace its claims too: they were the same person's, on the same row. */
export function sawOwn(form: RegisterForm, pupils: readonly string[], entry: string): RegisterForm {
  const choices = { ...form.choices };
  for (const pupil of pupils) {
    const choice = choices[pupil];
    const own = (form.pins[pupil] ?? []).filter((claim) => claim.entry === entry).map(({ id }) => id);
    if (choice !== undefined) choices[pupil] = { ...choice, replaces: [...new Set([...choice.replaces, ...own])] };
  }
  return { ...form, choices };
}

/**
 * Show what became of claims that are shown already and that `hit` names: a person's own, voided by
 * themselves or set aside on receipt. No claim is shown by it that was not.
 */
export function acknowledge(
  form: RegisterForm,
  rows: readonly SheetRow[],
  hit: (now: PublishedClaim) => boolean,
): RegisterForm {
  const pins = { ...form.pins };
  let changed = false;
  for (const row of rows) {
    const pin = pins[row.pupil] ?? [];
    const fresh = new Map((row.claims ?? []).filter(hit).map((claim) => [claim.id, claim]));
    const told = pin.map((claim) => fresh.get(claim.id) ?? claim);
    if (sameClaims(pin, told)) continue;
    pins[row.pupil] = told;
    changed = true;
  }
  return changed ? { ...form, pins } : form;
}

/** Whether two lists of claims say the same: the same claims, each with the same fate. */
export function sameClaims(one: Pin, other: Pin): boolean {
  const fates = (claims: Pin): string => claims.map(fate).toSorted().join("\n");
  return fates(one) === fates(other);
}

/** Claims of `now` that `pin` does not hold, or holds with another fate. */
export function arrivedSince(pin: Pin, now: Pin): PublishedClaim[] {
  const known = new Set(pin.map(fate));
  return now.filter((claim) => !known.has(fate(claim)));
}

function fate(claim: PublishedClaim): string {
  return `${claim.id} ${claim.verdict ?? "stands"}`;
}

/** The fold of a pin: the cell as the row shows it. */
export function pinnedCell(pin: Pin, frame: Frame): SheetRow["cell"] {
  return foldPublished(pin, frame, frame.timeZone);
}

function stepped(form: RegisterForm, what: string, before: Step["before"]): RegisterForm {
  return { ...form, steps: [...form.steps, { what, before }].slice(-MAX_STEPS) };
}

function without(choices: RegisterForm["choices"], pupils: readonly string[]): Record<string, Choice> {
  const left = { ...choices };
  for (const pupil of pupils) delete left[pupil];
  return left;
}
