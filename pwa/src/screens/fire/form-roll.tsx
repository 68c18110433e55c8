// One form of the fire list: each pupil with their state in words, and a box to tick.
import type { JSX } from "preact";
import { Tag } from "../../components/tag.tsx";
import type { Tone } from "../../components/tag.tsx";
import { moment } from "../../components/words.ts";
import type { Roll } from "../../generated/types.ts";
import { today } from "../../state/app.ts";
import type { CallRow } from "./roll-call.ts";
import { progress } from "./roll-call.ts";

interface FormRollProps {
  roll: Roll;
  lines: readonly CallRow[];
  shown: readonly CallRow[];
  onToggle: (pupil: string) => void;
}

const STATES: Readonly<Record<CallRow["state"], { text: string; tone: Tone }>> = {
  on_site: { text: "On site", tone: "here" },
  off_site: { text: "Off site", tone: "elsewhere" },
  check: { text: "Check", tone: "check" },
  unknown: { text: "Unknown", tone: "quiet" },
};

const HERE_BEFORE: { text: string; tone: Tone } = { text: "Here this morning", tone: "plain" };
const NO_MARK: { text: string; tone: Tone } = { text: "No mark yet", tone: "quiet" };

/** Drawn even when nobody of the form is shown: a form that is missing from a list raises doubt. */
export function FormRoll({ roll, lines, shown, onToggle }: FormRollProps): JSX.Element {
  const { expected, ticked } = progress(lines);
  const id = `form-${roll.form}`;
  return (
    <section class="tm-panel tm-fire__form" aria-labelledby={id}>
      <div class="tm-row tm-spread">
        <h2 class="tm-h2" id={id}>
          {roll.form_name}
        </h2>
        <span class="tm-strong tm-number">
          {ticked} of {expected}
        </span>
      </div>
      <p class="tm-small tm-soft">
        {roll.room} · as at {moment(roll.as_at, today.value)}
      </p>
      {shown.length === 0 ? <p class="tm-small">Nobody to show here.</p> : null}
      <ul class="tm-plain-list">
        {shown.map((line) => (
          <FireRow key={line.row.pupil} line={line} onToggle={onToggle} />
        ))}
      </ul>
    </section>
  );
}

function FireRow({ line, onToggle }: { line: CallRow; onToggle: (pupil: string) => void }): JSX.Element {
  const { row, state, ticked } = line;
  const id = `tick-${row.pupil}`;
  const { text, tone } = line.hereBefore ? HERE_BEFORE : line.noMark ? NO_MARK : STATES[state];
  return (
    <li class="tm-fire__row">
      <span class="govuk-checkboxes__item tm-fire__tick">
        <input
          class="govuk-checkboxes__input"
          type="checkbox"
          id={id}
          checked={ticked}
          onChange={() => onToggle(row.pupil)}
        />
        <label class="govuk-label govuk-checkboxes__label" for={id}>
          <span class="tm-strong">{row.surname}</span>, {row.known_as}
          <span class="govuk-visually-hidden"> accounted for</span>
        </label>
      </span>
      <span class="tm-fire__state">
        <Tag tone={tone}>{text}</Tag>
        {moreWords(line) === "" ? null : <span class="tm-small tm-soft">{moreWords(line)}</span>}
      </span>
    </li>
  );
}

function moreWords({ row, arrived }: CallRow): string {
  if (row.left) return `left ${row.left}`;
  return arrived === null ? "" : `came ${arrived}`;
}
