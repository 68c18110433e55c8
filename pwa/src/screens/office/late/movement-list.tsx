// Today's arrivals and departures, newest first, each with what became of the record.
import type { JSX } from "preact";
import { Button } from "../../../components/button.tsx";
import { Tag } from "../../../components/tag.tsx";
import type { Tone } from "../../../components/tag.tsx";
import { moment } from "../../../components/words.ts";
import { today } from "../../../state/app.ts";
import type { Movement } from "../day/movements.ts";
import { CodeTag } from "../parts/code-tag.tsx";
import { PupilName } from "../parts/pupil-name.tsx";

interface MovementListProps {
  list: readonly Movement[];
  onUndo: (movement: Movement) => void;
}

/** Undo writes an entry of its own: what was recorded stays to be read. */
export function MovementList({ list, onUndo }: MovementListProps): JSX.Element {
  return (
    <ul class="tm-plain-list tm-office-lines">
      {list.map((one) => (
        <li class="tm-office-line tm-office-line--move" key={one.key}>
          <div class="tm-office-line__who">
            <span class="tm-strong tm-number">{one.time}</span>
            <PupilName who={one.who} />
          </div>
          <div class="tm-office-line__facts">
            <div>
              {one.code === null ? "Left early" : <CodeTag code={one.code} date={today.value} />}
              {one.words === null ? null : <>: “{one.words}”</>}
            </div>
            {one.by === null ? null : <div class="tm-soft tm-small">Recorded by {one.by}</div>}
            {one.problem === null ? null : <div>{one.problem}</div>}
          </div>
          <div class="tm-office-line__state">
            <Tag tone={TONES[one.state]}>{stateWords(one)}</Tag>
          </div>
          {canUndo(one) ? (
            <div class="tm-office-line__actions">
              <Button
                small
                kind="secondary"
                onClick={() => onUndo(one)}
                label={`Undo: ${one.who.name}, ${one.time}, ${one.what === "arrival" ? "came in" : "left"}`}
              >
                Undo
              </Button>
            </div>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

/** A departure that another device recorded can only be taken back there: its entry is not known here. */
function canUndo(one: Movement): boolean {
  return one.entry !== null && (one.state === "here" || one.state === "received");
}

const TONES: Readonly<Record<Movement["state"], Tone>> = {
  here: "warning",
  received: "success",
  held: "alert",
  declined: "quiet",
  refused: "alert",
  amended: "quiet",
  undone: "quiet",
};

function stateWords(one: Movement): string {
  switch (one.state) {
    case "here":
      return "On this tablet";
    case "received":
      return one.receivedAt === null ? "Received" : `Received ${moment(one.receivedAt, today.value)}`;
    case "held":
      return "Held";
    case "declined":
      return "Declined";
    case "refused":
      return "Refused";
    case "amended":
      return "Amended since";
    case "undone":
      break;
  }
  return "Taken back";
}
