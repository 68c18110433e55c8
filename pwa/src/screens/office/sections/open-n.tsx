// Every `N` still open: due, overdue, and the one action of day 5, taken by a named person.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { mayRecord } from "../../../components/allowed.ts";
import { Button } from "../../../components/button.tsx";
import { Checkbox } from "../../../components/choices.tsx";
import { Details } from "../../../components/details.tsx";
import { Tag } from "../../../components/tag.tsx";
import type { Tone } from "../../../components/tag.tsx";
import { count, sessionWord, shortDate } from "../../../components/text.ts";
import type { SchoolDay, UnexplainedLine } from "../day/shapes.ts";
import { canBecomeO } from "../forms/overdue.ts";
import { codeText } from "../forms/codes.ts";
import { PupilName } from "../parts/pupil-name.tsx";
import { dueWords } from "../words.ts";

interface OpenNProps {
  day: SchoolDay;
  onReason: (line: UnexplainedLine) => void;
  onAmendToO: (lines: readonly UnexplainedLine[]) => void;
}

const TONES: Readonly<Record<UnexplainedLine["state"], Tone>> = {
  overdue: "alert",
  due: "alert",
  warning: "warning",
  open: "quiet",
};

/** Those due or overdue on top, to tick and amend together; then day 4's; the others to be opened. */
export function OpenN({ day, onReason, onAmendToO }: OpenNProps): JSX.Element {
  const amends = mayRecord("mark.amended");
  const ripe = day.unexplained.filter(canBecomeO);
  const soon = day.unexplained.filter((line) => line.state === "warning");
  const later = day.unexplained.filter((line) => line.state === "open");
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const chosen = ripe.filter((line) => !left.has(line.key));
  const toggle = (key: string, on: boolean): void => {
    const next = new Set(left);
    if (on) next.delete(key);
    else next.add(key);
    setLeft(next);
  };
  return (
    <div class="tm-stack">
      {ripe.length === 0 ? null : (
        <div class="tm-panel tm-panel--alert tm-stack">
          <p>
            <strong>{count(ripe.length, "N is", "N are")} due or overdue.</strong>{" "}
            {amends
              ? "Record the reason where you know it. The others may be amended to O; a later reason can still amend an O."
              : "The office records the reason, or amends them to O."}
          </p>
          <Lines
            lines={ripe}
            onReason={onReason}
            tick={
              amends
                ? (line) => (
                    <Checkbox
                      id={`o-${line.key}`}
                      label={<span class="tm-visually-hidden">Amend to O: {line.who.name}, {shortDate(line.date)}</span>}
                      checked={!left.has(line.key)}
                      onChange={(on) => toggle(line.key, on)}
                    />
                  )
                : undefined
            }
          />
          {amends ? (
            <Button kind="warning" disabled={chosen.length === 0} onClick={() => onAmendToO(chosen)}>
              Amend {count(chosen.length, "mark")} to O…
            </Button>
          ) : null}
        </div>
      )}
      {soon.length === 0 ? null : <Lines lines={soon} onReason={onReason} />}
      {later.length === 0 ? null : (
        <Details summary={`${count(later.length, "N")} with two school days or more`} open={ripe.length + soon.length === 0}>
          <Lines lines={later} onReason={onReason} />
        </Details>
      )}
    </div>
  );
}

interface LinesProps {
  lines: readonly UnexplainedLine[];
  onReason: (line: UnexplainedLine) => void;
  tick?: ((line: UnexplainedLine) => JSX.Element) | undefined;
}

function Lines({ lines, onReason, tick }: LinesProps): JSX.Element {
  return (
    <ul class="tm-plain-list tm-office-lines">
      {lines.map((line) => (
        <li class="tm-office-line" key={line.key}>
          <div class={tick === undefined ? "tm-office-line__who" : "tm-office-line__tick"}>
            {tick?.(line)}
            <PupilName who={line.who} />
          </div>
          <div class="tm-office-line__facts">
            <div class="tm-office-tags">
              <span>
                {shortDate(line.date)}, {sessionWord(line.session)}
              </span>
              <Tag tone={TONES[line.state]}>{dueWords(line)}</Tag>
            </div>
            {line.parentMessage === null ? null : <div>A parent said: “{line.parentMessage}”</div>}
            {line.proposed === null ? null : (
              <div class="tm-soft tm-small">Proposed {codeText(line.proposed.code, line.date)}. A person decides.</div>
            )}
          </div>
          {mayRecord("mark.amended") ? (
            <div class="tm-office-line__actions">
              <Button
                small
                kind="secondary"
                onClick={() => onReason(line)}
                label={`Record the reason: ${line.who.name}, ${shortDate(line.date)}, ${sessionWord(line.session)}`}
              >
                Record the reason
              </Button>
            </div>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
