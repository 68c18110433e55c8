/** Finding a pupil of the school by what a teacher types. Pure. */
import { fits, wordsOf } from "../../components/finding.ts";
import { bySurname } from "../../components/named.ts";
import type { Named } from "../../components/named.ts";

/** Pupils whom every word typed fits; nobody for less than two letters. */
export function findPupils(all: Iterable<Named>, typed: string): Named[] {
  const words = wordsOf(typed);
  if (words.join("").length < 2) return [];
  return [...all]
    .filter(({ knownAs, surname, form }) => fits(words, `${knownAs} ${surname} ${form}`))
    .toSorted(bySurname);
}
