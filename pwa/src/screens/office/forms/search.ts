/** Finding a pupil by what a person at a desk types: any part of the names, and the form. */
import type { Card } from "../../../generated/types.ts";
import { compare, onRoll } from "../day/cells.ts";

/** Without accents and case, so that "zoe" finds Zoë. */
function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll(/[’']/g, "").toLowerCase();
}

/**
 * Pupils on roll of whom every word typed begins a part of the name or form, surnames that begin
 * with the first word first. Nothing typed finds nobody.
 */
export function findPupils(cards: Iterable<Card>, typed: string, date: string, limit = 8): Card[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  const [first] = words;
  if (first === undefined) return [];
  const rank = (card: Card): number => (plain(card.surname).startsWith(first) ? 0 : 1);
  return [...cards]
    .filter((card) => onRoll(card, date) && matches(card, words))
    .toSorted((a, b) => rank(a) - rank(b) || compare(a.surname, b.surname) || compare(a.known_as, b.known_as))
    .slice(0, limit);
}

function matches(card: Card, words: readonly string[]): boolean {
  const parts = plain(`${card.known_as} ${card.surname} ${card.form_name}`).split(/[\s-]+/);
  return words.every((word) => parts.some((part) => part.startsWith(word)));
}
