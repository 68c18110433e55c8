// The fire list: every pupil of the school, by form, with or without a signal. Made to be printed.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { spanOn } from "../../domain/calendar.ts";
import type { Session } from "../../domain/entry.ts";
import { countRoll } from "../../domain/roll.ts";
import type { RollCounts } from "../../domain/roll.ts";
import { Banner } from "../../components/banner.tsx";
import { Button } from "../../components/button.tsx";
import { Radios } from "../../components/choices.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Page } from "../../components/page.tsx";
import { longDate } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import type { Roll } from "../../generated/types.ts";
import { nowLocal, rolls, school, status, today } from "../../state/app.ts";
import { FormRoll } from "./form-roll.tsx";
import { callRow, progress, rollsOf, shows } from "./roll-call.ts";
import type { Filter } from "./roll-call.ts";
import { useTicks } from "./use-ticks.ts";
import type { TickBook } from "./use-ticks.ts";

/** The session whose marks count now: the afternoon's once its registers have opened. */
function sessionNow(date: string): Session {
  const calendar = school.value?.calendar;
  if (calendar === undefined || date < today.value) return "PM";
  return nowLocal.value >= spanOn(calendar, date, "PM").opens ? "PM" : "AM";
}

/** Reads what this tablet holds; asks nobody. */
export function FireScreen(): JSX.Element {
  const all = rollsOf(rolls.value.values(), today.value);
  const date = all[0]?.date ?? today.value;
  return all.length === 0 ? <NoRolls /> : <RollCall key={date} rolls={all} date={date} />;
}

function RollCall({ rolls: all, date }: { rolls: readonly Roll[]; date: string }): JSX.Element {
  const [picked, setPicked] = useState<Session | null>(null);
  const [filter, setFilter] = useState<Filter>("expected");
  const book = useTicks(date);
  const session = picked ?? sessionNow(date);
  const forms = all.map((roll) => ({ roll, lines: roll.rows.map((row) => callRow(row, session, book.ticks)) }));
  const lines = forms.flatMap((form) => form.lines);
  return (
    <Page title="Fire list" heading={`Fire list, ${longDate(date)}`}>
      <div class="tm-stack tm-below-h1">
        {date === today.value ? null : (
          <Banner title="Not today’s list" kind="warning">
            <p>Today’s fire list has not come to this tablet. This is the latest one it has: {longDate(date)}.</p>
          </Banner>
        )}
        <Headcount counts={countRoll(all, session)} noMark={lines.filter((line) => line.noMark).length} />
        <p class="tm-small">{freshWords()}</p>
        <Controls session={session} onSession={setPicked} filter={filter} onFilter={setFilter} book={book} />
        <Progress {...progress(lines)} />
        <div class="tm-fire__forms">
          {forms.map((form) => (
            <FormRoll
              key={form.roll._id}
              roll={form.roll}
              lines={form.lines}
              shown={form.lines.filter((line) => shows(line, filter))}
              onToggle={book.toggle}
            />
          ))}
        </div>
      </div>
    </Page>
  );
}

interface ControlsProps {
  session: Session;
  onSession: (session: Session) => void;
  filter: Filter;
  onFilter: (filter: Filter) => void;
  book: TickBook;
}

function Controls({ session, onSession, filter, onFilter, book }: ControlsProps): JSX.Element {
  const [resetting, setResetting] = useState(false);
  return (
    <div class="tm-panel tm-fire__controls tm-no-print">
      <Radios
        id="session"
        legend="Session"
        inline
        small
        value={session}
        onChange={(value) => onSession(value === "PM" ? "PM" : "AM")}
        options={[
          { value: "AM", text: "Morning" },
          { value: "PM", text: "Afternoon" },
        ]}
      />
      <Radios
        id="show"
        legend="Show"
        inline
        small
        value={filter}
        onChange={(value) => onFilter(value === "everyone" || value === "missing" ? value : "expected")}
        options={[
          { value: "expected", text: "On site, to check, no mark" },
          { value: "missing", text: "Not accounted for yet" },
          { value: "everyone", text: "Everyone" },
        ]}
      />
      <div class="tm-row">
        <Button kind="secondary" onClick={() => print()}>
          Print
        </Button>
        <Button kind="secondary" onClick={() => setResetting(true)} disabled={Object.keys(book.ticks).length === 0}>
          Untick everyone
        </Button>
      </div>
      {resetting ? (
        <ResetDialog
          onReset={() => {
            book.reset();
            setResetting(false);
          }}
          onClose={() => setResetting(false)}
        />
      ) : null}
    </div>
  );
}

function Progress({ expected, ticked }: { expected: number; ticked: number }): JSX.Element {
  return (
    <p class="tm-fire__progress" role="status">
      <strong class="tm-number">
        {ticked} of {expected}
      </strong>{" "}
      accounted for{ticked < expected ? `: ${expected - ticked} to find` : ""}
    </p>
  );
}

function freshWords(): string {
  const { lastContact, online } = status.value;
  if (lastContact === null) return "This tablet has not been in touch with the school since it was opened.";
  const when = moment(lastContact, today.value);
  const heard = `This tablet last heard from the school at ${when}.`;
  return online ? heard : `${heard} No signal now: what happened elsewhere since then is not here.`;
}

function noMarkWords(noMark: number, unknown: number): string {
  if (noMark === 0) return "";
  return noMark === unknown ? "no mark yet" : `${noMark} of them without a mark yet`;
}

function Headcount({ counts, noMark }: { counts: RollCounts; noMark: number }): JSX.Element {
  const numbers: readonly (readonly [string, string, number, string])[] = [
    ["here", "On site", counts.onSite, ""],
    ["elsewhere", "Off site", counts.offSite, ""],
    ["check", "Check", counts.check, ""],
    ["unknown", "Unknown", counts.unknown, noMarkWords(noMark, counts.unknown)],
  ];
  return (
    <dl class="tm-headcount">
      {numbers.map(([key, text, n, note]) => (
        <div class={`tm-headcount__box tm-headcount__box--${key}`} key={key}>
          <dt>
            {text}
            {note === "" ? null : <span class="tm-headcount__note">{note}</span>}
          </dt>
          <dd class="tm-number">{n}</dd>
        </div>
      ))}
    </dl>
  );
}

function ResetDialog({ onReset, onClose }: { onReset: () => void; onClose: () => void }): JSX.Element {
  return (
    <Dialog
      title="Untick everyone?"
      onClose={onClose}
      actions={
        <>
          <Button kind="warning" onClick={onReset}>
            Untick everyone
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Keep the ticks
          </Button>
        </>
      }
    >
      <p>The ticks are on this tablet only. This starts a new roll call; nobody’s mark changes.</p>
    </Dialog>
  );
}

function NoRolls(): JSX.Element {
  return (
    <Page title="Fire list">
      <p class="tm-lede">
        The fire list has not come to this tablet yet. It comes with the first signal after signing in, and stays here
        from then on. Until then use the office’s list.
      </p>
    </Page>
  );
}
