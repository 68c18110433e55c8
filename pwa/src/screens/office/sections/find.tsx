// To find: pupils marked not here whom nobody has explained. The first to look for come first.
import type { JSX } from "preact";
import { mayRecord } from "../../../components/allowed.ts";
import { Button } from "../../../components/button.tsx";
import { Tag } from "../../../components/tag.tsx";
import { clock, moment } from "../../../components/words.ts";
import { groups, today } from "../../../state/app.ts";
import type { FindLine, SchoolDay } from "../day/shapes.ts";
import { codeText } from "../forms/codes.ts";
import { CodeTag } from "../parts/code-tag.tsx";
import { PupilName } from "../parts/pupil-name.tsx";
import { lastSeenWords, placeOf, runWords, speaker } from "../words.ts";

interface FindProps {
  day: SchoolDay;
  onReason: (line: FindLine) => void;
  onArrived: (line: FindLine) => void;
}

/** A line a pupil. */
export function Find({ day, onReason, onArrived }: FindProps): JSX.Element {
  return (
    <ul class="tm-plain-list tm-office-lines">
      {day.toFind.map((line) => (
        <li class={`tm-office-line${line.missingSinceArriving ? " tm-office-line--first" : ""}`} key={line.who.pupil}>
          <div class="tm-office-line__who">
            <PupilName who={line.who} />
            <CodeTag code={line.claim.code} date={day.date} />
          </div>
          <div class="tm-office-line__facts">
            <Flags line={line} />
            <Facts line={line} day={day} />
          </div>
          <div class="tm-office-line__actions">
            {mayRecord("mark.amended") ? (
              <Button small kind="secondary" onClick={() => onReason(line)} label={`Record the reason: ${line.who.name}`}>
                Record the reason
              </Button>
            ) : null}
            {day.isToday && mayRecord("mark.amended") ? (
              <Button small kind="secondary" onClick={() => onArrived(line)} label={`Has come in: ${line.who.name}`}>
                Has come in
              </Button>
            ) : null}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Flags({ line }: { line: FindLine }): JSX.Element | null {
  if (!line.missingSinceArriving && !line.contested && !line.askOffice) return null;
  return (
    <div class="tm-office-tags">
      {line.missingSinceArriving ? <Tag tone="alert">Was here earlier today</Tag> : null}
      {line.contested ? <Tag tone="check">Contested</Tag> : null}
      {line.askOffice ? <Tag tone="warning">Asks the office</Tag> : null}
    </div>
  );
}

function Facts({ line, day }: { line: FindLine; day: SchoolDay }): JSX.Element {
  const { claim, lastSeen } = line;
  const seenBy = lastSeen?.claim ?? null;
  const place = placeOf(claim, groups.value);
  return (
    <>
      <div>
        {speaker(claim)}, {moment(claim.observed_at, today.value)}. {place}.
      </div>
      <div>
        <strong>{runWords(line.absentInARow, line.atLeast)}.</strong>{" "}
        <span>
          {lastSeenWords(lastSeen, day.date)}
          {seenBy === null ? "" : `: ${placeOf(seenBy, groups.value)}, ${clock(seenBy.observed_at)}`}.
        </span>
      </div>
      {line.parentMessage === null ? null : <div>A parent said: “{line.parentMessage}”</div>}
      {(claim.remark ?? null) === null ? null : <div>Remark: “{claim.remark}”</div>}
      {line.proposed === null ? null : (
        <div class="tm-soft tm-small">
          Proposed {codeText(line.proposed.code, day.date)}, since {line.proposed.because}. A person decides.
        </div>
      )}
    </>
  );
}
