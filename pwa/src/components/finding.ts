/** Finding somebody by what a person types: every word begins a part of a name, or of the form. */

/** Lower case, without accents or apostrophes: "zoe" finds Zoë, "obrien" O’Brien. */
export function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/[\p{M}’']/gu, "").toLowerCase();
}

/** The words typed, plain. */
export function wordsOf(typed: string): string[] {
  return plain(typed).split(/\s+/).filter(Boolean);
}

/** Whether each of `words` begins a part of `text`; double names count as two parts. */
export function fits(words: readonly string[], text: string): boolean {
  const parts = plain(text).split(/[\s-]+/);
  return words.every((word) => parts.some((part) => part.startsWith(word)));
}
