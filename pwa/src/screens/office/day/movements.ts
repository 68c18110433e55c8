/** Who came in late and who left early on a day, newest first, and what became of each record. */
import type { BodyOf, Claim, Session } from "../../../domain/entry.ts";
import type { Card, Departure, PublishedClaim, Sheet } from "../../../generated/types.ts";
import { cellsOf, sheetsOf, who } from "./cells.ts";
import { undoneBy } from "./own.ts";
import type { OwnEntry } from "./own.ts";
import type { PupilCell, Who } from "./shapes.ts";

export interface Movement {
  readonly key: string;
  readonly what: "arrival" | "departure";
  readonly who: Who;
  readonly session: Session;
  readonly time: string;
  /** The mark recorded with an arrival; null for a departure. */
  readonly code: string | null;
  /** What was said with it. */
  readonly words: string | null;
  readonly by: string | null;
  /** `amended`: a later claim has replaced it. `undone`: recorded in error, and taken back. */
  readonly state: "here" | "received" | "held" | "declined" | "refused" | "amended" | "undone";
  readonly receivedAt: string | null;
  /** Why it does not stand, where it does not. */
  readonly problem: string | null;
  /** The entry to take back; null for a departure that another device recorded. */
  readonly entry: string | null;
}

interface Source {
  readonly date: string;
  readonly sheets: readonly Sheet[];
  readonly cards: ReadonlyMap<string, Card>;
  readonly entries: readonly OwnEntry[];
}

const SESSIONS = ["AM", "PM"] as const;

/** Movements of `date`: from its sheets, and from own entries that no sheet shows yet. */
export function movements(source: Source): Movement[] {
  const own = ownMovements(source);
  const known = new Set(own.map((one) => one.key));
  const published = SESSIONS.flatMap((session) => sheetMovements(source, session)).filter((one) => !known.has(one.key));
  return [...own, ...published].toSorted((a, b) => (sortKey(a) < sortKey(b) ? 1 : -1));
}

function sortKey(one: Movement): string {
  return `${one.time} ${one.who.sort} ${one.key}`;
}

function ownMovements(source: Source): Movement[] {
  const undone = undoneBy(source.entries);
  const cells = new Map(SESSIONS.map((session) => [session, cellsOf(sheetsOf(source.sheets, source.date, session))]));
  return source.entries.flatMap((entry): Movement[] => {
    const { body } = entry;
    const back = undone.has(entry.id);
    if (body.kind === "departure.recorded" && body.date === source.date) {
      return [ownDeparture(entry, body, source.cards, back)];
    }
    if (body.kind !== "arrival.recorded" || body.date !== source.date) return [];
    return body.claims.map((claim) => ownArrival(entry, body, claim, source.cards, back, cells.get(body.session)));
  });
}

function ownArrival(
  entry: OwnEntry,
  body: BodyOf<"arrival.recorded">,
  claim: Claim,
  cards: Source["cards"],
  undone: boolean,
  cells: ReadonlyMap<string, PupilCell> | undefined,
): Movement {
  const at = cells?.get(claim.pupil);
  const amended = at !== undefined && isReplaced(at, entry.id);
  return {
    key: `arrival:${claim.pupil}:${entry.id}`,
    what: "arrival",
    who: who(claim.pupil, cards),
    session: body.session,
    time: claim.arrived ?? "",
    code: claim.code,
    words: claim.remark ?? null,
    by: null,
    state: undone ? "undone" : amended ? "amended" : stateOf(entry),
    receivedAt: entry.receivedAt,
    problem: entry.reason,
    entry: entry.id,
  };
}

function ownDeparture(
  entry: OwnEntry,
  body: BodyOf<"departure.recorded">,
  cards: Source["cards"],
  undone: boolean,
): Movement {
  return {
    key: departureKey(entry.id),
    what: "departure",
    who: who(body.pupil, cards),
    session: body.session,
    time: body.left,
    code: null,
    words: leavingWords(body.reason, body.left_with),
    by: null,
    state: undone ? "undone" : stateOf(entry),
    receivedAt: entry.receivedAt,
    problem: entry.reason,
    entry: entry.id,
  };
}

/** Why, and with whom where that was asked for apart. */
function leavingWords(reason: string, leftWith: string | null | undefined): string {
  return leftWith ? `${reason}. With: ${leftWith}` : reason;
}

function stateOf({ state }: OwnEntry): Movement["state"] {
  if (state === "waiting") return "here";
  if (state === "corrected") return "amended";
  return state === "stored" || state === "released" ? "received" : state;
}

function departureKey(entry: string): string {
  return `departure:${entry}`;
}

function isReplaced(at: PupilCell, entry: string): boolean {
  const ids = new Set(at.claims.filter((claim) => claim.entry === entry).map((claim) => claim.id));
  const others = at.claims.filter((claim) => (claim.verdict ?? "stands") === "stands" && claim.entry !== entry);
  return others.some((claim) => (claim.replaces ?? []).some((old) => ids.has(old)));
}

function sheetMovements(source: Source, session: Session): Movement[] {
  const cells = cellsOf(sheetsOf(source.sheets, source.date, session));
  return [...cells.values()].flatMap((at) => {
    const arrivals = at.claims
      .filter((claim) => claim.kind === "arrival.recorded")
      .map((claim) => publishedArrival(source, at, claim));
    const { departure } = at.row;
    return arrivals.concat(departure ? publishedDeparture(source, at, departure) : []);
  });
}

const STATES: Readonly<Record<NonNullable<PublishedClaim["verdict"]>, Movement["state"]>> = {
  stands: "received",
  set_aside: "held",
  held: "held",
  declined: "declined",
  erased: "undone",
  voided: "undone",
};

function publishedArrival(source: Source, at: PupilCell, claim: PublishedClaim): Movement {
  const verdict = STATES[claim.verdict ?? "stands"];
  return {
    key: `arrival:${at.pupil}:${claim.entry}`,
    what: "arrival",
    who: who(at.pupil, source.cards),
    session: at.sheet.session,
    time: claim.arrived ?? "",
    code: claim.code,
    words: claim.remark ?? null,
    by: claim.author_name,
    state: verdict === "received" && isReplaced(at, claim.entry) ? "amended" : verdict,
    receivedAt: claim.received_at ?? null,
    problem: claim.verdict_reason ?? null,
    entry: claim.entry,
  };
}

function publishedDeparture(source: Source, at: PupilCell, departure: Departure): Movement {
  return {
    key: departureKey(departure.entry),
    what: "departure",
    who: who(at.pupil, source.cards),
    session: at.sheet.session,
    time: departure.left,
    code: null,
    words: leavingWords(departure.reason, departure.left_with),
    by: departure.by_name,
    state: "received",
    receivedAt: null,
    problem: null,
    entry: departure.entry,
  };
}
