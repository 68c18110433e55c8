/**
 * The chronology of a case: what happened, in the order in which it did, from what people recorded.
 * The twin of `sync/family/chronology.py`, in the same words (`schemas/family/chronology.py`).
 */
import type { CaseEvent, Contributed, Visit } from "../generated/types.ts";
import tables from "../generated/tables.json" with { type: "json" };
import { canonicalText } from "./canonical.ts";
import { stands } from "./claims.ts";
import { filled, liveClaims, valuesOf } from "./facts.ts";
import type { Cells, FactCell, FactOf, FactSaid } from "./facts.ts";
import { instant, momentAt } from "./time.ts";

/** A line that a fact tells. `at`: when it happened; null: when it was said. */
interface Line {
  what: CaseEvent["what"];
  text: string;
  at: string | null;
}

const WORDS: Readonly<Record<string, Readonly<Record<string, string>>>> = tables.chronology;
const MIDNIGHT = "00:00";

/** How something is told: the words of the table, which the server uses as well. */
export function wordFor(what: string, how: string): string {
  return WORDS[what]?.[how] ?? how;
}

/** Every line, oldest first. `others`: lines that no fact of the case or its visits tells. */
export function chronology(
  cells: Cells,
  visits: readonly Visit[],
  others: readonly CaseEvent[],
  timeZone: string,
): CaseEvent[] {
  const told = cells.flatMap((cell) => linesOf(cell, timeZone));
  return [...told, ...visits.flatMap(lineOfVisit), ...others].toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

function orderOf({ at, recorded_at: recorded, what, ref = null, text }: CaseEvent): string {
  return [at, recorded, what, ref ?? "", text].join("\0");
}

/** The lines of a cell: of what is live, each once; of a status, of every one that stood. */
function linesOf(cell: FactCell, timeZone: string): CaseEvent[] {
  const standing = cell.claims.filter(stands);
  const told = new Map(liveClaims(cell).toReversed().map((claim) => [canonicalText(filled(claim.says)), claim]));
  // That the case was opened has a line of its own.
  const shown = cell.cell === "status" ? standing.filter(({ kind }) => kind !== "case.opened") : [...told.values()];
  return shown.flatMap((claim) =>
    lines(claim.says, timeZone).map((line) => ({
      at: line.at ?? claim.observed_at,
      recorded_at: firstRecorded(line, claim, standing, timeZone),
      what: line.what,
      text: line.text,
      ref: claim.entry,
      by_name: claim.author_name,
    })),
  );
}

/** When it was first said that this happened then: words may have been mended since. */
function firstRecorded(line: Line, claim: FactSaid, standing: readonly FactSaid[], timeZone: string): string {
  if (line.at === null) return claim.written_at;
  const same = standing.filter(({ says }) => lines(says, timeZone).some(({ what, at }) => what === line.what && at === line.at));
  return same.map((one) => one.written_at).toSorted()[0] ?? claim.written_at;
}

/** What a fact tells; nothing for one that tells of no event. */
function lines(says: FactSaid["says"], timeZone: string): Line[] {
  const fact = filled(says);
  const on = (date: string, time: string | null = null): string => instant(momentAt(date, time ?? MIDNIGHT, timeZone));
  if (fact.fact === "status") {
    return [{ what: "status", text: sentence(wordFor("status", fact.outcome ?? fact.status), fact.note), at: null }];
  }
  if (fact.fact === "contact") {
    const words = `${wordFor("contact", fact.how)}, ${fact.name}, ${wordFor("reached", fact.reached ? "yes" : "no")}`;
    return [{ what: "contact", text: sentence(words, fact.note), at: fact.at }];
  }
  if (fact.fact === "letter") return [{ what: "letter", text: `Letter to ${fact.to}.`, at: on(fact.on) }];
  if (fact.fact === "meeting" && fact.held === true) {
    return [{ what: "meeting", text: sentence(wordFor("meeting", ""), fact.notes), at: on(fact.on, fact.at) }];
  }
  if (fact.fact === "review" && fact.held) {
    return [{ what: "review", text: sentence(wordFor("review", fact.outcome ?? ""), fact.note), at: on(fact.held) }];
  }
  if (fact.fact === "step") {
    return [{ what: "step", text: sentence(wordFor("step", fact.step), fact.reason), at: on(fact.on) }];
  }
  if (fact.fact === "referral") return referral(fact, on);
  return fact.fact === "strategy" ? strategy(fact, on) : [];
}

function referral(fact: FactOf<"referral">, on: (date: string) => string): Line[] {
  const sent: Line = { what: "referral", text: `Referred to ${fact.to}. ${fact.reason}`, at: on(fact.sent) };
  if (!fact.replied) return [sent];
  const answer = `${fact.to}: ${wordFor("referral", fact.status ?? "sent")}`;
  return [sent, { what: "referral", text: sentence(answer, fact.reply), at: on(fact.replied) }];
}

function strategy(fact: FactOf<"strategy">, on: (date: string) => string): Line[] {
  const began: Line = { what: "strategy", text: `Tried: ${fact.what}`, at: on(fact.began) };
  if (!fact.ended) return [began];
  const result = `Ended, ${wordFor("effect", fact.effect ?? "too_early")}: ${fact.what}`;
  return [began, { what: "strategy", text: result, at: on(fact.ended) }];
}

function sentence(words: string, note: string | null | undefined): string {
  return note ? `${words}. ${note}` : `${words}.`;
}

/** What came of a visit at the door: `contested` where people differ, "" where nobody said. */
function doorOutcome(visit: Visit): "contested" | "seen" | "no_answer" | "refused" | "wrong_address" | "" {
  const said = new Set(valuesOf(visit.cells, "outcome").map(({ outcome }) => outcome));
  return said.size > 1 ? "contested" : ([...said][0] ?? "");
}

/** When it was, or will be: arrived, else as planned, else as it was first recorded. */
function visitedAt(visit: Visit): string | null {
  const arrived = valuesOf(visit.cells, "arrived").map(({ at }) => at);
  const planned = valuesOf(visit.cells, "plan").map(({ starts }) => starts);
  const written = records(visit).map((one) => one.written_at);
  return [arrived, planned, written].find((times) => times.length > 0)?.toSorted()[0] ?? null;
}

/** Everything recorded of it beyond its plan, in no order. */
function records(visit: Visit): (FactSaid | Contributed)[] {
  const said = visit.cells.filter(({ cell }) => cell !== "plan").flatMap(liveClaims);
  return [...said, ...(visit.contributions ?? [])];
}

/** The line of a visit that took place, or was cancelled; one to come has none. */
function lineOfVisit(visit: Visit): CaseEvent[] {
  const cancelled = valuesOf(visit.cells, "plan").map((plan) => plan.cancelled ?? null);
  const been = records(visit);
  const off = been.length === 0 && cancelled.length > 0 && !cancelled.includes(null);
  if (been.length === 0 && !off) return [];
  const told = off ? visit.cells.filter(({ cell }) => cell === "plan").flatMap(liveClaims) : been;
  const order = (one: FactSaid | Contributed): string => `${one.written_at} ${one.entry}`;
  const first = told.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))[0];
  const at = visitedAt(visit);
  if (first === undefined || at === null) return [];
  const words = off ? sentence(wordFor("visit", "cancelled"), cancelled[0]) : sentence(wordFor("visit", doorOutcome(visit)), null);
  return [{ at, recorded_at: first.written_at, what: "visit", text: words, ref: visit._id, by_name: first.author_name }];
}
