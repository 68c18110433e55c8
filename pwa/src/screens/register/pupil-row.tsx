// A pupil's row: who, their last sessions, the marks, and what there is to say.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Avatar } from "../../components/avatar.tsx";
import { Strip } from "../../components/strip.tsx";
import type { Role } from "../../domain/entry.ts";
import type { LastMark } from "../../generated/types.ts";
import type { Telling } from "./claim-words.ts";
import { LatePicker } from "./late-picker.tsx";
import { MarkButtons } from "./mark-buttons.tsx";
import type { RowName } from "./names.ts";
import { RowDetails } from "./row-details.tsx";
import { RowNotes } from "./row-notes.tsx";
import type { Acts } from "./use-register.ts";
import { rowActs } from "./row-acts.ts";
import type { RowView } from "./view.ts";

interface PupilRowProps {
  view: RowView;
  name: RowName;
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
  const { view, name, telling, now, acts } = props;
  const [open, setOpen] = useState(false);
  const id = `p-${view.pupil}`;
  const row = rowActs({ ...props, frame: telling.frame, fullName: name.full });
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- keys of the radios inside it
    <li class={rowClass(view)} data-pupil={view.pupil} onKeyDown={row.onKey}>
      <Who id={`${id}-name`} name={name} last={props.last} />
      <MarkButtons
        labelledBy={`${id}-name`}
        offers={row.offers}
        saved={view.choice === null}
        disabled={props.readOnly}
        onTake={row.take}
      />
      <button
        type="button"
        class="tm-pupil__more"
        aria-expanded={open}
        aria-controls={`${id}-more`}
        aria-label={`${open ? "Less" : "More"} about ${name.full}`}
        onClick={() => setOpen(!open)}
      >
        <span aria-hidden="true">{open ? "Less" : "More"}</span>
      </button>
      {view.choice?.code === "L" ? (
        <div class="tm-pupil__late">
          <LatePicker
            id={`${id}-late`}
            name={name.knownAs}
            frame={telling.frame}
            arrived={view.arrived}
            now={now}
            onTime={row.time}
          />
        </div>
      ) : null}
      <RowNotes view={view} telling={telling} nDue={props.nDue} onReveal={() => acts.reveal([view.pupil])} />
      {open ? (
        <RowDetails
          id={`${id}-more`}
          view={view}
          name={name.knownAs}
          role={props.role}
          telling={telling}
          now={now}
          canRemove={props.canRemove}
          row={row}
          onRemove={() => acts.dropChild(view.pupil)}
        />
      ) : null}
    </li>
  );
}

function Who({ id, name, last }: Pick<PupilRowProps, "name" | "last"> & { id: string }): JSX.Element {
  return (
    <div class="tm-pupil__who">
      <Avatar knownAs={name.knownAs} surname={name.surname} />
      <div class="tm-pupil__name-box">
        <h3 class="tm-pupil__name" id={id}>
          {name.knownAs} <span class="tm-pupil__surname">{name.surname}</span>
        </h3>
        {name.note === "" ? null : <span class="tm-small tm-soft">{name.note}</span>}
        <Strip marks={last} />
      </div>
    </div>
  );
}

function rowClass(view: RowView): string {
  const parts = ["tm-pupil", `tm-pupil--${view.place}`];
  if (view.choice !== null) parts.push("tm-pupil--unsaved");
  if (view.check || view.news.length > 0 || view.outrun) parts.push("tm-pupil--check");
  return parts.join(" ");
}
