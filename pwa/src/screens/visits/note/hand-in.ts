/**
 * What a note's form says, as facts and as an account in the worker's own words. Pure.
 *
 * Of a visit's facts a note replaces its author's own word alone: what a colleague saw stands beside
 * it, and is contested where the two differ. Of a case's facts (an action, a barrier) it replaces
 * what was on the screen as it was answered.
 */
import { canonicalText } from "../../../domain/canonical.ts";
import { instant, momentAt } from "../../../domain/time.ts";
import { BARRIERS } from "../../../components/barriers.ts";
import { tidy } from "../../../components/text.ts";
import type { Contribution, FactClaim } from "../../../generated/types.ts";
import { cellNamed, cellOf, filled, liveClaims } from "../../../domain/facts.ts";
import { adultsOf, allOf, childrenOf } from "../reading.ts";
import type { Fact, FactOf } from "../reading.ts";
import { BASES, OUTCOMES } from "../words.ts";
import type { NoteFrame } from "./family.ts";
import { flagOf, itemsIn, listOf, textOf } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { ownerOf } from "./owners.ts";
import type { Owners } from "./owners.ts";

/** What is written as the note is handed in. */
export interface HandIn {
  readonly facts: FactClaim[];
  readonly contribution: Contribution;
}

/** When the visit took place: its arrival, else when it was left, else now. */
export function observedAt(frame: NoteFrame, fields: Fields): string {
  const at = momentOf(frame, fields, "arrived") ?? momentOf(frame, fields, "left");
  return at ?? instant(frame.nowMs);
}

/** The moment of a time field on the visit's day; null while it is empty. */
export function momentOf({ zone }: NoteFrame, fields: Fields, name: string): string | null {
  const [date, time] = [textOf(fields, "date"), textOf(fields, name)];
  return date === "" || time === "" ? null : instant(momentAt(date, time, zone));
}

/** The note, as it goes into the record. */
export function handIn(frame: NoteFrame, fields: Fields, owners: Owners): HandIn {
  const about = [
    ...atTheDoor(frame, fields),
    ...(textOf(fields, "outcome") === "seen" ? [...whoWasThere(frame, fields), ...children(frame, fields)] : []),
    ...after(fields),
  ];
  const ofCase = [...contacts(frame, fields), ...barriers(frame, fields), ...actions(frame, fields, owners), ...shared(frame, fields)];
  const observed = observedAt(frame, fields);
  const facts = [
    ...about.flatMap((says) => ofVisit(frame, says, observed)),
    ...ofCase.map((says) => ({ says, observed_at: observed, replaces: listOf(fields, pinName(says)) })),
  ];
  return { facts: facts.map((claim) => byTheTablet(claim, frame.offsetMs)), contribution: account(frame, fields) };
}

/** The form shows the server's time; an entry speaks by the clock of the tablet that wrote it, and is corrected as it is read. */
function byTheTablet({ says, observed_at: observed, ...rest }: FactClaim, offsetMs: number): FactClaim {
  const moved = (at: string): string => instant(Date.parse(at) - offsetMs);
  const timed = says.fact === "arrived" || says.fact === "left" || says.fact === "contact";
  return { ...rest, says: timed ? { ...says, at: moved(says.at) } : says, observed_at: moved(observed) };
}

/** The field that keeps which claims on a fact of the case were on the screen as it was answered. */
function pinName(says: Fact): string {
  return `pin.${cellOf(says)}`;
}

/** A claim, unless the author has said just that already. */
function ofVisit({ visit, person }: NoteFrame, says: Fact, observed: string): FactClaim[] {
  const cell = cellNamed(visit.cells, cellOf(says));
  const mine = cell === undefined ? [] : liveClaims(cell).filter(({ author }) => author === person);
  if (mine.length === 1 && mine.every((one) => canonicalText(filled(one.says)) === canonicalText(filled(says)))) return [];
  const own = (cell?.claims ?? []).filter(({ author }) => author === person).map(({ id }) => id);
  return [{ says, observed_at: observed, replaces: own }];
}

function text(fields: Fields, name: string): string | null {
  return tidy(textOf(fields, name)) || null;
}

function atTheDoor(frame: NoteFrame, fields: Fields): Fact[] {
  const [arrived, left] = [momentOf(frame, fields, "arrived"), momentOf(frame, fields, "left")];
  const outcome = textOf(fields, "outcome");
  return [
    ...(arrived === null ? [] : [{ fact: "arrived", at: arrived } as const]),
    ...(isOutcome(outcome)
      ? [{ fact: "outcome", outcome, card_left: flagOf(fields, "card_left") === true, note: text(fields, "outcome_note") } as const]
      : []),
    ...(left === null ? [] : [{ fact: "left", at: left } as const]),
  ];
}

function isOutcome(value: string): value is FactOf<"outcome">["outcome"] {
  return value in OUTCOMES;
}

function whoWasThere({ caseCells }: NoteFrame, fields: Fields): Fact[] {
  const members = [...adultsOf(caseCells), ...childrenOf(caseCells)].flatMap((one): Fact[] => {
    const present = flagOf(fields, `present.${one.item}`);
    if (present === null) return [];
    return [{ fact: "present", item: one.item, present, name: one.name, relation: one.relation }];
  });
  const others = itemsIn(fields, "adult").map((item): Fact => {
    const unknown = flagOf(fields, `adult.${item}.unknown`) === true;
    const name = text(fields, `adult.${item}.name`) ?? "Name not known";
    return { fact: "present", item, present: true, name, relation: text(fields, `adult.${item}.relation`) ?? "not said", unknown };
  });
  return [...members, ...others];
}

