/** To find: pupils not here, whom nobody has explained and nobody has signed in. */
import { codeOn } from "../../../domain/codes.ts";
import { HERE } from "../../../domain/register.ts";
import type { LastMark, PublishedClaim } from "../../../generated/types.ts";
import { compare, inOrder, standing, who } from "./cells.ts";
import { proposal } from "./proposal.ts";
import type { DayInput, FindLine, LastSeen, PupilCell } from "./shapes.ts";

/**
 * The call list: cells whose live claims hold an `N` and no arrival, agreed or contested, and cells
 * agreed `N`. First those who were here earlier the same day, then the longest absent.
 */
export function toFind(
  input: DayInput,
  cells: ReadonlyMap<string, PupilCell>,
  morning: ReadonlyMap<string, PupilCell>,
): FindLine[] {
  return [...cells.values()].flatMap((at) => line(input, at, morning.get(at.pupil))).toSorted(order);
}

function order(a: FindLine, b: FindLine): number {
  return (
    Number(b.missingSinceArriving) - Number(a.missingSinceArriving) ||
    b.absentInARow - a.absentInARow ||
    compare(a.who.form, b.who.form) ||
    compare(a.who.sort, b.who.sort)
  );
}

function line(input: DayInput, at: PupilCell, morning: PupilCell | undefined): FindLine[] {
  const live = new Set(at.cell.live ?? []);
  const speaking = standing(at).filter((claim) => live.has(claim.id));
  const absent = inOrder(speaking.filter((claim) => claim.code === "N")).at(-1);
  const arrived = speaking.some((claim) => (claim.arrived ?? null) !== null);
  if (absent === undefined || arrived) return [];
  const before = marksBefore(input, at, morning);
  const run = runOf(before);
  const seen = lastSeen(before, input, morning);
  const message = newest(speaking, (claim) => claim.parent_message);
  return [
    {
      who: who(at.pupil, input.cards),
      at,
      claim: absent,
      contested: at.cell.state === "contested",
      absentInARow: run.length + 1,
      atLeast: run.open,
      lastSeen: seen,
      missingSinceArriving: seen !== null && seen.date === input.date,
      parentMessage: message,
      askOffice: speaking.some((claim) => claim.ask_office === true),
      proposed: proposal(at.row.planned ?? [], message),
    },
  ];
}

function newest(
  claims: readonly PublishedClaim[],
  field: (claim: PublishedClaim) => string | null | undefined,
): string | null {
  const said = inOrder(claims).flatMap((claim) => field(claim) ?? []);
  return said.at(-1) ?? null;
}

/** The pupil's earlier sessions, oldest first: the card's strip, and this morning for an afternoon. */
function marksBefore(input: DayInput, at: PupilCell, morning: PupilCell | undefined): LastMark[] {
  const last = input.cards.get(at.pupil)?.last ?? [];
  const earlier = last.filter((mark) => when(mark) < when(input));
  if (input.session === "AM" || morning === undefined) return earlier;
  const mark: LastMark = { date: input.date, session: "AM", state: morning.cell.state, code: morning.cell.code ?? null };
  return [...earlier.filter((one) => when(one) !== when(mark)), mark];
}

/** "2026-11-23 AM": sorts as time passes. */
function when(mark: Pick<LastMark, "date" | "session">): string {
  return `${mark.date} ${mark.session}`;
}

/**
 * Sessions missed in a row just before this one. A session that was not possible (another school,
 * the site closed) neither counts nor breaks the run; one unmarked or contested ends it, since
 * nobody knows. `open`: the strip ended first, so the run may be longer.
 */
function runOf(marks: readonly LastMark[]): { length: number; open: boolean } {
  let length = 0;
  for (const mark of marks.toReversed()) {
    const missed = isMissed(mark);
    if (missed === false) return { length, open: false };
    if (missed === true) length += 1;
  }
  return { length, open: length > 0 };
}

/** True: absent. False: here, or not known. Null: the session was not possible. */
function isMissed(mark: LastMark): boolean | null {
  const code = mark.code ?? null;
  const row = code === null ? undefined : codeOn(code, mark.date);
  if (row === undefined) return false;
  if (row.counts_as === "not_possible" || row.counts_as === "administrative") return null;
  return (row.counts_as === "authorised" || row.counts_as === "unauthorised") && !HERE.has(row.code);
}

function lastSeen(
  before: readonly LastMark[],
  input: DayInput,
  morning: PupilCell | undefined,
): LastSeen | null {
  const mark = before.findLast((one) => HERE.has(one.code ?? ""));
  if (mark === undefined) return null;
  const fromMorning = mark.date === input.date && mark.session === "AM" && morning !== undefined;
  const claims = fromMorning ? inOrder(standing(morning)) : [];
  const claim = claims.findLast((one) => HERE.has(one.code)) ?? null;
  return { date: mark.date, session: mark.session, code: mark.code ?? "", claim };
}
