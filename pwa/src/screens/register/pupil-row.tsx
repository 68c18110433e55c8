// A pupil's row: who, their last sessions, the marks, and what there is to say.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { announce } from "../../components/announcer.tsx";
import { Avatar } from "../../components/avatar.tsx";
import { Strip } from "../../components/strip.tsx";
import type { Role } from "../../domain/entry.ts";
import type { LastMark } from "../../generated/types.ts";
import type { Telling } from "./claim-words.ts";
import { codeWords } from "./claim-words.ts";
import { LatePicker } from "./late-picker.tsx";
import { markOfKey } from "./keyboard.ts";
import { MarkButtons } from "./mark-buttons.tsx";
import { isSavedMark, offersOf } from "./offers.ts";
import { RowDetails } from "./row-details.tsx";
import { RowNotes } from "./row-notes.tsx";
import type { Acts } from "./use-register.ts";
import { notesOf } from "./view.ts";
import type { RowView } from "./view.ts";
import type { Notes } from "./form.ts";

interface PupilRowProps {
  view: RowView;
  name: { knownAs: string; surname: string; note: string };
  last: readonly LastMark[];
  role: Role;
  telling: Telling;
  nDue: string | null;
  /** HH:MM while an arrival now can be, else null. */
  now: string | null;
  readOnly: boolean;
  /** Added here and not saved: can be taken off again. */
  canRemove: boolean;
  acts: Acts;
}

/** One item of the register's list. */
export function PupilRow(props: PupilRowProps): JSX.Element {
  const { view, name, last, role, telling, nDue, now, readOnly, canRemove, acts } = props;
  const [open, setOpen] = useState(false);
  const { pupil } = view;
  const id = `p-${pupil}`;
  const fullName = `${name.knownAs} ${name.surname}`.trim();
  const offers = offersOf(view, telling.frame);
  const say = (code: string, arrived: string | null): string => {
    const what = `${fullName}: ${codeWords(code, arrived, telling.frame)}`;
    announce(what);
    return what;
  };
  const take = (code: string): void => {
    if (view.choice !== null && view.choice.code === code) return;
    if (isSavedMark(view, code)) {
      if (view.choice !== null) acts.clear(pupil, say(code, view.cell.arrived ?? null));
      else announce(`${fullName} is marked so already`);
      return;
    }
    const arrived = code === "L" ? now : null;
    acts.choose(pupil, code, arrived, say(code, arrived));
  };
  const time = (arrived: string): void => acts.choose(pupil, "L", arrived, say("L", arrived), notesOf(view));
  const notes = (some: Partial<Notes>): void => {
    if (view.choice === null && view.code !== null) {
      const code = view.arrived === null ? view.code : "L";
      acts.choose(pupil, code, view.arrived, `${fullName}: note`, notesOf(view));
    }
    acts.annotate(pupil, some);
  };
  const onKey = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLElement) || event.target.getAttribute("role") !== "radio" || readOnly) return;
    const mark = markOfKey(event);
    if (mark === null) return;
    event.preventDefault();
    const offer = offers[{ present: 0, absent: 1, late: 2 }[mark]];
    if (offer !== undefined) take(offer.code);
  };
  const late = view.choice?.code === "L";
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the radios inside it
    <li class={rowClass(view)} data-pupil={pupil} onKeyDown={onKey}>
      <div class="tm-pupil__who">
        <Avatar knownAs={name.knownAs} surname={name.surname} />
        <div class="tm-pupil__name-box">
          <h3 class="tm-pupil__name" id={`${id}-name`}>
            {name.knownAs} <span class="tm-pupil__surname">{name.surname}</span>
          </h3>
          {name.note === "" ? null : <span class="tm-small tm-soft">{name.note}</span>}
          <Strip marks={last} />
        </div>
      </div>
      <MarkButtons
        labelledBy={`${id}-name`}
        offers={offers}
        saved={view.choice === null}
        disabled={readOnly}
        onTake={take}
      />
      <button
        type="button"
        class="tm-pupil__more"
        aria-expanded={open}
        aria-controls={`${id}-more`}
        aria-label={`${open ? "Less" : "More"} about ${fullName}`}
        onClick={() => setOpen(!open)}
      >
        <span aria-hidden="true">{open ? "Less" : "More"}</span>
      </button>
      {late ? (
        <div class="tm-pupil__late">
          <LatePicker id={`${id}-late`} name={name.knownAs} frame={telling.frame} arrived={view.arrived} now={now} onTime={time} />
        </div>
      ) : null}
      <RowNotes view={view} telling={telling} nDue={nDue} onReveal={() => acts.reveal([pupil])} />
      {open ? (
        <RowDetails
          id={`${id}-more`}
          view={view}
          name={name.knownAs}
          role={role}
          telling={telling}
          now={now}
          canRemove={canRemove}
          onTake={take}
          onTime={time}
          onNotes={notes}
          onClear={() => acts.clear(pupil, `${fullName}: mark taken back`)}
          onRemove={() => acts.dropChild(pupil)}
        />
      ) : null}
    </li>
  );
}

function rowClass(view: RowView): string {
  const parts = ["tm-pupil", `tm-pupil--${view.place}`];
  if (view.choice !== null) parts.push("tm-pupil--unsaved");
  if (view.check || view.news.length > 0 || view.outrun) parts.push("tm-pupil--check");
  return parts.join(" ");
}
