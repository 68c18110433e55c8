// The area's people, from its own document on this tablet.
import { school } from "../../state/app.ts";
import type { StaffMember } from "../../generated/types.ts";

/** Somebody of the area; null for nobody this tablet knows. */
export function staffMember(person: string | null | undefined): StaffMember | null {
  return school.value?.staff.find((one) => one.person === person) ?? null;
}

/** Their name, or words that say it is not here. */
export function staffName(person: string): string {
  return staffMember(person)?.name ?? "somebody whose name is not on this tablet";
}

/** Those who go on visits, or can be asked to be a buddy, by name. */
export function visitors(): StaffMember[] {
  const all = school.value?.staff ?? [];
  const goes = all.filter(({ role }) => role === "family_worker" || role === "team_lead");
  return goes.toSorted((a, b) => a.name.localeCompare(b.name, "en-GB"));
}
