/**
 * The fold: what the claims on one cell come to. Pure, and blind to order and to duplicates.
 *
 * The twin of `sync/attendance/fold.py`; `tests/vectors/fold.json` holds both to one reading. Take the claims
 * that stand and that no standing claim replaces; drop each one that another of them refines; if
 * those left say the same, the cell is agreed, else contested. No winner is ever invented.
 */
import type { Cell as WireCell, PublishedClaim, RollMark as WireRollMark, Span } from "../generated/types.ts";
import { accepted, unreplaced } from "./claims.ts";
import { codeOn } from "./codes.ts";
import { ARRIVALS, codeAsRead, HERE } from "./register.ts";

export type Verdict = NonNullable<PublishedClaim["verdict"]>;
/** A folded cell, every member present. */
export type Cell = Required<WireCell>;
export type RollMark = Required<WireRollMark>;

/** The part of a claim that the fold reads; `seenAt` is when it was observed, HH:MM, school time. */
export interface FoldClaim {
  id: string;
  code: string;
  date: string;
  arrived?: string | null;
  replaces?: readonly string[];
  verdict?: Verdict;
  /** Never decides a code: it only tells a pupil who was seen absent after arriving. */
  seenAt?: string | null;
}

const REASONED: ReadonlySet<string> = new Set(["authorised", "unauthorised", "not_possible"]);
/** Codes with which a time of arrival says nothing: here from the start, or not here. */
const NO_ARRIVAL: ReadonlySet<string> = new Set(["/", "\\", "N", "O"]);
const LEFT_OPEN: ReadonlySet<string> = new Set(["N", "O"]);

/** Whether `one` says more about what `other`, an `N`, left open. */
export function refines(one: FoldClaim, other: FoldClaim, span: Span): boolean {
  if (other.code !== "N") return false;
  // A register speaks of the start of its session, so an arrival before that start refines nothing.
  if (ARRIVALS.has(one.code)) return Boolean(one.arrived) && (one.arrived ?? "") >= span.opens;
  if (LEFT_OPEN.has(one.code)) return false;
  const row = codeOn(one.code, one.date);
  return row !== undefined && REASONED.has(row.counts_as);
}

/** Fold the claims on one cell, whose session has the register times `span`. */
export function fold(claims: Iterable<FoldClaim>, span: Span): Cell {
  const live = unreplaced(claims);
  const joined = live.filter((old) => live.some((one) => refines(one, old, span)));
  const left = live.filter((claim) => !joined.includes(claim));
  const codes = new Set(left.map((claim) => codeAsRead(claim.code, claim.arrived, span)));
  const arrived = earliestArrival(left);
  return {
    state: left.length === 0 ? "unmarked" : codes.size === 1 ? "agreed" : "contested",
    code: codes.size === 1 ? ([...codes][0] ?? null) : null,
    live: left.map((claim) => claim.id),
    joined: joined.map((claim) => claim.id),
    arrived,
    recheck: arrived !== null && live.some((claim) => claim.code === "N" && (claim.seenAt ?? "") > arrived),
  };
}

function earliestArrival(claims: readonly FoldClaim[]): string | null {
  const times = claims.flatMap((claim) => (!NO_ARRIVAL.has(claim.code) && claim.arrived ? [claim.arrived] : []));
  return times.toSorted()[0] ?? null;
}

/** What a claim chosen now `replaces`: the claims shown (live and joined), and all that those had replaced. */
export function screen(claims: Iterable<FoldClaim>, span: Span): string[] {
  const known = new Map([...claims].map((claim) => [claim.id, claim]));
  const cell = fold(known.values(), span);
  return accepted([...cell.live, ...cell.joined], known);
}

/**
 * Where a pupil is held to be, for a roll call: contested or rechecked is `check`. Nobody is
 * called on site on a guess: no mark, and an `N` or `O`, read `unknown`. Any arrival ends the search:
 * a pupil back from an appointment (`M`, arrived 10:40) is on site.
 */
export function rollMark(cell: WireCell, date: string, { left = null }: { left?: string | null } = {}): RollMark {
  const code = cell.code ?? null;
  const arrived = cell.arrived ?? null;
  if (cell.state === "contested" || cell.recheck) return { state: "check", code, arrived };
  if (code === null || LEFT_OPEN.has(code) || codeOn(code, date) === undefined) {
    return { state: "unknown", code, arrived: null };
  }
  const onSite = (HERE.has(code) || arrived !== null) && left === null;
  return { state: onSite ? "on_site" : "off_site", code, arrived };
}
