// The open register: its form, kept as a draft at every change, and what a person can do with it.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { Session } from "../../domain/entry.ts";
import { presentCode } from "../../domain/codes.ts";
import type { Sheet, SheetRow } from "../../generated/types.ts";
import { dropDraft, entries, loadDraft, observedNow, record, saveDraft, sheets } from "../../state/app.ts";
import { announce } from "../../components/announcer.tsx";
import { timeZone } from "../../components/words.ts";
import { draftKey } from "./drafts.ts";
import * as steps from "./form.ts";
import type { AddedChild, Frame, Notes, PaperDraft, Pin, RegisterForm } from "./form.ts";
import { amendedPupils, planEntries } from "./saving.ts";
import type { Reasons } from "./saving.ts";
import { blanks, countRows, frameOf, unsaved, viewRows } from "./view.ts";
import type { RowView } from "./view.ts";
import type { Counts } from "./marks.ts";

/** A register that is open: what it shows, and every act. */
export interface OpenRegister {
  readonly frame: Frame;
  readonly form: RegisterForm;
  readonly views: readonly RowView[];
  readonly counts: Counts;
  /** Marks that were found in a draft when the form opened. */
  readonly restored: number;
  /** Why the last change could not be kept as a draft; null while all is well. */
  readonly draftError: string | null;
  readonly acts: Acts;
}

/** What became of saving: `problem` null when all is written, and the register's counts then. */
export interface SaveResult {
  readonly problem: string | null;
  readonly counts: Counts;
  /** Children marked who are not on the list. */
  readonly guests: number;
}

/** What a person can do with an open register. */
export interface Acts {
  readonly choose: (pupil: string, code: string, arrived: string | null, what: string, notes?: Notes) => void;
  readonly clear: (pupil: string, what: string) => void;
  readonly annotate: (pupil: string, notes: Partial<Notes>) => void;
  readonly fillBlanks: () => number;
  readonly undo: () => string | null;
  readonly reveal: (pupils: readonly string[]) => void;
  readonly addChild: (child: AddedChild, pin: Pin) => void;
  readonly dropChild: (pupil: string) => void;
  readonly setPaper: (paper: PaperDraft | null) => void;
  /** The person voided the entry with this id: what became of its claims is no news to them. */
  readonly voided: (entry: string) => void;
  /** Pupils whose saved mark would change: each needs a reason. */
  readonly amended: () => string[];
  readonly save: (reasons: Reasons) => Promise<SaveResult>;
  readonly discard: () => void;
}

/** Open the register of `sheet`; null until its draft has been looked for. */
export function useRegister(sheet: Sheet): OpenRegister | null {
  const form = useSignal<RegisterForm | null>(null);
  const restored = useSignal(0);
  const draftError = useSignal<string | null>(null);
  const latest = useRef(sheet);
  const mine = useRef(new Set<string>());
  latest.current = sheet;
  const key = draftKey(sheet.date, sheet.session, sheet.group);

  useEffect(() => {
    let current = true;
    void openFrom(key, latest.current).then((opened) => {
      if (!current) return;
      form.value = asAsked(opened);
      restored.value = Object.keys(opened.choices).length;
    });
    return () => {
      current = false;
    };
  }, [key]);

  // New rows, and one's own words as the sheet comes to hold them. All else waits to be shown.
  useEffect(() => {
    if (form.value === null) return;
    form.value = follow(form.value, sheet.rows, mine.current);
  }, [sheet]);

  useSeen(form, sheet);

  const acts = useMemo(
    () => makeActs(form, () => sheets.peek().get(sheet._id) ?? latest.current, mine.current, (changed) => keep(key, changed, draftError)),
    [key],
  );
  if (form.value === null) return null;
  const frame = frameOf(sheet, timeZone.value);
  const views = viewRows(form.value, sheet.rows, frame);
  return {
    frame,
    form: form.value,
    views,
    counts: countRows(views),
    restored: restored.value,
    draftError: draftError.value,
    acts,
  };
}

/** `?paper` in the address: the office has come to key in a register that was taken on paper. */
function asAsked(form: RegisterForm): RegisterForm {
  const fromPaper = new URLSearchParams(location.search).has("paper");
  return fromPaper && form.paper === null ? { ...form, paper: { takenBy: "", takenAt: "" } } : form;
}

interface Held<T> {
  value: T;
}

/** How long something has to be on the screen before a tap can be said to have seen it. */
const SEEN_MS = 1500;

/**
 * While the person only looks on, take what came in as seen once it has been on a visible screen for
 * a moment. A tap within that moment replaces what was there before, and contradicts what is new.
 */
function useSeen(form: Held<RegisterForm | null>, sheet: Sheet): void {
  const open = form.value;
  const waits = open !== null && steps.watched(open) && steps.revealAll(open, sheet.rows) !== open;
  useEffect(() => {
    if (!waits) return;
    announce("Marks on this register have changed.");
    let visible = document.visibilityState === "visible";
    const timer = setInterval(() => {
      const now = form.value;
      const stayed = visible && document.visibilityState === "visible";
      visible = document.visibilityState === "visible";
      if (stayed && now !== null && steps.watched(now)) form.value = steps.revealAll(now, sheet.rows);
    }, SEEN_MS);
    return () => clearInterval(timer);
  }, [waits, sheet]);
}

