/** Contradictions, arrivals that somebody still marks absent, and pupils off site unconfirmed. */
import { byForm, claimsById, inOrder, standing, who } from "./cells.ts";
import type { ContestLine, DayInput, OffSiteLine, PupilCell, RecheckLine } from "./shapes.ts";

/** Approved education off site: final only when somebody there confirms that the pupil came. */
export const OFF_SITE: readonly string[] = ["K", "V", "P", "W", "B"];

/** Every contested cell with the claims that contradict each other. */
export function contests(input: DayInput, cells: ReadonlyMap<string, PupilCell>): ContestLine[] {
  return [...cells.values()]
    .filter((at) => at.cell.state === "contested")
    .map((at) => ({
      who: who(at.pupil, input.cards),
      at,
      claims: claimsById(at, at.cell.live ?? []),
      joined: claimsById(at, at.cell.joined ?? []),
    }))
    .toSorted(byForm);
}

/** How long a contest that came up before a person's eyes is pointed out. */
export const NEW_MS = 5 * 60_000;

/** Whether a claim of a contest was received after `openedMs`, and not long before `nowMs`. */
export function isNew(line: ContestLine, openedMs: number, nowMs: number): boolean {
  return line.claims.some((claim) => {
    const received = claim.received_at ?? null;
    const at = received === null ? 0 : Date.parse(received);
    return at > openedMs && at > nowMs - NEW_MS;
  });
}

/**
 * Signed in and still marked absent: somebody saw the pupil absent after an arrival (`recheck`),
 * or an arrival and an absence contradict each other. A matter of safety before one of marks.
 */
export function rechecks(input: DayInput, cells: ReadonlyMap<string, PupilCell>): RecheckLine[] {
  return [...cells.values()].flatMap((at) => recheck(input, at)).toSorted(byForm);
}

function recheck(input: DayInput, at: PupilCell): RecheckLine[] {
  const contested = at.cell.state === "contested";
  if (at.cell.recheck !== true && !contested) return [];
  const shown = claimsById(at, [...(at.cell.live ?? []), ...(at.cell.joined ?? [])]);
  const arrival = shown.find((claim) => (claim.arrived ?? null) !== null);
  const absent = inOrder(shown.filter((claim) => claim.code === "N" || claim.code === "O")).at(-1);
  if (arrival === undefined || absent === undefined) return [];
  return [{ who: who(at.pupil, input.cards), at, arrival, absent, contested }];
}

/**
 * Off site and not confirmed: an agreed `K V P W B` that no standing claim says was observed by
 * somebody there, and such a code planned for a session nobody has marked.
 */
export function offSite(input: DayInput, cells: ReadonlyMap<string, PupilCell>): OffSiteLine[] {
  return [...cells.values()].flatMap((at) => offSiteLine(input, at)).toSorted(byForm);
}

function offSiteLine(input: DayInput, at: PupilCell): OffSiteLine[] {
  const plan = (at.row.planned ?? []).find((planned) => OFF_SITE.includes(planned.code));
  const code = at.cell.code ?? null;
  if (code !== null && OFF_SITE.includes(code)) {
    const saying = standing(at).filter((claim) => claim.code === code && (at.cell.live ?? []).includes(claim.id));
    if (saying.some((claim) => (claim.observed_by ?? null) !== null)) return [];
    const by = saying[0]?.author_name ?? "somebody";
    const source = plan?.code === code ? plan.source : `Marked by ${by}`;
    return [{ who: who(at.pupil, input.cards), at, code, source, marked: true }];
  }
  if (at.cell.state !== "unmarked" || plan === undefined) return [];
  return [{ who: who(at.pupil, input.cards), at, code: plan.code, source: plan.source, marked: false }];
}
