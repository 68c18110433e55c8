/** A form's answers as a claim on a fact, and a fact as a form shows it. Pure. */
import { cellNamed, cellOf, screenOf, valueOf } from "../../../domain/facts.ts";
import type { CellName, Cells, Fact, FactOf } from "../../../domain/facts.ts";
import { localMoment, momentAt } from "../../../domain/time.ts";
import type { FactClaim } from "../../../generated/types.ts";
import { asked, read, shown } from "./fields.ts";
import type { Values } from "./fields.ts";
import type { CaseFactKind, Spec } from "./specs.ts";

/** What a form begins with: a fact to change, or nothing. */
export function valuesFrom<K extends CaseFactKind>(spec: Spec<K>, fact: FactOf<K> | null, timeZone: string): Values {
  const held: Readonly<Record<string, unknown>> = fact === null ? {} : { ...fact };
  const values: Values = Object.fromEntries(spec.fields.map((field) => [field.name, shown(field, held[field.name])]));
  // A contact's moment is asked for as a day and a time on the place's own clock.
  const at = held["at"];
  if (spec.kind === "contact" && typeof at === "string") {
    const { date, time } = localMoment(at, timeZone);
    return { ...values, on: date, time };
  }
  return values;
}

/** The fact that the answers say. `before`: the fact that is changed, whose other members stay. */
export function factFrom<K extends CaseFactKind>(
  spec: Spec<K>,
  values: Values,
  { item, before, timeZone }: { item: string; before: FactOf<K> | null; timeZone: string },
): FactOf<K> {
  const fields = asked(spec.fields, values);
  const unasked = spec.fields.filter((field) => !fields.includes(field));
  const said = Object.fromEntries([
    ...unasked.map((field) => [field.name, field.type === "tick" ? false : field.type === "lines" || field.type === "ticks" ? [] : null]),
    ...fields.map((field) => [field.name, read(field, values)]),
  ]);
  const of = spec.several ? { item } : {};
  const { on, time, ...rest } = said;
  const contact = spec.kind === "contact" ? { ...rest, at: momentIso(String(on), String(time), timeZone) } : said;
  // Every field is named as the fact's member is; the schema's tests hold the tables to each other.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { ...before, ...contact, ...of, fact: spec.kind } as FactOf<K>;
}

/** A claim that a fact holds, made on sight of `cells`. */
export function claimOn(cells: Cells, says: Fact, observedAt: string): FactClaim {
  return { says, observed_at: observedAt, replaces: screenOf(cells, cellOf(says)) };
}

/** Whether a cell reads otherwise than when its form was opened: somebody changed it meanwhile. */
export function hasMoved(cells: Cells, cell: CellName, seen: readonly string[]): boolean {
  const live = cellNamed(cells, cell)?.live ?? [];
  return live.length !== seen.length || live.some((id) => !seen.includes(id));
}

/** The value a form for a fact of which there is one begins with. */
export function single<K extends CaseFactKind>(cells: Cells, kind: K): FactOf<K> | null {
  // A cell is named by the fact that it holds.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return valueOf(cells, kind) as FactOf<K> | null;
}

function momentIso(date: string, time: string, timeZone: string): string {
  return new Date(momentAt(date, time, timeZone)).toISOString();
}
