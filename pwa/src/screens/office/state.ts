/** The office's page as one computed value, over the documents this device holds. */
import { computed, signal } from "@preact/signals";
import { cards, entries, groups, held, me, now, nowLocal, rolls, school, sheets, today, unexplained } from "../../state/app.ts";
import { cellsOf, sheetsOf } from "./day/cells.ts";
import { replacedBy } from "./day/own.ts";
import { sessionAt } from "./day/registers.ts";
import { datesHeld, schoolDay } from "./day/school-day.ts";
import type { PupilCell, SchoolDay, Session } from "./day/shapes.ts";
import { inboxItems } from "./inbox/items.ts";
import { contacts } from "./use-contacts.ts";

/** The day and session a person chose; null follows the clock. */
export const chosenDate = signal<string | null>(null);
export const chosenSession = signal<Session | null>(null);

export const date = computed(() => chosenDate.value ?? today.value);

export const session = computed((): Session => {
  const known = school.value;
  if (chosenSession.value !== null) return chosenSession.value;
  return known === null ? "AM" : sessionAt(known, today.value, nowLocal.value);
});

/** Days that can be looked at, latest first. */
export const dates = computed(() => datesHeld(sheets.value.values(), today.value));

// Minutes late move by the minute: to fold the school anew each second would only warm the device.
const STEP_MS = 10_000;
const step = computed(() => Math.floor(now.value / STEP_MS) * STEP_MS);
const replacedHere = computed(() => replacedBy(entries.value));

/** Everything held or set aside, with what this person has decided here. */
export const inbox = computed(() => {
  return inboxItems({
    held: held.value.values(),
    sheets: sheets.value.values(),
    entries: entries.value,
    person: me.value?.person ?? "",
  });
});

/** The school as the page shows it; null until the school's own document is here. */
export const page = computed((): SchoolDay | null => {
  const known = school.value;
  if (known === null) return null;
  return schoolDay({
    date: date.value,
    session: session.value,
    sheets: sheets.value.values(),
    rolls: rolls.value.values(),
    cards: cards.value,
    groups: groups.value,
    school: known,
    unexplained: unexplained.value,
    replacedHere: replacedHere.value,
    contacts: contacts.value,
    now: step.value,
  });
});

/** A pupil's cell as it is now, with own waiting entries; undefined where no sheet here shows it. */
export function cellNow(pupil: string, day: string, half: Session): PupilCell | undefined {
  return cellsOf(sheetsOf(sheets.value.values(), day, half)).get(pupil);
}
