/**
 * A published case with this person's own entries folded over it, by the fold the server uses
 * (`sync/family/cases.py`): what they record shows at once and without a signal, and a case that they open
 * offline is there at once. `tests/vectors/cases.json` holds both to one reading.
 */
import type { Case, CaseEvent, CaseWorker, Visit } from "../generated/types.ts";
import { chronology, wordFor } from "./chronology.ts";
import { itemsOf, valueOf, valuesOf, withClaims } from "./facts.ts";
import type { Cells } from "./facts.ts";
import type { Waiting } from "./sheet.ts";
import { byWriting, caseFacts, caseOf, tells, writtenAt } from "./told.ts";

/** Lines of the chronology that no fact of the case tells, and that the server alone knows. */
const TOLD_APART: ReadonlySet<CaseEvent["what"]> = new Set(["opened", "concern", "absence"]);

/** The cells of a case with own entries over them; the very same where they add nothing. */
export function overlayCells(base: Case | null, own: readonly Waiting[]): Cells {
  return withClaims(base?.cells ?? [], own.flatMap(caseFacts));
}

/**
 * Own entries over what is published of a case, whose visits are `visits` with own entries over
 * them; null where there is nothing to show. `moved`: those visits are not all as published.
 */
export function overlayCase(
  base: Case | null,
  own: readonly Waiting[],
  visits: readonly Visit[],
  { timeZone, moved }: { timeZone: string; moved: boolean },
): Case | null {
  const cells = overlayCells(base, own);
  const opening = own.filter((one) => tells(one, "case.opened") && one.silent === null).toSorted(byWriting)[0];
  if (base === null && opening === undefined) return null;
  if (base !== null && cells === base.cells && !moved) return base;
  const name = base?.case ?? (opening === undefined ? null : caseOf(opening.entry.body)) ?? "";
  const kept = (base?.chronology ?? []).filter(({ what }) => TOLD_APART.has(what));
  const begun = opening === undefined || kept.some(({ what }) => what === "opened") ? [] : [openedBy(opening)];
  return {
    _id: base?._id ?? `case:${name}`,
    type: "case",
    case: name,
    cells: [...cells],
    workers: base?.workers ?? (opening === undefined ? [] : [workerOf(opening)]),
    schools: base?.schools ?? [],
    attendance: base?.attendance ?? [],
    chronology: chronology(cells, visits, [...begun, ...kept], timeZone),
    restricted: isRestricted(cells),
    opened_at: [...begun, ...kept].find(({ what }) => what === "opened")?.at ?? earliest(base, own),
    as_at: base?.as_at ?? own.map(writtenAt).toSorted().at(-1) ?? "",
  };
}

/** Whether a case leaves no trace for others: also where people differ, and while nobody has said. */
export function isRestricted(cells: Cells): boolean {
  const placing = valueOf(cells, "placing");
  return placing === null || (placing.restricted ?? false);
}

/** Whether work goes on: where people differ it does, and where nobody said. */
export function statusOf(cells: Cells): "open" | "paused" | "closed" {
  const said = new Set(valuesOf(cells, "status").map(({ status }) => status));
  return (["open", "paused", "closed"] as const).find((one) => said.has(one)) ?? "open";
}

/** The teams that a case lies with: each of them, where people differ. */
export function teamsOf(cells: Cells): string[] {
  return [...new Set(valuesOf(cells, "placing").map(({ team }) => team))].toSorted();
}

/** The day of the next review: of those to come, the earliest that anybody named; null for none. */
export function reviewDue(cells: Cells): string | null {
  const toCome = itemsOf(cells, "review").flatMap(({ values }) => values.filter(({ held = null }) => held === null));
  return toCome.map(({ due }) => due).toSorted()[0] ?? null;
}

/** Before its opening has come, a case begins with what was first told. */
function earliest(base: Case | null, own: readonly Waiting[]): string {
  return [...(base === null ? [] : [base.opened_at]), ...own.map(writtenAt)].toSorted()[0] ?? "";
}

function openedBy(one: Waiting): CaseEvent {
  const at = writtenAt(one);
  const text = `${wordFor("status", "opened")}.`;
  return { at, recorded_at: at, what: "opened", text, ref: one.entry._id, by_name: one.authorName };
}

/** Whoever opens a case works on it. */
function workerOf({ entry, authorName }: Waiting): CaseWorker {
  return { person: entry.body.author, name: authorName, role: entry.body.role, agency: null };
}
