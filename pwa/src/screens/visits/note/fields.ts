/**
 * The note's form as flat fields by name: text and choices as they are, all else as JSON text.
 *
 * So a draft is merged field by field where two tablets wrote it. What there can be several of has
 * an item in its name (`adult.<item>.name`); items sort by when they were made. Pure.
 */

export type Fields = Readonly<Record<string, string>>;

/** A text or a choice; "" for nothing yet. */
export function textOf(fields: Fields, name: string): string {
  return fields[name] ?? "";
}

/** Yes, no, or not answered. */
export function flagOf(fields: Fields, name: string): boolean | null {
  const text = fields[name];
  if (text === "true") return true;
  return text === "false" ? false : null;
}

/** How {@link flagOf} reads it back. */
export function flagText(value: boolean | null): string {
  return value === null ? "" : JSON.stringify(value);
}

/** A list of texts, such as the claims that were on the screen. */
export function listOf(fields: Fields, name: string): string[] {
  try {
    const value: unknown = JSON.parse(fields[name] ?? "[]");
    return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
  } catch {
    return [];
  }
}

/** The items of a kind that were added here and not taken away again, the oldest first. */
export function itemsIn(fields: Fields, kind: Added): string[] {
  const found = Object.keys(fields).flatMap((name) => {
    const [first, item, ...rest] = name.split(".");
    return first === kind && item !== undefined && rest.length > 0 ? [item] : [];
  });
  return [...new Set(found)].filter((item) => flagOf(fields, `${kind}.${item}.gone`) !== true).toSorted();
}

/** What a worker adds, of which there can be several. */
export type Added = "adult" | "call" | "new_action" | "new_barrier" | "strength";

const COUNT_LENGTH = 9;
const BASE = 36;

/** A new item's id: sorts after those made before it. */
export function newItem(nowMs: number, random: string): string {
  return `${Math.max(0, nowMs).toString(BASE).padStart(COUNT_LENGTH, "0")}-${random.slice(0, 8)}`;
}

/** Nothing was entered yet. */
export function isBlank(fields: Fields): boolean {
  return Object.entries(fields).every(([name, value]) => value === "" || name.startsWith("pin."));
}
