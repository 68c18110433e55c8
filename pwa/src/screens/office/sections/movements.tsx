// Off site and unconfirmed; signed in and still marked absent.
import type { JSX } from "preact";
import { mayRecord } from "../../../components/allowed.ts";
import { Button } from "../../../components/button.tsx";
import { Tag } from "../../../components/tag.tsx";
import { moment } from "../../../components/words.ts";
import { today } from "../../../state/app.ts";
import type { OffSiteLine, RecheckLine, SchoolDay } from "../day/shapes.ts";
import { CodeTag } from "../parts/code-tag.tsx";
import { PupilName } from "../parts/pupil-name.tsx";
import { speaker } from "../words.ts";

interface OffSiteProps {
  day: SchoolDay;
  onConfirm: (line: OffSiteLine) => void;
  onAbsent: (line: OffSiteLine) => void;
}

/** A line a pupil: the code, where it comes from, and what is still to be heard. */
export function OffSite({ day, onConfirm, onAbsent }: OffSiteProps): JSX.Element {
  return (
    <ul class="tm-plain-list tm-office-lines">
      {day.offSite.map((line) => (
        <li class="tm-office-line" key={line.who.pupil}>
          <div class="tm-office-line__who">
            <PupilName who={line.who} />
            <CodeTag code={line.code} date={day.date} />
          </div>
          <div class="tm-office-line__facts">
            <div class="tm-office-tags">
              <span>{line.source}</span>
              <Tag tone="quiet">{line.marked ? "Not confirmed" : "Planned, not marked"}</Tag>
            </div>
          </div>
          {mayRecord("mark.amended") ? (
            <div class="tm-office-line__actions">
              <Button small kind="secondary" onClick={() => onConfirm(line)} label={`Confirm: ${line.who.name} was there`}>
                Confirm
              </Button>
              <Button small kind="secondary" onClick={() => onAbsent(line)} label={`Not there: ${line.who.name}`}>
                Not there
              </Button>
            </div>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

interface RechecksProps {
  day: SchoolDay;
  onCheck: (line: RecheckLine) => void;
}

/** Two people's words that cannot both be the whole story: go and look. */
export function Rechecks({ day, onCheck }: RechecksProps): JSX.Element {
  return (
    <ul class="tm-plain-list tm-office-lines">
      {day.rechecks.map((line) => (
        <li class="tm-office-line" key={line.who.pupil}>
          <div class="tm-office-line__who">
            <PupilName who={line.who} />
          </div>
          <div class="tm-office-line__facts">
            <div class="tm-office-tags">
              <Tag tone="check">{line.contested ? "Contested" : "Find the pupil"}</Tag>
            </div>
            <div>
              Came in at <strong>{line.arrival.arrived}</strong>, says {speaker(line.arrival)}.
            </div>
            <div>
              Marked {line.absent.code}, not here, by {speaker(line.absent)},{" "}
              {moment(line.absent.observed_at, today.value)}.
            </div>
          </div>
          {mayRecord("mark.amended") ? (
            <div class="tm-office-line__actions">
              <Button small kind="secondary" onClick={() => onCheck(line)} label={`Record what you found: ${line.who.name}`}>
                Record what you found
              </Button>
            </div>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
