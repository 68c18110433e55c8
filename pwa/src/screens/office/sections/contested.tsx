// Contradictions: every claim with who, where and when. Nobody wins until a person settles it.
import type { JSX } from "preact";
import { mayRecord } from "../../../components/allowed.ts";
import { Button } from "../../../components/button.tsx";
import { Tag } from "../../../components/tag.tsx";
import type { ContestLine, SchoolDay } from "../day/shapes.ts";
import { Claims } from "../parts/claims.tsx";
import { PupilName } from "../parts/pupil-name.tsx";

interface ContestedProps {
  day: SchoolDay;
  /** Whether a contest came up while the page was open. */
  isFresh: (line: ContestLine) => boolean;
  onSettle: (line: ContestLine) => void;
}

/** A line a pupil, with all that is said of them. */
export function Contested({ day, isFresh, onSettle }: ContestedProps): JSX.Element {
  return (
    <ul class="tm-plain-list tm-office-lines">
      {day.contested.map((line) => {
        const isNew = isFresh(line);
        return (
          <li class={`tm-office-line tm-office-line--wide${isNew ? " tm-office-line--new" : ""}`} key={line.who.pupil}>
            <div class="tm-office-line__head">
              <div class="tm-row">
                <PupilName who={line.who} />
                {isNew ? <Tag tone="check">New</Tag> : null}
              </div>
              {mayRecord("contest.settled") ? (
                <Button small onClick={() => onSettle(line)} label={`Settle: ${line.who.name}`}>
                  Settle
                </Button>
              ) : null}
            </div>
            <Claims
              claims={line.claims}
              date={day.date}
              span={line.at.sheet}
              label={`What is said of ${line.who.name}`}
            />
          </li>
        );
      })}
    </ul>
  );
}
