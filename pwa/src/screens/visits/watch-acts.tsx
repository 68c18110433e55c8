// What somebody who is out can say: it takes longer, back and safe, help.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { errorOf } from "../../components/error-summary.tsx";
import { TextField } from "../../components/field.tsx";
import { announce } from "../../components/announcer.tsx";
import { clock, timeZone } from "../../components/words.ts";
import { telLink } from "../../components/text.ts";
import type { ShownWatch } from "../../domain/watches.ts";
import { instant, localMoment, momentAt } from "../../domain/time.ts";
import { now, status } from "../../state/app.ts";
import { useSaving } from "../../components/saving.ts";
import { HelpButton } from "./help-button.tsx";
import { staffMember } from "./staff.ts";
import { watchWords } from "./watch-words.ts";

const MINUTE_MS = 60_000;
const STEPS = [15, 30, 60] as const;

/** One's own watch: how it stands, whom to ring, and what to say. Its page names the region. */
export function WatchActs({ own }: { own: ShownWatch }): JSX.Element {
  const buddy = staffMember(own.buddy);
  const words = watchWords(own, { nowMs: now.value, clock, buddy: buddy?.name ?? null });
  const saving = useSaving();
  const [longer, setLonger] = useState(false);
  const safe = (): void => {
    saving.save([{ kind: "watch.ended", watch: own.watch }], "safe", () => announce("You said that you are back and safe."));
  };
  return (
    <div class={`tm-watch tm-watch--${words.tone}`}>
      <div role={words.tone === "alert" ? "alert" : "status"}>
        <p class="tm-watch__title">{words.title}</p>
        <p>{words.text}</p>
      </div>
      {words.ring && buddy?.phone ? (
        <a class="govuk-button govuk-button--secondary tm-watch__ring" href={telLink(buddy.phone)}>
          Ring {buddy.name}: {buddy.phone}
        </a>
      ) : null}
      {saving.errors.map(({ text }) => (
        <p class="govuk-error-message" role="alert" key={text}>
          {text}
        </p>
      ))}
      {words.over ? null : (
        <div class="tm-watch__acts">
          {own.waiting.includes("watch.ended") ? null : (
            <>
              <Button onClick={safe} disabled={saving.busy}>
                I am back and safe
              </Button>
              <Button kind="secondary" onClick={() => setLonger(!longer)} expanded={longer}>
                It takes longer
              </Button>
            </>
          )}
          <HelpButton where={own.where} />
        </div>
      )}
      {longer ? <Longer own={own} onDone={() => setLonger(false)} /> : null}
    </div>
  );
}

function Longer({ own, onDone }: { own: ShownWatch; onDone: () => void }): JSX.Element {
  const saving = useSaving();
  const [time, setTime] = useState("");
  const extend = (ms: number): void => {
    if (ms <= now.peek()) {
      saving.fail([{ field: "longer-time", text: "That is past. Enter a time later than now" }]);
      return;
    }
    // The entry speaks by the tablet's clock, as its own time does.
    const back = instant(ms - (status.peek().offsetMs ?? 0));
    saving.save([{ kind: "watch.extended", watch: own.watch, expected_back: back }], "longer-time", onDone);
  };
  const from = Math.max(Date.parse(own.said_back ?? own.expected_back), now.value);
  const today = localMoment(now.value, timeZone.value).date;
  return (
    <div class="tm-stack tm-watch__longer">
      <div class="tm-watch__acts">
        {STEPS.map((minutes) => (
          <Button key={minutes} kind="secondary" onClick={() => extend(from + minutes * MINUTE_MS)}>
            {minutes} minutes more: {clock(instant(from + minutes * MINUTE_MS))}
          </Button>
        ))}
      </div>
      <TextField
        id="longer-time"
        label="Or back at"
        type="time"
        width={10}
        value={time}
        onInput={setTime}
        error={errorOf(saving.errors, "longer-time")}
      />
      <Button kind="secondary" disabled={time === ""} onClick={() => extend(momentAt(today, time, timeZone.value))}>
        Say so
      </Button>
    </div>
  );
}
