/** What a row of the register shows: the pinned claims, the choice over them, and what is new. */
import { codeAsRead } from "../../domain/register.ts";
import type { Cell } from "../../domain/fold.ts";
import type { Planned, PublishedClaim, Sheet, SheetRow } from "../../generated/types.ts";
import { arrivedSince, pinnedCell, watched } from "./form.ts";
import type { Choice, Frame, Notes, Pin, RegisterForm } from "./form.ts";
import { countPlaces, placeOf } from "./marks.ts";
import type { Counts, Place } from "./marks.ts";

/** One row, ready to draw. */
export interface RowView {
  readonly pupil: string;
  /** False for a pupil who is not a member of the group. */
  readonly listed: boolean;
  /** The cell as the pinned claims fold. */
  readonly cell: SheetRow["cell"];
  /** Every claim the row shows, also replaced and set aside. */
  readonly shown: Pin;
  readonly choice: Choice | null;
  /** The mark in force on this screen: the choice, else what the cell agrees on. */
  readonly code: string | null;
  readonly arrived: string | null;
  readonly place: Place;
  /** Contested, set aside or seen absent after arriving, and nothing chosen yet. */
  readonly check: boolean;
  /** Claims that came, or changed their fate, while the form was open, and were not shown yet. */
  readonly news: readonly PublishedClaim[];
  /** The choice was made before something that is shown now: both would stand. */
  readonly outrun: boolean;
  readonly planned: readonly Planned[];
  readonly left: string | null;
}

/** Verdicts under which a claim was somebody's word on the cell, whether or not it stands. */
const SPOKEN: ReadonlySet<string> = new Set(["stands", "set_aside", "held"]);

/** The rows of `sheet` and the children added to it, in the order of the sheet. */
export function viewRows(form: RegisterForm, rows: readonly SheetRow[], frame: Frame): RowView[] {
  const listed = rows.map((row) => viewRow(form, row, frame));
  const added = form.added
    .filter(({ pupil }) => !rows.some((row) => row.pupil === pupil))
    .map(({ pupil }) => viewRow(form, unlistedRow(pupil, form.pins[pupil] ?? [], frame), frame));
  return [...listed, ...added];
}

function unlistedRow(pupil: string, pin: Pin, frame: Frame): SheetRow {
  return { pupil, claims: [...pin], cell: pinnedCell(pin, frame), listed: false };
}

function viewRow(form: RegisterForm, row: SheetRow, frame: Frame): RowView {
  const now = row.claims ?? [];
  const pin = watched(form) ? now : (form.pins[row.pupil] ?? now);
  const cell = pinnedCell(pin, frame);
  const choice = form.choices[row.pupil] ?? null;
  const code = choice === null ? (cell.code ?? null) : codeAsRead(choice.code, choice.arrived, frame);
  return {
    pupil: row.pupil,
    listed: row.listed ?? true,
    cell,
    shown: pin.map((claim) => now.find((one) => sameFate(one, claim)) ?? claim),
    choice,
    code,
    arrived: choice === null ? (cell.arrived ?? null) : choice.arrived,
    place: placeOf(code, frame.date),
    check: choice === null && needsCheck(cell, pin),
    news: arrivedSince(pin, now),
    outrun: choice !== null && !everySeen(cell, choice),
    planned: row.planned ?? [],
    left: row.left ?? null,
  };
}

function sameFate(one: PublishedClaim, other: PublishedClaim): boolean {
  return one.id === other.id && (one.verdict ?? "stands") === (other.verdict ?? "stands");
}

function needsCheck(cell: SheetRow["cell"], pin: Pin): boolean {
  if (cell.state === "contested" || cell.recheck === true) return true;
  return cell.state === "unmarked" && pin.some((claim) => claim.verdict === "set_aside");
}

function everySeen(cell: SheetRow["cell"], choice: Choice): boolean {
  return [...(cell.live ?? []), ...(cell.joined ?? [])].every((id) => choice.replaces.includes(id));
}

/** The register's five groups, over its listed pupils alone. */
export function countRows(views: readonly RowView[]): Counts {
  return countPlaces(views.filter(({ listed }) => listed));
}

/**
 * Pupils that "fill blanks" marks: listed, nothing chosen, and nobody has said anything, neither on
 * the screen nor since. A planned code waits for a person's decision, so it is no blank.
 */
export function blanks(views: readonly RowView[]): string[] {
  return views.filter(isBlank).map(({ pupil }) => pupil);
}

function isBlank(view: RowView): boolean {
  if (!view.listed || view.choice !== null || view.planned.length > 0) return false;
  return ![...view.shown, ...view.news].some((claim) => SPOKEN.has(claim.verdict ?? "stands"));
}

/** Unmarked pupils that "fill blanks" leaves: a planned code or a contradiction waits for a person. */
export function undecided(views: readonly RowView[]): RowView[] {
  return views.filter((view) => view.listed && view.place === "unmarked" && !isBlank(view));
}

/** Pupils with a choice that is not saved. */
export function unsaved(views: readonly RowView[]): RowView[] {
  return views.filter(({ choice }) => choice !== null);
}

/** The frame of a sheet, in the school's time zone. */
export function frameOf(sheet: Sheet, timeZone: string): Frame {
  const { date, session, opens, closes, ends } = sheet;
  return { date, session, opens, closes, ends, timeZone };
}

/** A cell's ids, every member present. */
export function idsOf(cell: SheetRow["cell"]): Pick<Cell, "live" | "joined"> {
  return { live: cell.live ?? [], joined: cell.joined ?? [] };
}

/** The words beside a mark: those of the choice, else those of the claim the cell shows. */
export function notesOf(view: RowView): Notes {
  if (view.choice !== null) return view.choice;
  const live = view.shown.find(({ id }) => view.cell.live?.includes(id) === true);
  return {
    remark: live?.remark ?? "",
    parentMessage: live?.parent_message ?? "",
    askOffice: live?.ask_office ?? false,
  };
}
