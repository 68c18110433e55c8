/** Names on the screens of those who answer for a concern. */
import { pupilName } from "../../components/people.ts";
import type { Concern } from "../../generated/types.ts";

/** What a child is called, on the screens of those who answer for them. */
export function childName({ child_name: name, pupil }: Concern): string {
  return name ?? (pupil ? pupilName(pupil) : "A child whose name was not given");
}
