// Everything this person wrote on this tablet, newest first, and what became of each.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Details } from "../../components/details.tsx";
import { Page } from "../../components/page.tsx";
import { outcomeWords } from "../../components/outcome-words.ts";
import { pupilName } from "../../components/people.ts";
import { Tag } from "../../components/tag.tsx";
import type { Tone } from "../../components/tag.tsx";
import { longDate } from "../../components/text.ts";
import { moment, timeZone } from "../../components/words.ts";
import { localMoment } from "../../domain/time.ts";
import type { EntryState, OutboxItem } from "../../state/app.ts";
import { beyond, entries, erased, held as quarantine, KEPT_DAYS, me, status, syncNow, today } from "../../state/app.ts";
import { DecidedNotice } from "./decided-notice.tsx";
import { backupWords, entryLines, entryTitle, fateOf, pupilOfClaim } from "./entry-words.ts";
import { NAMES } from "./names.ts";

const PAGE = 50;
const TONES: Readonly<Record<EntryState, Tone>> = {
  waiting: "warning",
  stored: "success",
  held: "check",
  refused: "alert",
  released: "success",
  corrected: "quiet",
  declined: "quiet",
};

function byDay(items: readonly OutboxItem[]): [string, OutboxItem[]][] {
  const days = new Map<string, OutboxItem[]>();
  for (const item of items) {
    const { date } = localMoment(item.body.written_at, timeZone.value);
    days.set(date, [...(days.get(date) ?? []), item]);
  }
  return [...days];
}

/** Held and refused ones are repeated on top: they need somebody. */
export function EntriesScreen(): JSX.Element {
  const [shown, setShown] = useState(PAGE);
  const all = entries.value;
  const stuck = all.filter(needsSomebody);
  return (
    <Page
      title="My entries"
      lede="Every register and change that you saved on this tablet, and whether your school has received it."
    >
      <div class="tm-stack-l tm-below-h1">
        <Summary />
        <DecidedNotice />
        {stuck.length === 0 ? null : (
          <section aria-labelledby="stuck">
            <h2 class="tm-h2" id="stuck">
              Needs somebody: {stuck.length}
            </h2>
            <EntryList items={stuck} open />
          </section>
        )}
        <HeldElsewhere />
        <Beyond />
        <Erased />
        {all.length === 0 ? (
          <div class="tm-panel tm-measure">
            <p>You have not saved anything on this tablet yet. What you save appears here at once, also with no signal.</p>
          </div>
        ) : null}
        {byDay(all.slice(0, shown)).map(([date, items]) => (
          <section key={date} aria-labelledby={`day-${date}`}>
            <h2 class="tm-h2" id={`day-${date}`}>
              {date === today.value ? "Today" : longDate(date)}
            </h2>
            <EntryList items={items} />
          </section>
        ))}
        {all.length > shown ? (
          <Button kind="secondary" onClick={() => setShown(shown + PAGE)}>
            Show {Math.min(PAGE, all.length - shown)} more
          </Button>
        ) : null}
      </div>
    </Page>
  );
}

/** Refused, held, or with a mark set aside, and nobody has decided yet. */
function needsSomebody({ state, setAside }: OutboxItem): boolean {
  if (state === "held" || state === "refused") return true;
  return state === "stored" && setAside.some(isOpen);
}

function isOpen({ outcome }: OutboxItem["setAside"][number]): boolean {
  return outcome === null || outcome.what === "contested";
}

