/** The tablet's side of `tests/sync/family/test_family_twin.py`: own entries laid over a published case. */
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import { isRestricted, overlayCase, overlayCells } from "../../../pwa/src/domain/cases.ts";
import type { Entry } from "../../../pwa/src/domain/entry.ts";
import { cellOf, screenOf } from "../../../pwa/src/domain/facts.ts";
import { isOfAVisit } from "../../../pwa/src/domain/told.ts";
import { overlayVisit } from "../../../pwa/src/domain/visits.ts";
import type { Case, Visit } from "../../../pwa/src/generated/types.ts";
import { readable, waitingOf } from "../../../pwa/src/state/items.ts";
import type { Fate } from "../../../pwa/src/store/person.ts";

interface Question {
  case: Case | null;
  visits: Visit[];
  authorName: string;
  own: { entry: Entry; fate: Fate | null }[];
  timeZone: string;
}

function answer(question: Question): object {
  const own = readable(question.own).map((one) => waitingOf(one, question.authorName));
  const cells = overlayCells(question.case, own);
  const restricted = isRestricted(cells);
  const published = new Map(question.visits.map((one) => [one.visit, one]));
  const told = own.flatMap(({ entry: { body } }) => (isOfAVisit(body) ? [body.visit] : []));
  const visits = [...new Set([...published.keys(), ...told])].flatMap((name) => {
    const of = own.filter(({ entry: { body } }) => isOfAVisit(body) && body.visit === name);
    return overlayVisit(published.get(name) ?? null, of, restricted) ?? [];
  });
  return {
    case: overlayCase(question.case, own, visits, { timeZone: question.timeZone, moved: true }),
    visits,
    screens: Object.fromEntries(cells.flatMap(({ claims }) => claims.slice(0, 1)).map(({ says }) => [cellOf(says), screenOf(cells, cellOf(says))])),
  };
}

const [, , asked = "", answered = ""] = argv;
// The file is the Python test's, which is read beside this one.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const questions = JSON.parse(readFileSync(asked, "utf8")) as Question[];
writeFileSync(answered, JSON.stringify(questions.map(answer)));
