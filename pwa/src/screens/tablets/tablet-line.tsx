// One tablet: whose, last heard, what should be looked at; more about it; revoke.
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";
import { Details } from "../../components/details.tsx";
import { Facts } from "../../components/facts.tsx";
import { count } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import type { DeviceRow } from "../../generated/types.ts";
import { today } from "../../state/app.ts";
import { clockWords, holdingWords, nameOf, notesOf, STORAGE_WORDS, whoseWords } from "./words.ts";

interface LineProps {
  row: DeviceRow;
  nowMs: number;
  onRevoke: () => void;
}

export function TabletLine({ row, nowMs, onRevoke }: LineProps): JSX.Element {
  const clock = (instant: string): string => moment(instant, today.value);
  const name = nameOf(row);
  const last = row.last_contact ?? null;
  return (
    <li class="tm-office-line">
      <div class="tm-office-line__who">
        <h3 class="tm-h3">{name}</h3>
      </div>
      <div class="tm-office-line__facts tm-tablet__facts">
        <div>
          {whoseWords(row)}.{last === null ? "" : ` Last heard ${clock(last)}.`}
        </div>
        {notesOf(row, nowMs, clock).map(({ tone, text }) => (
          <div class={tone === "warning" ? "tm-tablet__warning" : "tm-soft"} key={text}>
            {text}
          </div>
        ))}
        <Details summary={<>More about {name}</>}>
          <About row={row} clock={clock} />
        </Details>
      </div>
      <div class="tm-office-line__actions">
        {row.state === "enrolled" ? (
          <Button small kind="secondary" onClick={onRevoke} label={`Revoke ${name}`}>
            Revoke
          </Button>
        ) : null}
      </div>
    </li>
  );
}

function About({ row, clock }: { row: DeviceRow; clock: (instant: string) => string }): JSX.Element {
  const { enrolled_at: at = null, enrolled_by_name: by = null, people = [], storage = "unknown", app = null } = row;
  return (
    <>
      <Facts
        items={[
          ["Enrolled", at === null ? "No" : `${clock(at)}${by === null ? "" : ` by ${by}`}`],
          ["Keeps its storage", STORAGE_WORDS[storage]],
          ["Clock", clockWords(row) ?? "Right"],
          ["App", app === null ? "Not known" : `Version ${app}`],
          ["Known to the server as", <code key="id">{row.device}</code>],
        ]}
      />
      {people.length === 0 ? null : (
        <ul class="tm-office-aside">
          {people.map(({ person, name, last_contact: last, waiting, holding }) => (
            <li key={person}>
              {name}, last heard {clock(last)}
              {waiting === 0 ? "" : `, ${count(waiting, "entry", "entries")} still to send`}. {holdingWords(holding, clock)}.
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
