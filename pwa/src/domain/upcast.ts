/**
 * Up-casting: an older body is read in today's shape. The twin of `schemas/upcast.py`;
 * `tests/vectors/upcast.json` holds both to one reading.
 *
 * Steps run whenever an own entry is read from this tablet's outbox, never on what is kept there
 * and sent: its digest is over what was written.
 */
import type { Body, Entry } from "./entry.ts";
import tables from "../generated/tables.json" with { type: "json" };

type Json = Readonly<Record<string, unknown>>;

/** The shape in which bodies are written today. */
export const SHAPE = 2;
const FIRST = 1;
const KINDS: ReadonlySet<unknown> = new Set(tables.kinds);

/** Step `i` takes a body of shape `i + 1` to `i + 2`. */
const STEPS: readonly ((body: Json) => Json)[] = [
  // Shape 2: with whom a pupil left stands apart from why. Before, one text said both.
  (body) => (body["kind"] === "departure.recorded" ? { left_with: null, ...body } : body),
];

/** The body in today's shape; one whose shape is no older one as it is. */
export function upcast(body: Json): Json {
  const shape = shapeOf(body);
  if (shape === null || shape >= SHAPE) return body;
  return { ...STEPS.slice(shape - FIRST).reduce((read, step) => step(read), body), shape: SHAPE };
}

/** An own entry as this version reads it; null for one that a newer version wrote. */
export function readEntry(entry: Entry): Entry | null {
  const body: Json = { ...entry.body };
  if (!KINDS.has(body["kind"]) || (shapeOf(body) ?? FIRST) > SHAPE) return null;
  // Only this app writes into its outbox: what is of a known kind and shape is such a body.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { ...entry, body: upcast(body) as unknown as Body };
}

function shapeOf(body: Json): number | null {
  const shape = "shape" in body ? body["shape"] : FIRST;
  return typeof shape === "number" && Number.isInteger(shape) && shape >= FIRST ? shape : null;
}
