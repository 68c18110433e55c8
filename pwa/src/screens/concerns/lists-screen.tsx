// Concerns: what waits for whoever answers for them, what family workers told them, and one's own.
import type { JSX } from "preact";
import { answers } from "../../components/allowed.ts";
import { isLoud, ownConcerns } from "../../components/concerns/own.ts";
import type { OwnConcern } from "../../components/concerns/own.ts";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { Tag } from "../../components/tag.tsx";
import { count } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import { pupilName } from "../../components/people.ts";
import type { Concern, SharedLine } from "../../generated/types.ts";
import { concernStatuses, concerns, entries, now, shareds, today } from "../../state/app.ts";
import { childName } from "./names.ts";
import { ago, inOrder, stageWords, stateTag } from "./words.ts";

/** The queue, for those who answer; and everybody's own. */
export function ListsScreen(): JSX.Element {
  const own = ownConcerns(entries.value, concernStatuses.value);
  const queue = inOrder(concerns.value.values());
  const fresh = queue.filter(({ state }) => state === "new");
  const open = queue.filter(({ state }) => state === "acknowledged" || state === "referred");
  const closed = queue.filter(({ state }) => state === "closed");
  return (
    <Page title="Concerns" lede={answers() ? lede(fresh.length) : undefined}>
      <div class="tm-stack-l tm-below-h1">
        <p>
          <Link to="/concerns/new" class="govuk-button govuk-button--warning">
            Raise a concern
          </Link>
        </p>
        {answers() ? (
          <>
            <Queue title="New" concerns={fresh} none="No concern waits for somebody to acknowledge it." />
            <Queue title="Open" concerns={open} none="No concern is being worked on." />
            {closed.length === 0 ? null : <Queue title="Closed" concerns={closed} none="" />}
            <Told />
          </>
        ) : null}
        <section class="tm-stack" aria-labelledby="concerns-own">
          <h2 class="tm-h2" id="concerns-own">
            Concerns you raised
          </h2>
          {own.length === 0 ? (
            <p class="tm-soft">You have raised no concern on this tablet.</p>
          ) : (
            <ul class="tm-plain-list tm-stack" aria-label="Concerns you raised">
              {own.map((one) => (
                <OwnLine one={one} key={one.entry} />
              ))}
            </ul>
          )}
        </section>
      </div>
    </Page>
  );
}

function lede(fresh: number): string {
  return fresh === 0 ? "Nothing waits to be acknowledged." : `${count(fresh, "concern waits", "concerns wait")} for somebody to acknowledge ${fresh === 1 ? "it" : "them"}.`;
}

function OwnLine({ one }: { one: OwnConcern }): JSX.Element {
  return (
    <li class={`tm-panel${isLoud(one) ? " tm-panel--alert" : ""}`}>
      <p>
        <Link to={`/concerns/mine/${one.concern}`} class="tm-link tm-strong">
          {one.body.child_name ?? "A concern"}
        </Link>
        , written {moment(one.body.written_at, today.value)}
      </p>
      <p class="tm-small">{stageWords(one, (at) => moment(at, today.value))}</p>
    </li>
  );
}

function Queue({ title, concerns: all, none }: { title: string; concerns: readonly Concern[]; none: string }): JSX.Element {
  return (
    <section class="tm-stack" aria-label={`${title} concerns`}>
      <h2 class="tm-h2">{title}</h2>
      {all.length === 0 ? (
        <p class="tm-soft">{none}</p>
      ) : (
        <ul class="tm-plain-list tm-stack">
          {all.map((one) => (
            <Line one={one} key={one.concern} />
          ))}
        </ul>
      )}
    </section>
  );
}

interface ToldOf {
  pupil: string;
  latest: SharedLine;
  lines: number;
}

/** What family workers told the school of each pupil, the latest first; nothing where they told none. */
function Told(): JSX.Element | null {
  const told = [...shareds.value.values()]
    .flatMap(({ pupil, lines }): ToldOf[] => {
      const [latest] = lines.toSorted((a, b) => (a.at < b.at ? 1 : -1));
      return latest === undefined ? [] : [{ pupil, latest, lines: lines.length }];
    })
    .toSorted((a, b) => (a.latest.at < b.latest.at ? 1 : -1));
  if (told.length === 0) return null;
  return (
    <section class="tm-stack" aria-label="Told by family workers">
      <h2 class="tm-h2">Told by family workers</h2>
      <ul class="tm-plain-list tm-stack">
        {told.map(({ pupil, latest, lines }) => (
          <li class="tm-panel" key={`${pupil} ${latest.item}`}>
            <Link to={`/concerns/pupil/${encodeURIComponent(pupil)}`} class="tm-link tm-strong">
              {pupilName(pupil)}
            </Link>
            <p class="tm-small">
              {latest.by_name}, {moment(latest.at, today.value)}
              {lines === 1 ? "" : `; ${lines} in all`}.
            </p>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Line({ one }: { one: Concern }): JSX.Element {
  const tag = stateTag(one, now.value);
  const loud = one.state === "new";
  return (
    <li class={`tm-panel${loud ? " tm-panel--alert" : ""}`}>
      <p class="tm-row tm-spread">
        <Link to={`/concerns/${encodeURIComponent(one.concern)}`} class="tm-link tm-strong">
          {childName(one)}
        </Link>
        <span class="tm-row">
          {one.immediate === true && loud ? <Tag tone="alert">In danger now</Tag> : null}
          <Tag tone={tag.tone}>{tag.text}</Tag>
        </span>
      </p>
      <p class="tm-small">
        Raised by {one.author_name}, {one.place_name}; received {moment(one.received_at, today.value)}, {ago(one.received_at, now.value)}
        {one.held ? ". It is held: ring its author" : ""}.
      </p>
    </li>
  );
}
