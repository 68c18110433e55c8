/** Finding a pupil on roll by what a person at a desk types. Pure. */
import { fits, plain, wordsOf } from "../../../components/finding.ts";
import type { Card } from "../../../generated/types.ts";
import { compare, onRoll } from "../day/cells.ts";

/** Pupils on roll whom every word typed fits, surnames that begin with the first word first. */
export function findPupils(cards: Iterable<Card>, typed: string, date: string, limit = 8): Card[] {
  const words = wordsOf(typed);
  const [first] = words;
  if (first === undefined) return [];
  const rank = (card: Card): number => (plain(card.surname).startsWith(first) ? 0 : 1);
  return [...cards]
    .filter((card) => onRoll(card, date) && fits(words, `${card.known_as} ${card.surname} ${card.form_name}`))
    .toSorted((a, b) => rank(a) - rank(b) || compare(a.surname, b.surname) || compare(a.known_as, b.known_as))
    .slice(0, limit);
}
