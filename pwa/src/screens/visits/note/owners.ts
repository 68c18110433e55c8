/** Who can be given an action: oneself, colleagues, the family, or anybody by name. Pure. */
import { tidy } from "../../../components/text.ts";
import type { Case } from "../../../generated/types.ts";
import { adultsOf, childrenOf } from "../reading.ts";
import type { Cells } from "../reading.ts";
import { textOf } from "./fields.ts";
import type { Fields } from "./fields.ts";

/** A choice: `value` names what kind and whom. */
interface Owner {
  readonly value: string;
  readonly name: string;
  /** Where they have an account here. */
  readonly person: string | null;
}
export type Owners = readonly Owner[];

/** The value that asks for a name of one's own. */
export const SOMEBODY = "other";

/** Oneself first, then the family, then the case's other workers and the schools. */
export function ownersOf(cells: Cells, of: Case | null, person: string): Owners {
  const workers = (of?.workers ?? []).toSorted((a, b) => Number(b.person === person) - Number(a.person === person));
  const staff = workers.map((one): Owner => ({ value: `staff:${one.person}`, name: one.name, person: one.person }));
  const members = [...adultsOf(cells), ...childrenOf(cells)].map(({ item, name }): Owner => ({ value: `member:${item}`, name, person: null }));
  const schools = (of?.schools ?? []).map(({ school, name }): Owner => ({ value: `school:${school}`, name, person: null }));
  return [...staff.slice(0, 1), ...members, ...staff.slice(1), ...schools];
}

/** Whom an action was given to. */
export function ownerOf(fields: Fields, item: string, owners: Owners): { owner: string; person: string | null } {
  const chosen = textOf(fields, `new_action.${item}.who`);
  const known = owners.find(({ value }) => value === chosen);
  if (known !== undefined) return { owner: known.name, person: known.person };
  const named = tidy(textOf(fields, `new_action.${item}.owner`));
  return { owner: named === "" ? "Nobody named" : named, person: null };
}