/** Written here with a newer version of the app, then an older one was opened. */
function Beyond(): JSX.Element | null {
  const items = beyond.value;
  if (items.length === 0) return null;
  return (
    <section aria-labelledby="beyond">
      <h2 class="tm-h2" id="beyond">
        Written with a newer version: {items.length}
      </h2>
      <p class="tm-small tm-soft tm-measure">
        This version of the app cannot show them. They are kept, and nothing of them is lost: update the app to read them.
      </p>
      <ul class="tm-plain-list tm-entries">
        {items.map((one) => (
          <li key={one.key}>
            <article class="tm-panel tm-entry">
              <div class="tm-entry__head">
                <p class="tm-small tm-soft">
                  {one.writtenAt === null ? "An entry in a newer form" : `An entry, written ${moment(one.writtenAt, today.value)}`}
                </p>
                <p class="tm-row">
                  <Tag tone={TONES[one.state]}>{one.state === "waiting" ? "Waits on this tablet" : "Received"}</Tag>
                </p>
              </div>
            </article>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The law has some of what people wrote erased: its author is told that it went, and no more. */
function Erased(): JSX.Element | null {
  if (erased.value === 0) return null;
  return (
    <section aria-labelledby="erased">
      <h2 class="tm-h2" id="erased">
        Erased by law: {erased.value}
      </h2>
      <p class="tm-small tm-soft tm-measure">
        What you wrote there was erased at your school and on this tablet, because the law asked for it. That you wrote
        something, and when it came in, stays on record. Your school’s office can tell you more.
      </p>
    </section>
  );
}

/** Held under this person’s name and not written on this tablet: by another of theirs, or by who knows. */
function HeldElsewhere(): JSX.Element | null {
  const here = new Set(entries.value.map(({ id }) => id));
  const others = [...quarantine.value.values()].filter(
    ({ sender, entry }) => sender === me.value?.person && !here.has(entry),
  );
  const clock = (instant: string): string => moment(instant, today.value);
  if (others.length === 0) return null;
  return (
    <section aria-labelledby="elsewhere">
      <h2 class="tm-h2" id="elsewhere">
        Held, not from this tablet: {others.length}
      </h2>
      <p class="tm-small tm-soft tm-measure">
        It came with your name, from another tablet or program. If that was not you, tell the office.
      </p>
      <ul class="tm-plain-list tm-entries">
        {others.map((one) => (
          <li key={one._id}>
            <article class="tm-panel tm-entry">
              <div class="tm-entry__head">
                <p class="tm-small tm-soft">Received {moment(one.received_at, today.value)}</p>
                <p class="tm-row">
                  <Tag tone="check">{one.what === "held" ? "Held" : "Part set aside"}</Tag>
                </p>
              </div>
              <p class="tm-entry__reason">
                <strong>Why:</strong> {one.reason}
              </p>
              {one.outcome ? <p class="tm-small">{outcomeWords(one.outcome, clock)}</p> : null}
            </article>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Summary(): JSX.Element {
  const { waiting, held: stuck, refused, lastIn, lastContact, storage, syncing, trouble } = status.value;
  const at = (instant: string | null): string => (instant === null ? "not yet" : moment(instant, today.value));
  const numbers: readonly (readonly [string, number, boolean])[] = [
    ["Waiting", waiting, waiting > 0],
    ["Held", stuck, stuck > 0],
    ["Refused", refused, refused > 0],
  ];
  return (
    <section class="tm-stack" aria-label="Summary">
      <dl class="tm-headcount">
        {numbers.map(([text, n, alert]) => (
          <div class={`tm-headcount__box${alert ? " tm-headcount__box--check" : ""}`} key={text}>
            <dt>{text}</dt>
            <dd class="tm-number">{n}</dd>
          </div>
        ))}
      </dl>
      <div class="tm-row">
        <Button kind="secondary" onClick={syncNow} disabled={syncing}>
          {syncing ? "Sending and fetching…" : "Send and fetch now"}
        </Button>
        <p class="tm-small">
          {trouble === null ? "" : `${trouble} `}Last received: {at(lastIn)}. Last in touch with the school: {at(lastContact)}. {KEPT[storage]}
        </p>
      </div>
      <Details summary="What this tablet keeps">
        <ul class="govuk-list govuk-list--bullet tm-small">
          <li>An entry stays on this tablet until your school has received it, and has it in a backup.</li>
          <li>If your school’s server ever has to go back to a backup, this tablet sends again what was lost, by itself.</li>
          <li>
            What is received, backed up and older than {KEPT_DAYS} days leaves this tablet; your school keeps it. What
            waits, is held or was refused always stays.
          </li>
        </ul>
      </Details>
    </section>
  );
}

const KEPT = {
  persistent: "The browser promises to keep what is on this tablet.",
  "best-effort": "This browser does not promise to keep its storage when space runs short.",
  unknown: "",
} as const;

function EntryList({ items, open = false }: { items: readonly OutboxItem[]; open?: boolean }): JSX.Element {
  return (
    <ul class="tm-plain-list tm-entries">
      {items.map((item) => (
        <li key={item.id}>
          <EntryItem item={item} open={open} />
        </li>
      ))}
    </ul>
  );
}

function EntryItem({ item, open: unfolded }: { item: OutboxItem; open: boolean }): JSX.Element {
  const clock = (instant: string): string => moment(instant, today.value);
  const { state, advice } = fateOf(item, clock);
  const lines = entryLines(item.body, NAMES);
  const backup = backupWords(item);
  // Of a held entry nothing counts, and its reason says so: only of others is the rest worth telling.
  const aside = item.state === "stored" ? item.setAside.length : 0;
  const open = item.setAside.filter(isOpen).length;
  return (
    <article class="tm-panel tm-entry">
      <div class="tm-entry__head">
        <div class="tm-entry__what">
          <h3 class="tm-h3">{entryTitle(item.body, NAMES)}</h3>
          <p class="tm-small tm-soft">
            Written {clock(item.body.written_at)}
            {backup === null ? "" : `, ${backup}`}
          </p>
        </div>
        <p class="tm-row">
          <Tag tone={TONES[item.state]}>{state}</Tag>
          {aside === 0 || open === 0 ? null : <Tag tone="check">{open} to check</Tag>}
        </p>
      </div>
      {item.reason === null ? null : (
        <p class="tm-entry__reason">
          <strong>Why:</strong> {item.reason}
        </p>
      )}
      {advice === null ? null : <p class="tm-small">{advice}</p>}
      {aside === 0 ? null : <SetAside item={item} />}
      {lines.length === 0 ? null : (
        <Details summary="What it says" open={unfolded}>
          <ul class="govuk-list govuk-list--bullet tm-small">
            {lines.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Details>
      )}
    </article>
  );
}

/** The rest of the entry counts; these marks wait for the office. */
function SetAside({ item }: { item: OutboxItem }): JSX.Element {
  return (
    <div class="tm-entry__reason">
      <p class="tm-strong">
        {item.setAside.some(isOpen)
          ? "These marks are set aside for the office to check. The rest of the entry counts."
          : "These marks were set aside, and the office has decided on them. The rest of the entry counts."}
      </p>
      <ul class="govuk-list govuk-list--bullet">
        {item.setAside.map(({ claim, reason, outcome }) => {
          const pupil = pupilOfClaim(item, claim);
          return (
            <li key={claim}>
              {pupil === null ? "A mark" : pupilName(pupil)}: {reason}
              {outcome === null ? "" : ` ${outcomeWords(outcome, (instant) => moment(instant, today.value))}`}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
