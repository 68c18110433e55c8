// One person: what they hold now and held before, what of it is on their tablets, and what can be done.
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";
import { Details } from "../../components/details.tsx";
import { Tag } from "../../components/tag.tsx";
import { count } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import { givenBy } from "../../domain/policy.ts";
import type { GrantLine, PersonAccess } from "../../generated/types.ts";
import { me, today } from "../../state/app.ts";
import { listing } from "../tablets/use-tablets.ts";
import { holdingWords, nameOf } from "../tablets/words.ts";
import { namesOfCases } from "./case-names.ts";
import { tabletsOf } from "./people.ts";
import { grantWords, nowWords, whenWords, whyWords } from "./words.ts";

interface LineProps {
  person: PersonAccess;
  onGive: (person: PersonAccess) => void;
  onEnd: (person: PersonAccess, line: GrantLine) => void;
}

function clock(instant: string): string {
  return moment(instant, today.value);
}

export function PersonLine({ person, onGive, onEnd }: LineProps): JSX.Element {
  const current = person.grants.filter(({ state }) => state !== "over");
  const over = person.grants.filter(({ state }) => state === "over");
  return (
    <li class="tm-office-line">
      <div class="tm-office-line__who">
        <h3 class="tm-h3">{person.name}</h3>
        <span class="tm-soft tm-small">{nowWords(person)}</span>
      </div>
      <div class="tm-office-line__facts tm-stack">
        <Grants lines={current} person={person} onEnd={onEnd} />
        <Tablets person={person.person} />
        {over.length === 0 ? null : (
          <Details summary={`${count(over.length, "grant")} ended`} open={current.length === 0}>
            <Grants lines={over} person={person} onEnd={onEnd} />
          </Details>
        )}
      </div>
      <div class="tm-office-line__actions">
        {(person.closed ?? false) || person.person === me.value?.person ? null : (
          <Button small kind="secondary" onClick={() => onGive(person)} label={`Give a grant to ${person.name}`}>
            Give a grant
          </Button>
        )}
      </div>
    </li>
  );
}

function Grants({ lines, person, onEnd }: { lines: readonly GrantLine[] } & Pick<LineProps, "person" | "onEnd">): JSX.Element {
  const mine = me.value?.role;
  const gives = mine === undefined ? [] : givenBy(mine);
  if (lines.length === 0) return <p>Nothing is granted to them now.</p>;
  return (
    <ul class="tm-plain-list tm-stack">
      {lines.map((line) => (
        <li class="tm-access-grant" key={line.grant.id ?? "post"}>
          <div>
            <div>
              <strong>{grantWords(line)}</strong>, {whenWords(line, clock)}{" "}
              {line.state === "to_begin" ? <Tag tone="quiet">To begin</Tag> : null}
            </div>
            {(line.grant.cases ?? []).length === 0 ? null : <div>{namesOfCases(line.grant.cases ?? [])}</div>}
            <div class="tm-soft tm-small">{whyWords(line)}</div>
          </div>
          {line.state !== "over" && gives.includes(line.grant.role) ? (
            <Button small kind="secondary" onClick={() => onEnd(person, line)} label={`End: ${person.name}, ${grantWords(line)}`}>
              End
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** The proof, tablet by tablet, that it holds what it may and nothing else. */
function Tablets({ person }: { person: string }): JSX.Element | null {
  const found = tabletsOf(listing.value.rows ?? [], person);
  if (found.length === 0) return null;
  return (
    <ul class="tm-plain-list tm-small" aria-label="On their tablets">
      {found.map(({ row, holding }) => (
        <li class={(holding?.owes_since ?? null) === null ? "tm-soft" : "tm-tablet__warning"} key={row.device}>
          {nameOf(row)}: {holdingWords(holding, clock)}.
        </li>
      ))}
    </ul>
  );
}