function children({ caseCells }: NoteFrame, fields: Fields): Fact[] {
  return childrenOf(caseCells).flatMap(({ item }): Fact[] => {
    const seen = flagOf(fields, `seen.${item}`);
    if (seen === null) return [];
    if (!seen) return [{ fact: "seen", item, seen, why_not: text(fields, `seen.${item}.why_not`) }];
    const alone = flagOf(fields, `alone.${item}`);
    const here: Fact = { fact: "seen", item, seen, where: text(fields, `seen.${item}.where`), presentation: text(fields, `seen.${item}.how`) };
    return alone === null ? [here] : [here, { fact: "alone", item, alone, why_not: alone ? null : text(fields, `alone.${item}.why_not`) }];
  });
}

function after(fields: Fields): Fact[] {
  const needed = flagOf(fields, "next.needed");
  const on = textOf(fields, "next.on") || null;
  const basis = textOf(fields, "basis");
  const language = text(fields, "interpreter.language");
  return [
    ...(flagOf(fields, "interpreter.used") === true && language !== null
      ? [{ fact: "interpreter", language, name: text(fields, "interpreter.name") } as const]
      : []),
    ...(isBasis(basis) ? [{ fact: "basis", basis, note: text(fields, "basis.note") } as const] : []),
    ...(needed === false || (needed === true && on !== null)
      ? [{ fact: "next_visit", on: needed ? on : null, note: text(fields, "next.note") } as const]
      : []),
  ];
}

function isBasis(value: string): value is FactOf<"basis">["basis"] {
  return value in BASES;
}

function contacts(frame: NoteFrame, fields: Fields): Fact[] {
  const calls = itemsIn(fields, "call").flatMap((item): Fact[] => {
    const name = text(fields, `call.${item}.name`);
    const at = momentOf(frame, fields, `call.${item}.at`) ?? observedAt(frame, fields);
    if (name === null) return [];
    const how = textOf(fields, `call.${item}.how`) === "text" ? "text" : "phone";
    return [{ fact: "contact", item, at, how, name, reached: flagOf(fields, `call.${item}.reached`) === true, note: null }];
  });
  return calls;
}

function barriers({ caseCells }: NoteFrame, fields: Fields): Fact[] {
  const there = allOf(caseCells, "barrier").flatMap((one): Fact[] => {
    const now = textOf(fields, `barrier.${one.item}`);
    return now === "still" || now === "removed" ? [{ ...one, removed: now === "removed" }] : [];
  });
  const added = itemsIn(fields, "new_barrier").flatMap((item): Fact[] => {
    const category = textOf(fields, `new_barrier.${item}.category`);
    const what = text(fields, `new_barrier.${item}.what`);
    if (!isCategory(category) || what === null) return [];
    return [{ fact: "barrier", item, category, what, child: text(fields, `new_barrier.${item}.child`), removed: false }];
  });
  const strengths = itemsIn(fields, "strength").flatMap((item): Fact[] => {
    const what = text(fields, `strength.${item}.what`);
    return what === null ? [] : [{ fact: "strength", item, what, gone: false }];
  });
  return [...there, ...added, ...strengths];
}

function isCategory(value: string): value is FactOf<"barrier">["category"] {
  return value in BARRIERS;
}

function actions({ caseCells }: NoteFrame, fields: Fields, owners: Owners): Fact[] {
  const there = allOf(caseCells, "action").flatMap((one): Fact[] => {
    const status = textOf(fields, `action.${one.item}`);
    if (status !== "open" && status !== "done" && status !== "dropped") return [];
    return status === (one.status ?? "open") ? [] : [{ ...one, status }];
  });
  const added = itemsIn(fields, "new_action").flatMap((item): Fact[] => {
    const what = text(fields, `new_action.${item}.what`);
    if (what === null) return [];
    const { owner, person } = ownerOf(fields, item, owners);
    const due = textOf(fields, `new_action.${item}.due`) || null;
    return [{ fact: "action", item, what, owner, person, due, child: text(fields, `new_action.${item}.child`), status: "open" }];
  });
  return [...there, ...added];
}

/** What a child's school is told on purpose; one item a child and visit, so that it is said once. */
function shared({ caseCells, visit }: NoteFrame, fields: Fields): Fact[] {
  const basis = textOf(fields, "basis");
  return childrenOf(caseCells).flatMap((one): Fact[] => {
    const words = text(fields, `shared.${one.item}`);
    if (words === null || !isBasis(basis) || basis === "none") return [];
    return [{ fact: "shared", item: `${one.item.slice(0, 30)}-${visit.visit.slice(0, 32)}`, child: one.item, text: words, basis, withdrawn: false }];
  });
}

function account({ caseCells }: NoteFrame, fields: Fields): Contribution {
  const words = childrenOf(caseCells).flatMap(({ item }) => {
    const said = text(fields, `words.${item}`);
    return said === null ? [] : [{ child: item, words: said }];
  });
  return {
    observation: text(fields, "observation"),
    analysis: text(fields, "analysis"),
    parent_view: text(fields, "parent_view"),
    words,
  };
}
