// Names of pupils and groups, from whatever this tablet holds. They are shown, never sent or logged.
import { computed } from "@preact/signals";
import { cards, groups, rolls, today } from "../state/app.ts";
import type { Named } from "./named.ts";

export type { Named } from "./named.ts";

/** Everybody on the fire lists of the latest day this tablet holds, and everybody with a card. */
export const people = computed((): ReadonlyMap<string, Named> => {
  const found = new Map<string, Named>();
  for (const roll of [...rolls.value.values()].toSorted((a, b) => (a.date < b.date ? -1 : 1))) {
    for (const { pupil, known_as: knownAs, surname } of roll.rows) {
      found.set(pupil, { pupil, knownAs, surname, form: roll.form_name });
    }
  }
  for (const { pupil, known_as: knownAs, surname, form_name: form } of cards.value.values()) {
    found.set(pupil, { pupil, knownAs, surname, form });
  }
  return found;
});

/** "Ada Finch"; where the name is not on this tablet, words that say so. */
export function pupilName(pupil: string): string {
  const known = people.value.get(pupil);
  if (known !== undefined) return `${known.knownAs} ${known.surname}`.trim();
  return pupil.startsWith("unlisted-") ? "A child on no list" : "A pupil whose name is not on this tablet";
}

/** A group's name, or words that say it is not known here. */
export function groupName(group: string | null | undefined): string {
  return (group ? groups.value.get(group)?.name : undefined) ?? "another group";
}

/** Today's marks of the morning, by pupil: what a register of the afternoon adds to the strip. */
export const thisMorning = computed(() => {
  const marks = new Map<string, { state: string; code: string | null }>();
  for (const roll of rolls.value.values()) {
    if (roll.date !== today.value) continue;
    for (const { pupil, am } of roll.rows) marks.set(pupil, { state: am.state, code: am.code ?? null });
  }
  return marks;
});
