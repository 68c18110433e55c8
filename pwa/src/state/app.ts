/**
 * What the screens use, and all they use: signals to read, actions to take.
 *
 * `main.tsx` calls {@link start} once. Everything works without a network except {@link signIn}.
 */
import type { ReadonlySignal } from "@preact/signals";
import type { NewBody } from "../domain/entry.ts";
import { instant } from "../domain/time.ts";
import type { ShownStatus } from "../domain/concerns.ts";
import type { ShownWatch } from "../domain/watches.ts";
import type {
  Card,
  Case,
  CaseSummary,
  Concern,
  Draft,
  DraftOpening,
  Glass,
  Group,
  Held,
  History,
  Me,
  Roll,
  School,
  SharedSupport,
  Sheet,
  SignInWays,
  Support,
  Unexplained,
  Visit,
} from "../generated/types.ts";
import type { VisitDraft } from "../domain/visit-drafts.ts";
import type { OwnPhoto, PhotoInput } from "./photo-desk.ts";
import type { DraftInput } from "../store/visit-drafts.ts";
import type { Reconciliation, Submission } from "./visit-drafts.ts";
import { Application } from "./application.ts";
import { browserEnvironment } from "./environment.ts";
import type { DepartureNews } from "../device/departure.ts";
import type { Enrolment } from "../store/device.ts";
import type { Answer } from "../sync/answers.ts";
import type { Call } from "../sync/client.ts";
import type { BeyondItem, EnrolResult, OutboxItem, SignInResult, SyncStatus } from "./model.ts";
import { NO_UPDATES, watchUpdates } from "./updates.ts";

export type { DraftStanding, VisitDraft } from "../domain/visit-drafts.ts";
export { unsentPhotos } from "./photo-desk.ts";
export type { OwnPhoto, PhotoInput } from "./photo-desk.ts";
export type { DraftInput } from "../store/visit-drafts.ts";
export type { Reconciliation, Submission } from "./visit-drafts.ts";
export type { NewBody } from "../domain/entry.ts";
export type { DepartureNews } from "../device/departure.ts";
export type { Enrolment } from "../store/device.ts";
export type { BeyondItem, EntryState, OutboxItem, SignInResult, SyncStatus } from "./model.ts";
export { KEPT_DAYS } from "./model.ts";

const application = new Application(browserEnvironment());
const { signals } = application;

/**
 * Who works on this tablet: also while offline, as last signed in. Null: show sign-in. `role`: the
 * one they write in now, by their grants; with none in force, that of their account.
 */
