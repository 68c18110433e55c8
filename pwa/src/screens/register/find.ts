/** Finding a pupil of the school by what a teacher types. Pure. */
import { bySurname } from "../../components/named.ts";
import type { Named } from "../../components/named.ts";

/** Lower case, without accents or apostrophes: "zoe" finds Zoë, "obrien" O’Brien. */
function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/[\p{Mn}’']/gu, "").toLowerCase();
}

/** Pupils of whom every word typed begins a name or the form; nobody for less than two letters. */
export function findPupils(all: Iterable<Named>, typed: string): Named[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  if (words.join("").length < 2) return [];
  const fits = ({ knownAs, surname, form }: Named): boolean => {
    const parts = plain(`${knownAs} ${surname} ${form}`).split(/[\s-]+/);
    return words.every((word) => parts.some((part) => part.startsWith(word)));
  };
  return [...all].filter(fits).toSorted(bySurname);
}
