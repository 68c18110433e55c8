// When a late pupil came in: a chip a tap, or the exact time. The time decides between L and U.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { lateCode, minutesLate } from "../../domain/register.ts";
import { count } from "../../components/text.ts";
import type { Frame } from "./form.ts";
import { minutesAfter } from "./offers.ts";

interface LatePickerProps {
  /** Unique on the page. */
  id: string;
  name: string;
  frame: Frame;
  arrived: string | null;
  /** HH:MM while the session runs, else null: there is no "now" for it. */
  now: string | null;
  onTime: (arrived: string) => void;
}

const CHIPS = [5, 10, 15];

/** A group of buttons and a time field. Nobody can have come in later than now. */
export function LatePicker({ id, name, frame, arrived, now, onTime }: LatePickerProps): JSX.Element {
  const [early, setEarly] = useState<string | null>(null);
  const choose = (time: string): void => {
    const ahead = now !== null && time > now;
    setEarly(ahead ? time : null);
    if (!ahead) onTime(time);
  };
  const chip = (time: string, text: string): JSX.Element => (
    <button
      key={text}
      type="button"
      class={`tm-chip${arrived === time ? " tm-chip--on" : ""}`}
      aria-pressed={arrived === time}
      onClick={() => choose(time)}
    >
      {text}
    </button>
  );
  return (
    <fieldset class="tm-late">
      <legend class="tm-late__legend">
        When did {name} come in? <strong class="tm-number">{lateWords(arrived, frame)}</strong>
      </legend>
      <div class="tm-late__chips">
        {CHIPS.map((minutes) => [minutes, minutesAfter(frame.opens, minutes)] as const)
          .filter(([, time]) => now === null || time < now)
          .map(([minutes, time]) => chip(time, `+${minutes} min`))}
        {now === null ? null : chip(now, `Now, ${now}`)}
        <label class="tm-late__time" for={id}>
          At
          <input
            id={id}
            class="govuk-input"
            type="time"
            value={early ?? arrived ?? ""}
            aria-invalid={early === null ? undefined : "true"}
            aria-describedby={early === null ? undefined : `${id}-ahead`}
            onChange={(event) => {
              if (event.currentTarget.value !== "") choose(event.currentTarget.value);
            }}
          />
        </label>
      </div>
      {early === null ? null : (
        <p class="govuk-error-message" id={`${id}-ahead`} role="alert">
          {early} is later than now, {now}. Enter when {name} came in.
        </p>
      )}
    </fieldset>
  );
}

function lateWords(arrived: string | null, frame: Frame): string {
  if (arrived === null) return "No time yet.";
  const late = minutesLate(arrived, frame);
  const after = lateCode(arrived, frame) === "U" ? ", after closing: counts as U" : "";
  return `${arrived}, ${count(late, "minute")} late${after}.`;
}
