// One thing that is held or set aside: what it says, why it is here, what was decided, what can be done.
import type { JSX } from "preact";
import { Button } from "../../../components/button.tsx";
import { Tag } from "../../../components/tag.tsx";
import { moment } from "../../../components/words.ts";
import { outcomeWords } from "../../../components/outcome-words.ts";
import { school, today } from "../../../state/app.ts";
import { canCorrect } from "./decide.ts";
import { Origin, Says, title } from "./facts.tsx";
import type { InboxItem } from "./items.ts";
import { doneWord, notReleasable, notYours, ownWords } from "./words.ts";

export type Act = "release" | "correct" | "decline";

interface LineProps {
  item: InboxItem;
  onAct: (act: Act) => void;
}

/** The buttons' names say what they are on, for whoever goes from button to button. */
export function Line({ item, onAct }: LineProps): JSX.Element {
  const name = title(item);
  return (
    <li class="tm-office-line tm-office-line--wide">
      <article class="tm-stack" aria-label={`${name}, from ${item.sender}`}>
        <div class="tm-office-line__head">
          <h2 class="tm-h3">{name}</h2>
          <p class="tm-office-tags">
            <State item={item} />
          </p>
        </div>
        <div class="tm-inbox-body">
          <p>
            <strong>Why:</strong> {item.reason}
          </p>
          <Says item={item} />
          <Origin item={item} />
          <Outcome item={item} />
        </div>
        <Actions item={item} name={name} onAct={onAct} />
      </article>
    </li>
  );
}

function State({ item }: { item: InboxItem }): JSX.Element {
  const since = `since ${moment(item.receivedAt, today.value)}`;
  if (item.standing === "contested") return <Tag tone="alert">Decided differently</Tag>;
  if (item.standing === "decided") {
    const what = item.own?.what ?? (item.outcome?.what === "contested" ? undefined : item.outcome?.what);
    return (
      <>
        <Tag tone={what === "released" ? "success" : "quiet"}>{what === undefined ? "Decided" : doneWord(what)}</Tag>
        {item.own?.state === "waiting" ? <Tag tone="warning">Waits on this tablet</Tag> : null}
      </>
    );
  }
  return (
    <>
      <Tag tone="warning">{item.what === "held" ? "Held" : "Part set aside"}</Tag> <span class="tm-soft">{since}</span>
    </>
  );
}

/** Both sides of a disagreement; else the decision that holds. */
function Outcome({ item }: { item: InboxItem }): JSX.Element | null {
  const at = (instant: string): string => moment(instant, today.value);
  const live = new Set(item.outcome?.entries);
  if (item.own !== null) return <p>{ownWords(item.own)}</p>;
  if (item.outcome === null) return null;
  if (item.outcome.what !== "contested") return <p>{outcomeWords(item.outcome, at)}</p>;
  return (
    <div class="tm-stack">
      <p class="tm-strong">{outcomeWords(item.outcome, at)}</p>
      <ul class="govuk-list govuk-list--bullet" aria-label="The decisions">
        {item.decisions
          .filter(({ entry }) => live.has(entry))
          .map((one) => (
            <li key={one.entry}>
              {doneWord(one.what)} by {nameOf(one.by)}, {at(one.at)}: “{one.reason}”
            </li>
          ))}
      </ul>
    </div>
  );
}

function nameOf(person: string): string {
  return school.value?.staff.find((one) => one.person === person)?.name ?? "somebody no longer on the staff list";
}

function Actions({ item, name, onAct }: LineProps & { name: string }): JSX.Element {
  const barred = notYours(item);
  if (barred !== null) return <p class="tm-panel tm-panel--tinted">{barred}</p>;
  const again = item.standing === "open" ? "" : " instead";
  const button = (act: Act, text: string, kind: "primary" | "secondary" | "warning"): JSX.Element => (
    <Button small kind={kind} onClick={() => onAct(act)} label={`${text}${again}: ${name}, from ${item.sender}`}>
      {text}
      {again}
    </Button>
  );
  return (
    <div class="tm-stack">
      {item.releasable ? null : <p class="tm-small tm-soft">{notReleasable(item)}</p>}
      <div class="tm-row">
        {item.releasable ? button("release", "Release", item.standing === "open" ? "primary" : "secondary") : null}
        {canCorrect(item) ? button("correct", "Correct and release", "secondary") : null}
        {button("decline", "Decline", "secondary")}
      </div>
    </div>
  );
}