export const me: ReadonlySignal<Me | null> = signals.acting;
export const school: ReadonlySignal<School | null> = signals.school;
/** Sheets by `_id` (see {@link sheetKey}), with this person's own entries folded over them. */
export const sheets: ReadonlySignal<ReadonlyMap<string, Sheet>> = signals.sheets;
/** Cards by pupil. */
export const cards: ReadonlySignal<ReadonlyMap<string, Card>> = signals.cards;
/** Groups by group id. */
export const groups: ReadonlySignal<ReadonlyMap<string, Group>> = signals.groups;
/** Fire lists by `_id` (`roll:<date>:<form>`), with what this tablet knows better. */
export const rolls: ReadonlySignal<ReadonlyMap<string, Roll>> = signals.rolls;
/** Open `N`s of earlier days (desk roles); null where there is none to see. */
export const unexplained: ReadonlySignal<Unexplained | null> = signals.unexplained;
/** Held and set-aside entries by `_id`: one's own, and for the desk everybody's. */
export const held: ReadonlySignal<ReadonlyMap<string, Held>> = signals.held;
/** Histories of the pupils asked for by {@link showHistory}: this half-term and the last, as far as they have any. */
export const histories: ReadonlySignal<ReadonlyMap<string, readonly History[]>> = signals.histories;
/** Cases by case, with this person's own entries folded over them: also one opened here offline. */
export const cases: ReadonlySignal<ReadonlyMap<string, Case>> = signals.cases;
/** Visits by visit, likewise; what has not reached the server has `received_at` null. */
export const visits: ReadonlySignal<ReadonlyMap<string, Visit>> = signals.visits;
/** Watches by watch, likewise: the server raises the alarm only for what it has received. */
export const watches: ReadonlySignal<ReadonlyMap<string, ShownWatch>> = signals.watches;
/** Concerns by concern, for whoever answers for them. */
export const concerns: ReadonlySignal<ReadonlyMap<string, Concern>> = signals.concerns;
/** What became of the concerns one raised, by concern; `received_at` null until the server has it. */
export const concernStatuses: ReadonlySignal<ReadonlyMap<string, ShownStatus>> = signals.concernStatuses;
/** What a school's office may know of a case, by `_id` (`support:<case>:<pupil>`). */
export const supports: ReadonlySignal<ReadonlyMap<string, Support>> = signals.supports;
/** What a school's safeguarding lead was told of a case, by `_id` (`shared:<case>:<pupil>`). */
export const shareds: ReadonlySignal<ReadonlyMap<string, SharedSupport>> = signals.shareds;
/** What a coordinator may know of cases, by case. */
export const summaries: ReadonlySignal<ReadonlyMap<string, CaseSummary>> = signals.summaries;
/** Who opened which restricted case, when and why, by `_id`: for those who answer for it. */
export const glasses: ReadonlySignal<ReadonlyMap<string, Glass>> = signals.glasses;
/** Copies of drafts as the server has them, by `_id`: one's own, and others' that one opened with a reason. */
export const syncedDrafts: ReadonlySignal<ReadonlyMap<string, Draft>> = signals.syncedDrafts;
/** Own drafts of visits' notes, by draft: as they are on this tablet, and how they stand to the others. */
export const visitDrafts: ReadonlySignal<ReadonlyMap<string, VisitDraft>> = signals.visitDrafts;
/** Who opened whose draft, when and why, the latest first: one's own, or opened by oneself. */
export const draftOpenings: ReadonlySignal<readonly DraftOpening[]> = signals.draftOpenings;
/** Photos of visits that this tablet keeps, by photo. */
export const photos: ReadonlySignal<ReadonlyMap<string, OwnPhoto>> = signals.photos;
/** This person's own entries, newest first. */
export const entries: ReadonlySignal<readonly OutboxItem[]> = signals.entries;
/** Own entries that only a newer version of the app can show. */
export const beyond: ReadonlySignal<readonly BeyondItem[]> = signals.beyond;
/** How many of this person's entries were erased by law, here and on the server. */
export const erased: ReadonlySignal<number> = signals.erased;
export const status: ReadonlySignal<SyncStatus> = signals.status;
/** Milliseconds since 1970 by the server's clock, as far as it is known; moves each second. */
export const now: ReadonlySignal<number> = signals.now;
/** The school's date, YYYY-MM-DD. */
export const today: ReadonlySignal<string> = signals.today;
/** The school's time of day, HH:MM. */
export const nowLocal: ReadonlySignal<string> = signals.nowLocal;
/** Why signing in came to nothing on this tablet, in words; null for nothing to say. */
export const trouble: ReadonlySignal<string | null> = signals.trouble;
/** What is on this tablet has been read; until then show neither sign-in nor an empty page. */
export const ready: ReadonlySignal<boolean> = signals.ready;

/** What the school enrolled this tablet as; null where it did not. */
export const enrolment: ReadonlySignal<Enrolment | null> = signals.enrolment;
/** The school has revoked this tablet: how far it has come with emptying itself. Null: it has not. */
export const departure: ReadonlySignal<DepartureNews | null> = signals.departure;

/** The key of a sheet in {@link sheets}. */
export function sheetKey(date: string, session: "AM" | "PM", group: string): string {
  return `sheet:${date}:${session}:${group}`;
}

/** This moment by the tablet's own clock: what a claim's `observed_at` wants. */
export function observedNow(): string {
  return instant(Date.now());
}

/** Read a pupil's marks of this half-term and the last from this tablet into {@link histories}. */
export function showHistory(pupil: string): void {
  application.showHistory(pupil);
}

let updates = NO_UPDATES;

/**
 * Open what is on this tablet, and begin to sync. Called once. `arrived`: somebody has just come
 * back from a sign-in provider.
 */
export async function start(how: { arrived: boolean }): Promise<void> {
  await application.start(how);
  // In development the worker would serve yesterday's modules.
  if (!import.meta.env.PROD) return;
  try {
    updates = await watchUpdates(() => application.updateReady());
  } catch {
    // Offline, or on a page that is not secure: the version at hand goes on, and looks again next time.
  }
}

/** Sign in by name and password; needs the server. `message` says what went wrong, in words. */
export function signIn(username: string, password: string): Promise<SignInResult> {
  return application.signIn(username, password);
}

/**
 * Sign out. Entries that wait stay on this tablet and are sent when their author signs in again.
 * Resolves to an address at which the browser signs out of a provider too; null for none.
 */
export function signOut(): Promise<string | null> {
  return application.signOut();
}

/** Every way in that the server offers. */
export function waysToSignIn(): Promise<Answer<SignInWays>> {
  return application.ways();
}

