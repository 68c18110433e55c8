/** A family and its workers: what a vector tells of a case, as own entries of a tablet. */
import { claimId, GENESIS } from "../../../pwa/src/domain/canonical.ts";
import { claimIds, makeEntry } from "../../../pwa/src/domain/entry.ts";
import type { Body, Entry, NewBody } from "../../../pwa/src/domain/entry.ts";
import type { Cells, Fact, FactSaid } from "../../../pwa/src/domain/facts.ts";
import type { Silence, Waiting } from "../../../pwa/src/domain/sheet.ts";
import type { Visit } from "../../../pwa/src/generated/types.ts";

export const CASE = "case-1";
export const VISIT = "visit-1";
export const TEN = "2026-11-23T10:00:00.000Z";
const NAMES: Record<string, string> = { ann: "Ann Aske", bo: "Bo Birk", lea: "Lea Lund" };

/** One act of a vector: the fields of its body, and what became of it. */
export interface Act {
  as: string;
  by: string;
  kind: string;
  held?: string;
  decided?: string;
  aside?: [number, string][];
  received_at?: string;
  offset_ms?: number;
  [field: string]: unknown;
}

/** What is told, and the vector's name of each id. */
export interface Telling {
  own: Waiting[];
  names: Map<string, string>;
}

/** Own entries of whoever acts; `$a` is the id of the entry `a`, `$a.0` that of its first claim. */
export function readVector(acts: readonly Act[]): Telling {
  const ids = new Map<string, string>();
  const own = acts.map((act, index) => {
    const one = read(act, index + 1, ids);
    ids.set(act.as, one.entry._id);
    for (const [claim, id] of claimIds(one.entry).entries()) ids.set(`${act.as}.${claim}`, id);
    return one;
  });
  return { own, names: new Map([...ids].map(([name, id]) => [id, name])) };
}

function read(act: Act, n: number, ids: ReadonlyMap<string, string>): Waiting {
  const { as: _as, by, kind, held, decided, aside = [], received_at: received, offset_ms: offset = 0, ...fields } = act;
  const about = {
    author: by,
    role: by === "lea" ? "team_lead" : "family_worker",
    device: `tablet-${by}`,
    written_at: TEN,
    clock: { offset_ms: offset, contact: null },
    case: CASE,
    ...(kind.startsWith("visit.") || kind.startsWith("photo.") ? { visit: VISIT } : {}),
    kind,
    ...filled(fields, ids),
  };
  const facts = "facts" in about && Array.isArray(about.facts) ? about.facts : [];
  const claims = facts.map((one: object) => ("says" in one ? { observed_at: TEN, ...one } : { says: one, observed_at: TEN }));
  // The vectors are JSON, written by hand: each body is of the kind that it names.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const body = (facts.length > 0 ? { ...about, facts: claims } : about) as unknown as Body;
  const entry = makeEntry(by.padEnd(32, "0"), n, GENESIS, "0f".repeat(16), body);
  const silence = held === undefined || decided === "released" ? null : silenceOf(held, decided);
  const set = aside.map(([index, reason]): [string, Silence] => [claimId(entry.digest, index), { verdict: "set_aside", reason }]);
  return {
    entry,
    authorName: NAMES[by] ?? by,
    receivedAt: received ?? body.written_at,
    silent: silence,
    aside: new Map(set),
    decided: decided !== undefined,
  };
}

function silenceOf(held: string, decided: string | undefined): Silence {
  return decided === "declined" ? { verdict: "declined", reason: "Lea Lund: I asked." } : { verdict: "held", reason: held };
}

function filled(value: object, ids: ReadonlyMap<string, string>): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value), (_, one: unknown) =>
    typeof one === "string" && one.startsWith("$") ? (ids.get(one.slice(1)) ?? one) : one,
  );
}

/** An own entry about the case. `facts`: claims, or what they say. */
export function recorded(kind: string, fields: Record<string, unknown> = {}, more: Partial<Waiting> = {}): Waiting {
  const [one] = readVector([{ as: "a", by: "ann", kind, ...fields }]).own;
  if (one === undefined) throw new Error("no entry was written");
  return { ...one, receivedAt: null, ...more };
}

/** Each cell's state and its live claims, as a vector writes them. */
export function cellsInBrief(cells: Cells, names: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(cells.map(({ cell, state, live }) => [cell, [state, live.map((id) => names.get(id) ?? id).toSorted()]]));
}

/** A visit as a vector writes it: without what is empty. */
export function visitInBrief(visit: Visit, names: ReadonlyMap<string, string>): Record<string, unknown> {
  const name = ({ entry }: { entry: string }): string | undefined => names.get(entry);
  const claims = visit.cells.flatMap((cell) => cell.claims);
  return withoutEmpty({
    cells: cellsInBrief(visit.cells, names),
    flags: Object.fromEntries(claims.flatMap(({ id, flags = [] }) => (flags.length > 0 ? [[names.get(id), flags]] : []))),
    contributions: (visit.contributions ?? []).map((one) => [name(one), (one.addenda ?? []).map(name)]),
    addenda: (visit.addenda ?? []).map(name),
    photos: (visit.photos ?? []).map(({ photo }) => photo),
    ended_at: visit.ended_at,
    note_due_at: visit.note_due_at,
    note_overdue_at: visit.note_overdue_at,
    owed_by: visit.owed_by,
  });
}

/** Without members that say nothing. */
export function withoutEmpty(brief: Record<string, unknown>): Record<string, unknown> {
  const says = (value: unknown): boolean =>
    value !== null && value !== undefined && (typeof value !== "object" || Object.keys(value).length > 0);
  return Object.fromEntries(Object.entries(brief).filter(([, value]) => says(value)));
}

/** A claim on a fact, by its id. */
export function said(id: string, says: Fact, more: Partial<FactSaid> = {}): FactSaid {
  return {
    id,
    entry: `entry:${id}`,
    kind: "visit.noted",
    says,
    observed_at: TEN,
    written_at: TEN,
    received_at: TEN,
    author: "ann",
    author_name: "Ann Aske",
    role: "family_worker",
    device: "tablet-ann",
    replaces: [],
    verdict: "stands",
    ...more,
  };
}

export type { Entry, NewBody };
