/** The schools of somebody who works in several: the one that is open comes first. */
import type { Me } from "../generated/types.ts";

/** The same person with `school` first; as they are where it is none of theirs. */
export function openFirst(me: Me, school: string | null): Me {
  const open = me.schools.find((one) => one.school === school);
  return open === undefined ? me : { ...me, schools: [open, ...me.schools.filter((one) => one !== open)] };
}
