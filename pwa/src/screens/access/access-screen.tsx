// People and access: who holds what, given by whom, until when; give a grant, end one, explain.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { announce } from "../../components/announcer.tsx";
import { AskedState } from "../../components/asked-state.tsx";
import { useAsked } from "../../components/asked.ts";
import { Button } from "../../components/button.tsx";
import { Details } from "../../components/details.tsx";
import { TextField } from "../../components/field.tsx";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { Tag } from "../../components/tag.tsx";
import { count } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import { POST } from "../../domain/grants.ts";
import type { AccessList, GrantLine, PersonAccess } from "../../generated/types.ts";
import { entries, groups, me, school, today } from "../../state/app.ts";
import { OfficeNav } from "../office/parts/office-nav.tsx";
import { ReasonDialog } from "../office/parts/reason-dialog.tsx";
import { Section } from "../office/parts/section.tsx";
import { useTablets } from "../tablets/use-tablets.ts";
import { ExplainScreen } from "./explain-screen.tsx";
import { PURPOSE_LENGTH } from "./give.ts";
import { GiveDialog } from "./give-dialog.tsx";
import { pendingOf, sortPeople } from "./people.ts";
import type { GrantItem } from "./people.ts";
import { PersonLine } from "./person-line.tsx";
import { grantWords, scopeWords } from "./words.ts";

const EVERY_MS = 8000;
const NOBODY: readonly PersonAccess[] = [];

/** `tail`: "why", and the document in question, or nothing. */
export function AccessScreen({ tail }: { tail: string }): JSX.Element {
  const [first = "", ...rest] = tail.split("/");
  return first === "why" ? <ExplainScreen document={rest.map(decodeURIComponent).join(":")} /> : <PeopleScreen />;
}

type Open = { what: "give"; person: string } | { what: "end"; person: PersonAccess; line: GrantLine };

function PeopleScreen(): JSX.Element {
  useTablets();
  const asked = useAsked<AccessList>("_access", EVERY_MS);
  const people = asked.value?.people ?? NOBODY;
  const [open, setOpen] = useState<Open | null>(null);
  const [saved, setSaved] = useState("");
  const pending = pendingOf(entries.value, people);
  useEffect(asked.again, [pending.length]);
  const close = (words: string | null): void => {
    setOpen(null);
    if (words === null) return;
    setSaved(words);
    announce(`Saved on this tablet. ${words}`);
  };
  return (
    <Page title="People and access" lede="Who may act in this school, in which role, for whom, until when, and by whose word.">
      <OfficeNav here="access" />
      <div class="tm-office tm-access">
        <div class="tm-row tm-spread">
          <div class="tm-row">
            <Button onClick={() => setOpen({ what: "give", person: "" })} disabled={school.value === null}>
              Give a grant
            </Button>
            <Link to="/access/why" class="govuk-button govuk-button--secondary">
              Why can somebody see something?
            </Link>
          </div>
          {asked.value === null ? null : <p class="tm-small tm-soft">As at {moment(asked.value.as_at, today.value)}</p>}
        </div>
        {saved === "" ? null : <output class="tm-panel tm-office-saved">Saved on this tablet. {saved}</output>}
        <Pending items={pending} people={people} />
        <AskedState asked={asked} />
        {asked.value === null ? null : <Lists people={people} onOpen={setOpen} />}
      </div>
      {open?.what === "give" ? <GiveDialog person={open.person} people={people} onClose={close} /> : null}
      {open?.what === "end" ? <EndDialog person={open.person} line={open.line} onClose={close} /> : null}
    </Page>
  );
}

