/** Children whom a concern may be about, as this tablet knows them. Pure. */
import { fits, plain, wordsOf } from "../../components/finding.ts";
import { bySurname } from "../../components/named.ts";
import type { Named } from "../../components/named.ts";
import { itemsOf } from "../../domain/facts.ts";
import type { Case } from "../../generated/types.ts";

/** A child, and where they belong. */
export interface Child {
  readonly name: string;
  /** What tells them from others of that name: the form, or the school. */
  readonly detail: string;
  readonly case: string | null;
  readonly child: string | null;
  readonly school: string | null;
  readonly pupil: string | null;
}

const MOST = 8;

/** The children of a case's household, as it stands. */
export function childrenOf(one: Case): Child[] {
  return itemsOf(one.cells, "member").flatMap(({ item, value }) => {
    if (value === null || !value.child) return [];
    const known = (one.schools ?? []).find(({ school }) => school === value.school);
    return [
      {
        name: value.name,
        detail: known?.name ?? value.school_name ?? "no school that is known",
        case: one.case,
        child: item,
        school: known === undefined ? null : (value.school ?? null),
        pupil: known === undefined ? null : (value.pupil ?? null),
      },
    ];
  });
}

/** Every child whom somebody may choose: the pupils of a school, or of an area's cases. */
export function everyChild(people: ReadonlyMap<string, Named>, cases: ReadonlyMap<string, Case>): Child[] {
  const pupils = [...people.values()].toSorted(bySurname).map(({ pupil, knownAs, surname, form }): Child => {
    return { name: `${knownAs} ${surname}`.trim(), detail: form, case: null, child: null, school: null, pupil };
  });
  return [...pupils, ...[...cases.values()].flatMap(childrenOf)];
}

/** Those whom every word typed fits. */
export function findChildren(all: readonly Child[], typed: string): Child[] {
  const words = wordsOf(typed);
  const [first] = words;
  if (first === undefined) return [];
  const rank = ({ name }: Child): number => (plain(name.split(" ").at(-1) ?? "").startsWith(first) ? 0 : 1);
  return all
    .filter(({ name, detail }) => fits(words, `${name} ${detail}`))
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, MOST);
}

/** Whom the page was asked for: `?pupil=`, or `?case=` with or without `&child=`. Null: nobody yet. */
export function childAsked(all: readonly Child[], query: URLSearchParams): Child | null {
  const [pupil, ofCase, child] = ["pupil", "case", "child"].map((name) => query.get(name));
  if (pupil) return all.find((one) => one.pupil === pupil && one.case === null) ?? null;
  if (!ofCase) return null;
  const household = all.filter((one) => one.case === ofCase);
  if (child) return household.find((one) => one.child === child) ?? null;
  return household.length === 1 ? (household[0] ?? null) : null;
}
