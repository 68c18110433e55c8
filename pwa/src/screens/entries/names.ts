/** Names for the words of one's own entries, from what this tablet holds. */
import { groupName, pupilName } from "../../components/people.ts";
import { school } from "../../state/app.ts";
import type { Names } from "./entry-words.ts";

export const NAMES: Names = {
  pupil: pupilName,
  group: groupName,
  staff: (person) => school.value?.staff.find((one) => one.person === person)?.name ?? "another person",
};
