/**
 * Keys of the register, while a mark of a pupil has the focus: arrows up and down go from pupil to
 * pupil, left and right from mark to mark, and a letter marks. Nothing is marked by moving.
 */

/** What the letters do. */
export const KEYS = { p: "present", n: "absent", l: "late" } as const;
/** A mark that has a key. */
export type KeyMark = (typeof KEYS)[keyof typeof KEYS];

/** Tells the mark a key stands for; null for any other key, or with a modifier held. */
export function markOfKey(event: Pick<KeyboardEvent, "key" | "altKey" | "ctrlKey" | "metaKey">): KeyMark | null {
  if (event.altKey || event.ctrlKey || event.metaKey) return null;
  const key = event.key.toLowerCase();
  return key === "p" || key === "n" || key === "l" ? KEYS[key] : null;
}

const ROWS = { ArrowUp: -1, ArrowDown: 1 } as const;
const MARKS = { ArrowLeft: -1, ArrowRight: 1 } as const;

/** Move the focus as an arrow key asks; whether it did. */
export function moveFocus(event: KeyboardEvent): boolean {
  const from = event.target;
  if (!(from instanceof HTMLElement) || from.getAttribute("role") !== "radio") return false;
  const to = isIn(ROWS, event.key) ? inRow(from, ROWS[event.key]) : isIn(MARKS, event.key) ? inGroup(from, MARKS[event.key]) : null;
  if (to === null) return false;
  event.preventDefault();
  to.focus();
  to.closest("[data-pupil]")?.scrollIntoView({ block: "nearest" });
  return true;
}

function isIn<T extends object>(steps: T, key: string): key is Extract<keyof T, string> {
  return Object.hasOwn(steps, key);
}

function radios(within: Element | null): HTMLElement[] {
  return [...(within?.querySelectorAll<HTMLElement>('[role="radio"]') ?? [])];
}

function inGroup(from: HTMLElement, step: number): HTMLElement | null {
  const all = radios(from.closest('[role="radiogroup"]'));
  return all.at((all.indexOf(from) + step) % all.length) ?? null;
}

function inRow(from: HTMLElement, step: number): HTMLElement | null {
  const row = from.closest("[data-pupil]");
  const rows = [...document.querySelectorAll("[data-pupil]")];
  const next = rows[row === null ? -1 : rows.indexOf(row) + step];
  const all = radios(next ?? null);
  const column = radios(from.closest('[role="radiogroup"]')).indexOf(from);
  return all[Math.min(column, all.length - 1)] ?? null;
}
