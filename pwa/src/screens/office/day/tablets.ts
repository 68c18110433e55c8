/** Tablets that have gone quiet. */
import { compare } from "./cells.ts";
import { lastHeard } from "./registers.ts";
import type { Contact, DayInput, RegisterLine, SilentTablet } from "./shapes.ts";

/** A tablet in use asks the server at least once a minute; ten minutes without is silence. */
export const SILENT_MS = 10 * 60_000;

/**
 * Tablets to ring about: those last heard with entries still to send, and those of people whose
 * register is open or late and who were not heard in the last ten minutes. Null while the server
 * cannot be asked: not knowing is not silence.
 */
export function silent(input: DayInput, missing: readonly RegisterLine[]): SilentTablet[] | null {
  const { contacts } = input;
  if (contacts === null) return null;
  const quiet = contacts.filter((contact) => isSilent(contact, input.now));
  const holding = quiet.filter((contact) => contact.waiting > 0).map((contact) => tablet(contact, missing));
  const seen = new Set(holding.map((line) => line.person));
  const awaited = missing.filter((line) => line.lateness.kind === "open" || line.lateness.kind === "late");
  const people = new Map(awaited.flatMap((line) => (line.taker === null ? [] : [[line.taker, line] as const])));
  const unheard = [...people].flatMap(([person, line]) => {
    const contact = lastHeard(contacts, person);
    if (seen.has(person) || (contact !== null && !isSilent(contact, input.now))) return [];
    if (contact !== null) return [tablet(contact, missing)];
    return [neverHeard(person, line.takerName, missing)];
  });
  return [...holding, ...unheard].toSorted((a, b) => b.waiting - a.waiting || compare(a.name, b.name));
}

function isSilent(contact: Contact, now: number): boolean {
  return now - Date.parse(contact.last_contact) > SILENT_MS;
}

function tablet(contact: Contact, missing: readonly RegisterLine[]): SilentTablet {
  return {
    person: contact.person,
    name: contact.name,
    device: contact.device,
    lastContact: contact.last_contact,
    waiting: contact.waiting,
    registers: registersOf(contact.person, missing),
  };
}

function neverHeard(person: string, name: string, missing: readonly RegisterLine[]): SilentTablet {
  return { person, name, device: null, lastContact: null, waiting: 0, registers: registersOf(person, missing) };
}

function registersOf(person: string, missing: readonly RegisterLine[]): string[] {
  return missing.filter((line) => line.taker === person).map((line) => line.name);
}