/**
 * Open another school of the person's; null once it is, or why it cannot be now, in words. What is
 * waiting is sent first, and what came from the school that is left is removed.
 */
export function openSchool(id: string): Promise<string | null> {
  return application.openSchool(id);
}

/** Enrol this tablet with a code from the school's screen; `message` says what went wrong, in words. */
export function enrol(code: string): Promise<EnrolResult> {
  return application.enrol(code);
}

/** After this tablet was revoked and emptied: begin again, as one that nobody used. */
export function beAnew(): Promise<void> {
  return application.beAnew();
}

/** Ask the server something live. Every request goes this way: an enrolled tablet signs each one. */
export function ask<T>(path: string, call: Call = {}): Promise<Answer<T>> {
  return application.ask<T>(path, call);
}

/** Send and fetch now, whatever the loop is waiting for; what was refused is offered again. */
export function syncNow(): void {
  void application.syncNow();
}

/** Let the waiting new version take over; the page loads again. Never call it over an open form. */
export function applyUpdate(): void {
  updates.apply();
}

/** Look for a new version now; whether there is one, which then shows in the status. */
export function lookForUpdate(): Promise<boolean> {
  return updates.look();
}

/**
 * Write an entry: who, when and by which clock are filled in. Resolves when it is durable on this
 * tablet; rejects with a sentence to show when it could not be saved (no space left, no store).
 */
export function record(body: NewBody): Promise<OutboxItem> {
  return application.record(body);
}

/**
 * The draft of a visit's note, to go on with in a form: what another tablet wrote since is taken in.
 * Null for none. `others` "apart": both were written on; show the way to reconcile them.
 */
export function loadVisitDraft(draft: string): Promise<VisitDraft | null> {
  return application.visitDrafts.load(draft);
}

/**
 * Save a draft at a pause; resolves once it is durable on this tablet, and it is sent soon. Prose is
 * merged by sentences with what other tablets wrote; any other field is chosen whole: keep those
 * small, one a thing. `draft` is an id that the form makes once.
 */
export function saveVisitDraft(draft: string, input: DraftInput): Promise<void> {
  return application.visitDrafts.save(draft, input);
}

/** What this tablet and the author's others say, merged as far as that goes, for the author to settle. */
export function reconcileVisitDraft(draft: string): Reconciliation {
  return application.visitDrafts.reconcile(draft);
}

/** Go on with the fields that the author chose from a reconciliation. */
export function settleVisitDraft(fields: DraftInput["fields"], from: Reconciliation): Promise<void> {
  return application.visitDrafts.settle(fields, from);
}

/** `draft`, `covers` and `begun_at` for the `visit.submitted` that hands in what is on this tablet; null: nothing is. */
export function draftSubmission(draft: string): Submission | null {
  return application.visitDrafts.submission(draft);
}

/** The draft's `visit.submitted` is recorded: this tablet's copy goes; the server's go once it stands. */
export function draftHandedIn(draft: string): Promise<void> {
  return application.visitDrafts.handedIn(draft);
}

/**
 * Keep a photo of a visit: made smaller, without where it was taken, sent after everything else.
 * Rejects with words where the file is no photo, or it cannot be kept.
 */
export async function addPhoto(file: Blob, about: PhotoInput): Promise<void> {
  const { prepare } = await import("../photos/prepare.ts");
  const limit = signals.school.peek()?.photo_bytes ?? 0;
  await application.photos.add(await prepare(file, limit), about);
}

/** Send a photo again now, whatever the pause. */
export function retryPhoto(photo: string): Promise<void> {
  return application.photos.retry(photo);
}

/** A photo, or its thumbnail, from the server. */
export function fetchPhoto(photo: string, part: "thumbnail" | "photo"): Promise<Answer<Blob>> {
  const here = me.peek()?.schools[0]?.school ?? "";
  return ask<Blob>(`/db/${encodeURIComponent(here)}/_photos/${encodeURIComponent(photo)}/${part}`);
}

/** Discard a draft, on every tablet, as far as it shows here. */
export function discardVisitDraft(draft: string): Promise<void> {
  return application.visitDrafts.discard(draft);
}

/** Keep a form's unfinished state; any value that can be cloned. */
export function saveDraft(key: string, value: unknown): Promise<void> {
  return application.saveDraft(key, value);
}

/** A form's unfinished state, as it was saved under that key; null if there is none. */
export async function loadDraft<T>(key: string): Promise<T | null> {
  // A key belongs to one form, which alone knows what it saved there.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (await application.loadDraft(key)) as T | null;
}

/** Forget a form's unfinished state. */
export function dropDraft(key: string): Promise<void> {
  return application.dropDraft(key);
}
