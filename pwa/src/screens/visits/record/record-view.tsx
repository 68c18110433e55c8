// What went into the record: each worker's account beside the other, the facts, and what is contested.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { mayRecord } from "../../../components/allowed.ts";
import { Button } from "../../../components/button.tsx";
import { Said, saidBy } from "../../../components/claims/said.tsx";
import { SettleDialog } from "../../../components/claims/settle-dialog.tsx";
import { Details } from "../../../components/details.tsx";
import { Tag } from "../../../components/tag.tsx";
import { count } from "../../../components/text.ts";
import { moment, timeZone } from "../../../components/words.ts";
import { contested, liveClaims } from "../../../domain/facts.ts";
import type { FactCell, FactSaid } from "../../../domain/facts.ts";
import type { Case, Contributed, Visit } from "../../../generated/types.ts";
import { me, today } from "../../../state/app.ts";
import { roleName } from "../../../domain/policy.ts";
import { childrenOf, itemsOf } from "../reading.ts";
import { staffName } from "../staff.ts";
import { AddendumDialog } from "./addendum-dialog.tsx";
import { factName, factWords } from "./fact-words.ts";

interface RecordProps {
  visit: Visit;
  of: Case | null;
}

type Words = Parameters<typeof factWords>[1];

function wordsFor(of: Case | null): Words {
  const members = new Map(itemsOf(of?.cells ?? [], "member").map(({ item, name }) => [item, name]));
  return { zone: timeZone.value, member: (item) => members.get(item) ?? "A child whose name is not on this tablet", staff: staffName };
}

/** What people differ on, also before anybody has gone: nothing where they do not. */
export function Differences({ visit, of }: RecordProps): JSX.Element | null {
  const differ = contested(visit.cells);
  if (differ.length === 0) return null;
  const around = wordsFor(of);
  return (
    <section class="tm-visit__part tm-stack" aria-labelledby="differ-title">
      <h2 class="tm-h2" id="differ-title">
        People differ
      </h2>
      {differ.map((cell) => (
        <Contested key={cell.cell} cell={cell} visit={visit} around={around} />
      ))}
    </section>
  );
}

/** Nothing of the plan: that stands below. */
export function RecordView({ visit, of }: RecordProps): JSX.Element {
  const cells = of?.cells ?? [];
  const around = wordsFor(of);
  const accounts = visit.contributions ?? [];
  return (
    <section class="tm-visit__part tm-stack" aria-labelledby="record-title">
      <h2 class="tm-h2" id="record-title">
        The record
      </h2>
      {accounts.length === 0 ? <p class="tm-soft">Nobody has handed in a note yet.</p> : null}
      <div class={accounts.length > 1 ? "tm-accounts tm-accounts--beside" : "tm-accounts"}>
        {accounts.map((one) => (
          <Account key={one.entry} account={one} visit={visit} member={around.member} />
        ))}
      </div>
      <FactList visit={visit} around={around} order={["arrived", "outcome", "left", ...childrenOf(cells).flatMap(({ item }) => [`seen:${item}`, `alone:${item}`])]} />
      {visit.owed_by !== undefined && visit.owed_by.length > 0 && accounts.length > 0 ? (
        <p class="tm-soft">Still to come: the note of {visit.owed_by.map(staffName).join(" and ")}.</p>
      ) : null}
    </section>
  );
}

