/** The quarantine inbox, as data: what is held or set aside, whose, why, since when, and decided how. */
import type { BodyOf, Session } from "../../../domain/entry.ts";
import type { Decided, Held, Outcome, PublishedClaim, Sheet } from "../../../generated/types.ts";
import type { EntryState } from "../../../state/model.ts";
import { readOriginal } from "./original.ts";
import type { HeldMark } from "./original.ts";

/** Where something held stands: nobody has decided, two disagree, or it is decided. */
export type Standing = "open" | "contested" | "decided";
export type Filter = "open" | "held" | "set_aside" | "decided";
export type Order = "newest" | "oldest";
export type DecisionKind = "quarantine.released" | "quarantine.corrected" | "quarantine.declined";

/** A decision made on this tablet that the server has not taken in yet. */
export interface OwnDecision {
  readonly entry: string;
  readonly what: Decided["what"];
  readonly reason: string;
  readonly state: EntryState;
  /** Why the server holds or refuses the decision itself. */
  readonly problem: string | null;
}

/** One thing to decide on. */
export interface InboxItem {
  readonly id: string;
  readonly entry: string;
  readonly what: Held["what"];
  readonly kind: string | null;
  /** Who sent it; `author` where it names another person than that. */
  readonly sender: string;
  readonly author: string | null;
  readonly device: string | null;
  readonly reason: string;
  readonly reasonCode: string;
  readonly receivedAt: string;
  readonly writtenAt: string | null;
  readonly date: string | null;
  /** The day that the server has it under: a decision names that one, whatever else can be read. */
  readonly filed: string | null;
  readonly session: Session | null;
  readonly group: string | null;
  readonly pupil: string | null;
  /** What its author gave as a reason: an amendment's, a departure's. */
  readonly because: string | null;
  readonly marks: readonly InboxMark[];
  /** Facts of a visit or a case, in words. */
  readonly facts: readonly InboxFact[];
  /** Sentences that are no facts: of a note, an addendum, somebody out alone. */
  readonly said: readonly string[];
  /** Nothing of it can be read as an entry. */
  readonly unreadable: boolean;
  readonly standing: Standing;
  readonly outcome: Outcome | null;
  /** The decisions that disagree, or the one that holds; earlier ones before them. */
  readonly decisions: readonly Decided[];
  readonly own: OwnDecision | null;
  /** Written or sent by whoever looks at it: somebody else decides. */
  readonly mine: boolean;
  readonly releasable: boolean;
  /** Decisions that are on the screen now: a further one names them. */
  readonly seen: readonly string[];
}

/** A mark that does not stand, and why where that is known of it alone. */
export interface InboxMark extends HeldMark {
  readonly reason: string | null;
}

/** A fact that does not stand, and why. */
export interface InboxFact {
  readonly id: string;
  readonly what: string;
  readonly reason: string;
}

/** What the inbox is computed from. */
export interface InboxInput {
  readonly held: Iterable<Held>;
  readonly sheets: Iterable<Sheet>;
  readonly entries: readonly OwnEntry[];
  readonly person: string;
}

interface OwnEntry {
  readonly id: string;
  readonly body: { readonly kind: string };
  readonly state: EntryState;
  readonly reason: string | null;
}

type Decision = BodyOf<DecisionKind>;

/** Everything held or set aside, in no order. */
export function inboxItems({ held, sheets, entries, person }: InboxInput): InboxItem[] {
  const claims = claimsById(sheets);
  const own = ownDecisions(entries);
  return [...held].map((one) => itemOf(one, claims, own.get(one._id) ?? [], person));
}

interface Placed {
  readonly claim: PublishedClaim;
  readonly sheet: Sheet;
}

function claimsById(sheets: Iterable<Sheet>): Map<string, Placed> {
  const found = new Map<string, Placed>();
  for (const sheet of sheets) {
    for (const { claims = [] } of sheet.rows) for (const claim of claims) found.set(claim.id, { claim, sheet });
  }
  return found;
}

function isDecision(body: OwnEntry["body"]): body is Decision {
  return body.kind === "quarantine.released" || body.kind === "quarantine.corrected" || body.kind === "quarantine.declined";
}

/** This person's decisions by what they are on, the latest first, as `entries` are. */
function ownDecisions(entries: readonly OwnEntry[]): Map<string, OwnDecision[]> {
  const found = new Map<string, OwnDecision[]>();
  for (const { id, body, state, reason } of entries) {
    if (!isDecision(body)) continue;
    const one: OwnDecision = { entry: id, what: whatOf(body.kind), reason: body.reason, state, problem: reason };
    found.set(body.held, [...(found.get(body.held) ?? []), one]);
  }
  return found;
}

