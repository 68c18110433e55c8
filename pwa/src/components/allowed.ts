/** What the person at this tablet may see and do in the school that is open, by the grants in force now. */
import { computed } from "@preact/signals";
import type { Kind, Role } from "../domain/entry.ts";
import { rolesAt, stateOf } from "../domain/grants.ts";
import { hasPower, mayWrite, sees } from "../domain/policy.ts";
import type { Power, Reach } from "../domain/policy.ts";
import type { MySchool } from "../generated/types.ts";
import { me, now } from "../state/app.ts";

/** The school that is open; null while nobody is at the tablet. */
export const here = computed((): MySchool | null => me.value?.schools[0] ?? null);

// As text: the time moves each second, and what it comes to hardly ever does.
const held = computed(() => {
  const person = me.value;
  return person === null ? "" : JSON.stringify(rolesAt(person.schools[0], person.role, now.value));
});

/** The roles in force now; none where every grant has ended. */
export const roles = computed((): readonly Role[] => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- written two lines above
  return held.value === "" ? [] : (JSON.parse(held.value) as Role[]);
});

/** Whether this is an authority's area: no pupil is on a roll here, and no register is taken. */
export const inArea = computed((): boolean => here.value?.phase === "area");

const OF_SCHOOLS: ReadonlySet<Reach> = new Set<Reach>(["roll", "groups", "pupils", "office", "support"]);

/** Whether a case was granted to them by name: then they see it, whatever their role. */
const hasCase = computed((): boolean => {
  const grants = here.value?.grants ?? [];
  return grants.some((grant) => (grant.cases?.length ?? 0) > 0 && stateOf(grant, now.value) === "in_force");
});

/** Whether they see a part of the documents of the place that is open. */
export function maySee(reach: Reach): boolean {
  if (inArea.value && OF_SCHOOLS.has(reach)) return false;
  return roles.value.some((role) => sees(role, reach)) || (reach === "cases" && hasCase.value);
}

/** Whether the page of cases has anything for them: cases, what figures say of them, or a restricted one to open. */
export function seesCases(): boolean {
  return maySee("cases") || maySee("summaries") || (inArea.value && mayDo("glass"));
}

/** Whether they answer for concerns here: of some kind, as far as their grants reach. */
export function answers(): boolean {
  return maySee("safeguarding") || maySee("allegations") || maySee("chair");
}

/** Whether they may do something that is no entry. */
export function mayDo(power: Power): boolean {
  if (inArea.value && power === "figures") return false; // they count registers
  return roles.value.some((role) => hasPower(role, power));
}

/** Whether they may make entries of a kind, in one of their roles. */
export function mayRecord(kind: Kind): boolean {
  return roles.value.some((role) => mayWrite(role, kind));
}