function follow(form: RegisterForm, rows: readonly SheetRow[], mine: ReadonlySet<string>): RegisterForm {
  const own = steps.pinOwn(steps.pinNew(form, rows), rows, (claim) => mine.has(claim.entry));
  return steps.acknowledge(own, rows, (claim) => mine.has(claim.entry) && NOT_COUNTED.has(claim.verdict ?? "stands"));
}

/** What the server may say of a claim on receipt: its author is told at once. */
const NOT_COUNTED: ReadonlySet<string> = new Set(["set_aside", "held"]);

async function openFrom(key: string, sheet: Sheet): Promise<RegisterForm> {
  // A draft that cannot be read must not keep a teacher from the register.
  const draft = await loadDraft<RegisterForm>(key).catch(() => null);
  return draft === null ? steps.openForm(sheet.rows) : steps.reopen(draft, sheet.rows, savedTaps(sheet));
}

/** Taps that became entries: a browser killed between saving and clearing the draft has both. */
function savedTaps(sheet: Sheet): Set<string> {
  const taps = new Set<string>();
  for (const { body } of entries.peek()) {
    if (!("claims" in body) || body.date !== sheet.date || body.session !== sheet.session) continue;
    for (const claim of body.claims) taps.add(steps.tapKey(claim.pupil, claim.observed_at));
  }
  return taps;
}

/** Keep what is unsaved; forget the draft when nothing is. */
function keep(key: string, form: RegisterForm, error: Held<string | null>): void {
  const kept = steps.isEmpty(form) ? dropDraft(key) : saveDraft(key, steps.trimmed(form));
  kept.then(
    () => {
      error.value = null;
    },
    (cause: unknown) => {
      error.value = cause instanceof Error ? cause.message : "The tablet’s storage did not answer.";
    },
  );
}

function makeActs(
  form: Held<RegisterForm | null>,
  sheet: () => Sheet,
  mine: Set<string>,
  kept: (form: RegisterForm) => void,
): Acts {
  const frame = (): Frame => frameOf(sheet(), timeZone.peek());
  const change = (next: (form: RegisterForm) => RegisterForm): void => {
    if (form.value === null) return;
    const changed = next(form.value);
    if (changed === form.value) return;
    form.value = changed;
    kept(changed);
  };
  const views = (): RowView[] => (form.value === null ? [] : viewRows(form.value, sheet().rows, frame()));
  const acts: Acts = {
    choose: (pupil, code, arrived, what, notes) =>
      change((now) => {
        const value = { code, arrived, observedAt: observedNow(), what, ...(notes === undefined ? {} : { notes }) };
        return steps.choose(now, pupil, value, frame());
      }),
    clear: (pupil, what) => change((now) => steps.clear(now, pupil, what)),
    annotate: (pupil, notes) => change((now) => steps.annotate(now, pupil, notes)),
    fillBlanks: () => {
      const pupils = blanks(views());
      const code = presentCode(sheet().session);
      const what = `${pupils.length} blanks filled`;
      change((now) => steps.fill(now, pupils, { code, observedAt: observedNow(), what }, frame()));
      return pupils.length;
    },
    undo: () => {
      const what = form.value?.steps.at(-1)?.what ?? null;
      change(steps.undo);
      return what;
    },
    reveal: (pupils) =>
      change((now) => {
        const rows = sheet().rows.filter(({ pupil }) => pupils.includes(pupil));
        let shown = now;
        for (const row of rows) shown = steps.reveal(shown, row);
        return shown;
      }),
    addChild: (child, pin) => change((now) => steps.addChild(now, child, pin)),
    dropChild: (pupil) => change((now) => steps.dropChild(now, pupil)),
    setPaper: (paper) => change((now) => ({ ...now, paper })),
    discard: () => change(() => steps.openForm(sheet().rows)),
    voided: (entry) => change((now) => steps.acknowledge(now, sheet().rows, (claim) => claim.entry === entry)),
    amended: () => (form.value === null ? [] : amendedPupils(form.value)),
    save: async (reasons) => {
      const problem = await saveAll(form, sheet, mine, { change, frame, reasons, views });
      const after = views();
      const guests = after.filter(({ listed, code }) => !listed && code !== null).length;
      return { problem, counts: countRows(after), guests };
    },
  };
  return acts;
}

interface Saving {
  change: (next: (form: RegisterForm) => RegisterForm) => void;
  frame: () => Frame;
  reasons: Reasons;
  views: () => RowView[];
}

/** Write the entries one after another; what is written is settled even if a later one fails. */
async function saveAll(
  form: Held<RegisterForm | null>,
  sheet: () => Sheet,
  mine: Set<string>,
  { change, frame, reasons, views }: Saving,
): Promise<string | null> {
  if (form.value === null || unsaved(views()).length === 0) return null;
  const { group } = sheet();
  const planned = form.value;
  try {
    for (const { body, pupils } of planEntries(planned, frame(), group, reasons)) {
      const item = await record(body);
      mine.add(item.id);
      change((now) => steps.sawOwn(follow(steps.settle(now, pupils, planned), sheet().rows, mine), pupils, item.id));
    }
    return null;
  } catch (cause) {
    return cause instanceof Error ? cause.message : "The tablet’s storage did not answer.";
  }
}

/** The path's parts as a sheet's place; null where they are none. */
export function placeOfPath(parts: readonly string[]): { date: string; session: Session; group: string } | null {
  const [date, session, group, ...more] = parts;
  if (date === undefined || group === undefined || more.length > 0) return null;
  if (session !== "AM" && session !== "PM") return null;
  return /^\d{4}-\d\d-\d\d$/.test(date) && group !== "" ? { date, session, group } : null;
}
