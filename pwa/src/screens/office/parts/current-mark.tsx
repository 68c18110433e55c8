// What is already said of a pupil's session, for somebody about to record more.
import type { JSX } from "preact";
import { spanOn } from "../../../domain/calendar.ts";
import { clock } from "../../../components/words.ts";
import { groups, school } from "../../../state/app.ts";
import { claimsById } from "../day/cells.ts";
import type { PupilCell, Session } from "../day/shapes.ts";
import { codeText } from "../forms/codes.ts";
import { unseen } from "../forms/seen.ts";
import { placeOf, speaker } from "../words.ts";
import { Claims } from "./claims.tsx";

interface CurrentMarkProps {
  at: PupilCell | undefined;
  seen: ReadonlySet<string>;
  date: string;
  session: Session;
}

/** Shown when a pupil is chosen; what comes in later is named as new, and is not replaced. */
export function CurrentMark({ at, seen, date, session }: CurrentMarkProps): JSX.Element | null {
  const calendar = school.value?.calendar;
  if (calendar === undefined) return null;
  if (at === undefined || at.claims.length === 0) return <p class="tm-office-current">No mark yet for this session.</p>;
  const span = spanOn(calendar, date, session);
  const fresh = unseen(at.claims, seen);
  return (
    <div class="tm-office-current tm-stack">
      <Now at={at} date={date} />
      {fresh.length === 0 ? null : (
        <>
          <p class="tm-strong">New since you chose this pupil. It will stand beside what you record:</p>
          <Claims claims={fresh} date={date} span={span} label="New since you chose this pupil" />
        </>
      )}
    </div>
  );
}

function Now({ at, date }: { at: PupilCell; date: string }): JSX.Element {
  const { state, code } = at.cell;
  const last = claimsById(at, at.cell.live ?? []).at(-1);
  const by = last === undefined ? "" : ` ${placeOf(last, groups.value)}, ${speaker(last)}, ${clock(last.observed_at)}.`;
  if (state === "contested") return <p>Now: contested. What you record replaces all that is said; the reason matters.</p>;
  if ((code ?? null) === null) return <p>Now: no mark stands.</p>;
  const arrived = at.cell.arrived ?? null;
  return (
    <p>
      Now: <strong>{codeText(code ?? "", date)}</strong>
      {arrived === null ? "." : `, came in at ${arrived}.`}
      {by} What you record replaces this.
    </p>
  );
}