function Lists({ people, onOpen }: { people: readonly PersonAccess[]; onOpen: (open: Open) => void }): JSX.Element {
  const [typed, setTyped] = useState("");
  const { granted, ended, posts } = sortPeople(people, typed);
  const draw = (list: readonly PersonAccess[]): JSX.Element => (
    <ul class="tm-plain-list tm-office-lines">
      {list.map((person) => (
        <PersonLine
          key={person.person}
          person={person}
          onGive={() => onOpen({ what: "give", person: person.person })}
          onEnd={(_, line) => onOpen({ what: "end", person, line })}
        />
      ))}
    </ul>
  );
  return (
    <>
      <div class="tm-access-find">
        <TextField id="find-person" label="Find a person" type="search" value={typed} onInput={setTyped} />
      </div>
      <Section id="granted" title="Granted for a time" count={granted.length} empty="Nobody holds anything for a time.">
        {draw(granted)}
      </Section>
      <Section
        id="ended"
        title="Ended"
        count={ended.length}
        empty="Nobody has only what has ended."
        lede="Each tablet lets go of what it may no longer hold at its next contact, and proves it."
      >
        {draw(ended)}
      </Section>
      <Section id="posts" title="With their post" count={posts.length} empty="Nobody else works here.">
        <Details summary={`Show ${count(posts.length, "person", "people")}`} open={typed.trim() !== ""}>
          {draw(posts)}
        </Details>
      </Section>
    </>
  );
}

/** What was done here and the list cannot show: it waits, or it did not come to stand. */
function Pending({ items, people }: { items: readonly GrantItem[]; people: readonly PersonAccess[] }): JSX.Element | null {
  if (items.length === 0) return null;
  const nameOf = (person: string): string =>
    people.find((one) => one.person === person)?.name ?? school.value?.staff.find((one) => one.person === person)?.name ?? "Somebody";
  return (
    <section class="tm-panel tm-panel--warning tm-stack" aria-labelledby="pending">
      <h2 class="tm-h3" id="pending">
        Done on this tablet, and not in the list yet
      </h2>
      <ul class="tm-plain-list tm-stack">
        {items.map((item) => (
          <li key={item.id}>
            <Tag tone={item.state === "waiting" ? "warning" : "alert"}>{STATES[item.state] ?? item.state}</Tag> {nameOf(item.body.person)}:{" "}
            {pendingWords(item)}. {item.reason ?? ""}
          </li>
        ))}
      </ul>
    </section>
  );
}

const STATES: Readonly<Partial<Record<GrantItem["state"], string>>> = {
  waiting: "Waits to be sent",
  held: "Held",
  refused: "Could not be sent",
};

function pendingWords({ body }: GrantItem): string {
  if (body.kind === "grant.ended") return `a grant is ended, ${body.reason}`;
  const names = (body.groups ?? []).map((group) => groups.value.get(group)?.name ?? "a group");
  return `${scopeWords(body.grants, names, body.pupils?.length ?? 0, body.cases?.length ?? 0)}, until ${moment(body.ends, today.value)}`;
}

function EndDialog(props: { person: PersonAccess; line: GrantLine; onClose: (saved: string | null) => void }): JSX.Element {
  const { person, line, onClose } = props;
  const grant = line.grant.id ?? POST;
  const own = person.person === me.value?.person;
  return (
    <ReasonDialog
      title={`End what ${person.name} was granted`}
      submit="End it now"
      hint="They read it on their tablet. It is kept for good, with your name."
      maxLength={PURPOSE_LENGTH}
      bodies={(reason) => [{ kind: "grant.ended", grant, person: person.person, reason }]}
      onClose={(done) => onClose(done ? `${person.name}: ${grantWords(line)} is ended.` : null)}
    >
      <p>
        <strong>{grantWords(line)}.</strong> It ends when this is saved. What they wrote until then counts; what they still have on a
        tablet leaves it at the tablet’s next contact.
      </p>
      {grant === POST ? (
        <p class="tm-panel tm-panel--warning">
          This is {own ? "your own" : "their"} post, for as long as {own ? "you work" : "they work"} here. Once ended, only whoever keeps the
          accounts can give it back.
        </p>
      ) : null}
    </ReasonDialog>
  );
}
