// Who is in the household, how to reach them, and in which language.
import type { JSX } from "preact";
import { Tag } from "../../components/tag.tsx";
import { languageName, listing, telLink } from "../../components/text.ts";
import type { Case } from "../../generated/types.ts";
import { today } from "../../state/app.ts";
import { factOf, itemsOf } from "./reading.ts";
import type { Cells, FactOf } from "./reading.ts";
import { age } from "./words.ts";

/** Members by age, with their schools and the half-term's attendance. */
export function Household({ of }: { of: Case }): JSX.Element {
  const members = itemsOf(of.cells, "member").toSorted((a, b) => order(a).localeCompare(order(b), "en-GB"));
  if (members.length === 0) return <p class="tm-soft">Nobody is on record in this household yet.</p>;
  return (
    <ul class="tm-household">
      {members.map((one) => (
        <li key={one.item}>
          <p>
            <strong>{one.name}</strong>{" "}
            <span class="tm-soft">{[one.relation, age(one.born, today.value)].filter(Boolean).join(", ")}</span>
          </p>
          {schoolOf(one, of) === null ? null : <p class="tm-small">{schoolOf(one, of)}</p>}
          {one.note ? <p class="tm-small tm-keep-lines">{one.note}</p> : null}
        </li>
      ))}
    </ul>
  );
}

function order({ child, born, name }: FactOf<"member">): string {
  return `${child ? 1 : 0}${child ? (born ?? "9") : ""}${name}`;
}

function schoolOf(one: FactOf<"member">, { schools = [] }: Case): string | null {
  if (!one.child) return null;
  const name = schools.find(({ school }) => school === one.school)?.name ?? one.school_name ?? null;
  return name === null ? "No school on record" : [name, one.district].filter(Boolean).join(", ");
}

/** Numbers to ring; one that must not be used has no link, and says so. */
export function Phones({ cells }: { cells: Cells }): JSX.Element {
  const phones = itemsOf(cells, "phone");
  if (phones.length === 0) return <p class="tm-soft">No number is on record.</p>;
  return (
    <ul class="tm-phones">
      {phones.map((one) => (
        <li key={one.item}>
          <span>
            <strong>{one.name}</strong> <span class="tm-soft">{one.relation}</span>
            {one.language ? <span class="tm-soft">, speaks {spoken(one.language)}</span> : null}
          </span>
          {one.do_not_contact === true ? (
            <Tag tone="alert">Do not contact</Tag>
          ) : (
            <a class="govuk-button govuk-button--secondary" href={telLink(one.number)} aria-label={`Ring ${one.name}, ${one.number}`}>
              {one.number}
            </a>
          )}
        </li>
      ))}
    </ul>
  );
}

/** A language as it was written down: by its tag, or in words. */
function spoken(language: string): string {
  return /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(language) ? languageName(language) : language;
}

/** The family's language, and whether to bring an interpreter. */
export function Language({ cells }: { cells: Cells }): JSX.Element | null {
  const language = factOf(cells, "language");
  if (language === null) return null;
  return (
    <p>
      {languageName(language.language)}
      {language.interpreter === true ? (
        <>
          {" "}
          <Tag tone="warning">Interpreter needed</Tag>
        </>
      ) : null}
    </p>
  );
}

/** "Mo Hart and Bea Lind". */
export function namesOf(people: readonly string[], name: (person: string) => string): string {
  return listing(people.map(name));
}
