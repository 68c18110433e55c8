/** What cases are called, as far as this tablet holds them. */
import { listing } from "../../components/text.ts";
import { cases } from "../../state/app.ts";
import { familyName } from "../cases/places.ts";

/** "Okafor family"; for a case that is not on this tablet, that it is one. */
export function nameOfCase(name: string): string {
  const found = cases.value.get(name);
  return found === undefined ? "a case that is not on this tablet" : familyName(found.cells);
}

/** "Okafor family and Lindo family". */
export function namesOfCases(names: readonly string[]): string {
  return listing(names.map(nameOfCase));
}