function Account({ account, visit, member }: { account: Contributed; visit: Visit; member: (item: string) => string }): JSX.Element {
  const [adding, setAdding] = useState(false);
  const { observation, analysis, parent_view: view, words = [] } = account.contribution;
  const said: readonly (readonly [string, string | null | undefined])[] = [
    ["Seen and heard", observation],
    ...words.map((one) => [`${member(one.child)}’s own words`, one.words] as const),
    ["The parent’s view", view],
    ["What they make of it", analysis],
  ];
  const given = said.filter(([, text]) => text);
  return (
    <article class="tm-panel tm-account tm-stack" aria-label={`The account of ${account.author_name}`}>
      <h3 class="tm-h3">
        {account.author_name} <span class="tm-soft">{roleName(account.role)}</span>
      </h3>
      <p class="tm-small tm-soft">{cameAbout(account)}</p>
      {given.length === 0 ? <p>Without words of their own.</p> : null}
      {given.map(([title, text]) => (
        <div key={title}>
          <h4 class="tm-account__title">{title}</h4>
          <p class="tm-keep-lines">{text}</p>
        </div>
      ))}
      {(account.addenda ?? []).map((one) => (
        <div class="tm-account__addendum" key={one.entry}>
          <h4 class="tm-account__title">
            Added by {one.author_name}, {moment(one.written_at, today.value)} <Received at={one.received_at ?? null} />
          </h4>
          <p class="tm-keep-lines">{one.text}</p>
        </div>
      ))}
      {mayRecord("visit.addendum") ? (
        <Button kind="secondary" onClick={() => setAdding(true)} label={`Add something to the account of ${account.author_name}`}>
          Add something
        </Button>
      ) : null}
      {adding ? <AddendumDialog visit={visit} to={account.entry} mine={account.author === me.value?.person} onClose={() => setAdding(false)} /> : null}
    </article>
  );
}

function cameAbout({ begun_at: begun, written_at: written, received_at: received }: Contributed): string {
  const first = begun ? `First words ${moment(begun, today.value)}. ` : "";
  const came = received ? `Received ${moment(received, today.value)}.` : "Waits on this tablet.";
  return `${first}Handed in ${moment(written, today.value)} by the tablet’s clock. ${came}`;
}

function Received({ at }: { at: string | null }): JSX.Element {
  return at === null ? <Tag tone="warning">Waits on this tablet</Tag> : <span class="tm-soft">(received {moment(at, today.value)})</span>;
}

/** Every fact with who said it and when; the history of one below it. */
function FactList({ visit, around, order }: { visit: Visit; around: Words; order: readonly string[] }): JSX.Element | null {
  const rank = (cell: FactCell): number => (order.includes(cell.cell) ? order.indexOf(cell.cell) : order.length);
  const cells = visit.cells.filter(({ cell, claims }) => cell !== "plan" && claims.length > 0).toSorted((a, b) => rank(a) - rank(b) || a.cell.localeCompare(b.cell));
  if (cells.length === 0) return null;
  return (
    <dl class="tm-fact-list">
      {cells.map((cell) => (
        <FactRow key={cell.cell} cell={cell} around={around} />
      ))}
    </dl>
  );
}

function FactRow({ cell, around }: { cell: FactCell; around: Words }): JSX.Element | null {
  const live = liveClaims(cell);
  const [first] = live.length > 0 ? live : cell.claims;
  if (first === undefined) return null;
  const said = [...new Set(live.map(({ says }) => factWords(says, around)))];
  return (
    <div class="tm-fact-list__row">
      <dt>{factName(first.says, around)}</dt>
      <dd>
        {said.length === 0 ? "Nothing that stands" : said.join(" / ")} {cell.state === "contested" ? <Tag tone="check">Contested</Tag> : null}
        {cell.claims.length === 1 ? (
          <p class="tm-small tm-soft">{saidBy(first, cell)}</p>
        ) : (
          <Details summary={`Who said so: ${count(cell.claims.length, "entry", "entries")}`}>
            <Said cell={cell} words={(says) => factWords(says, around)} />
          </Details>
        )}
      </dd>
    </div>
  );
}

function Contested({ cell, visit, around }: { cell: FactCell; visit: Visit; around: Words }): JSX.Element {
  const [settling, setSettling] = useState(false);
  const [first] = cell.claims;
  const name = first === undefined ? cell.cell : factName(first.says, around);
  const words = (says: FactSaid["says"]): string => factWords(says, around);
  return (
    <div class="tm-panel tm-panel--warning tm-stack">
      <p class="tm-strong">{name}</p>
      <Said cell={cell} words={words} live />
      {mayRecord("visit.settled") ? (
        <Button kind="secondary" onClick={() => setSettling(true)} label={`Settle it: ${name}`}>
          Settle it
        </Button>
      ) : null}
      {settling ? (
        <SettleDialog
          cell={cell}
          name={name}
          words={words}
          hint="Both stay on the record, with this and your name."
          body={(settled) => ({ kind: "visit.settled", case: visit.case, visit: visit.visit, ...settled })}
          onClose={() => setSettling(false)}
        />
      ) : null}
    </div>
  );
}
