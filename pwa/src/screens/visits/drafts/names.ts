// Who and what the fields of a visit's note are about, by item: from the case, as this tablet has it.
import { computed } from "@preact/signals";
import { filled } from "../../../domain/facts.ts";
import type { Cells } from "../../../domain/facts.ts";
import { cases, school } from "../../../state/app.ts";
import type { Names } from "./field-words.ts";

const staff = computed(() => new Map((school.value?.staff ?? []).map(({ person, name }) => [person, name])));

/** Names for the fields of a note on a case. */
export function namesFor(of: string): Names {
  const cells: Cells = cases.value.get(of)?.cells ?? [];
  const found = new Map(staff.value);
  for (const { claims } of cells) {
    for (const claim of claims) {
      const says = filled(claim.says);
      if (says.fact === "member") found.set(says.item, says.name);
      if (says.fact === "barrier" || says.fact === "action") found.set(says.item, says.what);
    }
  }
  return found;
}