const WHAT: Readonly<Record<DecisionKind, Decided["what"]>> = {
  "quarantine.released": "released",
  "quarantine.corrected": "corrected",
  "quarantine.declined": "declined",
};

function whatOf(kind: DecisionKind): Decided["what"] {
  return WHAT[kind];
}

function itemOf(held: Held, claims: ReadonlyMap<string, Placed>, own: readonly OwnDecision[], person: string): InboxItem {
  const original = readOriginal(held.original);
  const placed = (held.claims ?? []).map(({ claim }) => claims.get(claim)).find((one) => one !== undefined);
  const marks = marksOf(held, original?.marks ?? [], claims);
  const published = held.decisions ?? [];
  const latest = own.find(({ entry }) => !published.some((one) => one.entry === entry)) ?? null;
  const author = held.author ?? original?.author ?? held.sender;
  return {
    id: held._id,
    entry: held.entry,
    what: held.what,
    kind: held.kind,
    sender: held.sender_name,
    author: author === held.sender ? null : author,
    device: original?.device ?? held.device ?? null,
    reason: held.reason,
    reasonCode: held.reason_code,
    receivedAt: held.received_at,
    writtenAt: original?.writtenAt ?? placed?.claim.written_at ?? null,
    date: held.date ?? original?.date ?? placed?.sheet.date ?? null,
    filed: held.date ?? null,
    session: held.session ?? original?.session ?? placed?.sheet.session ?? null,
    group: original?.group ?? placed?.claim.group ?? null,
    pupil: original?.pupil ?? null,
    because: original?.reason ?? null,
    marks,
    facts: (held.claims ?? []).flatMap(({ claim, what = null, reason }) => (what === null ? [] : [{ id: claim, what, reason }])),
    said: original?.said ?? [],
    unreadable: held.kind === null && original === null,
    standing: standingOf(held.outcome ?? null, latest),
    outcome: held.outcome ?? null,
    decisions: published.toSorted((a, b) => (a.at < b.at ? -1 : 1)),
    own: latest,
    mine: held.sender === person || author === person,
    releasable: held.releasable ?? false,
    seen: [...new Set([...published.map(({ entry }) => entry), ...own.filter(counts).map(({ entry }) => entry)])],
  };
}

/** A decision that the server refused, or holds itself, decides nothing. */
function counts({ state }: OwnDecision): boolean {
  return state === "waiting" || state === "stored" || state === "released";
}

function standingOf(outcome: Outcome | null, own: OwnDecision | null): Standing {
  if (own !== null && counts(own)) return "decided";
  if (outcome === null) return "open";
  return outcome.what === "contested" ? "contested" : "decided";
}

/** The marks it is about: of a whole entry its own, of one in part those set aside. */
function marksOf(held: Held, read: readonly HeldMark[], claims: ReadonlyMap<string, Placed>): InboxMark[] {
  const aside = held.claims ?? [];
  const reasons = new Map(aside.map(({ claim, reason }) => [claim, reason]));
  if (read.length > 0) return read.map((mark) => ({ ...mark, reason: reasons.get(mark.id ?? "") ?? null }));
  return aside.flatMap(({ claim, pupil = null, code = null, remark = null, reason }) => {
    if (code === null) return [];
    const known = claims.get(claim)?.claim;
    const [arrived, parentMessage] = [known?.arrived ?? null, known?.parent_message ?? null];
    return [{ id: claim, pupil, code, arrived, remark, parentMessage, reason }];
  });
}

const SHOWS: Readonly<Record<Filter, (item: InboxItem) => boolean>> = {
  open: ({ standing }) => standing !== "decided",
  held: ({ standing, what }) => standing !== "decided" && what === "held",
  set_aside: ({ standing, what }) => standing !== "decided" && what === "set_aside",
  decided: ({ standing }) => standing === "decided",
};

/** Those that a filter shows, in order of receipt. */
export function shownItems(items: readonly InboxItem[], filter: Filter, order: Order): InboxItem[] {
  const way = order === "newest" ? -1 : 1;
  return items.filter(SHOWS[filter]).toSorted((a, b) => way * (key(a) < key(b) ? -1 : 1));
}

function key({ receivedAt, id }: InboxItem): string {
  return `${receivedAt} ${id}`;
}

/** How many each filter shows. */
export function countsOf(items: readonly InboxItem[]): Record<Filter, number> {
  const of = (filter: Filter): number => items.filter(SHOWS[filter]).length;
  return { open: of("open"), held: of("held"), set_aside: of("set_aside"), decided: of("decided") };
}
