// The pupils of a register, by surname; those who are not members of the group below.
import type { JSX } from "preact";
import { bySurname } from "../../components/named.ts";
import { groupName, people, thisMorning } from "../../components/people.ts";
import { moment } from "../../components/words.ts";
import type { LastMark, Me, Sheet } from "../../generated/types.ts";
import { cards, nowLocal, today } from "../../state/app.ts";
import type { Telling } from "./claim-words.ts";
import { moveFocus } from "./keyboard.ts";
import { rowName } from "./names.ts";
import { arrivalNow } from "./offers.ts";
import { PupilRow } from "./pupil-row.tsx";
import type { OpenRegister } from "./use-register.ts";
import type { RowView } from "./view.ts";

interface PupilListProps {
  sheet: Sheet;
  open: OpenRegister;
  me: Me;
  readOnly: boolean;
}

const STRIP = 10;

/** The last sessions before this one. A card knows the days before today; the fire list the morning. */
function lastMarks(pupil: string, sheet: Sheet): LastMark[] {
  const last = (cards.value.get(pupil)?.last ?? []).filter(({ date }) => date < sheet.date);
  const morning = sheet.session === "PM" && sheet.date === today.value ? thisMorning.value.get(pupil) : undefined;
  if (morning === undefined) return last.slice(-STRIP);
  const state = morning.state === "check" ? "contested" : morning.code === null ? "unmarked" : "agreed";
  return [...last, { date: sheet.date, session: "AM" as const, state, code: morning.code } satisfies LastMark].slice(-STRIP);
}

/** Arrow keys move over all rows of both lists. */
export function PupilList({ sheet, open, me, readOnly }: PupilListProps): JSX.Element {
  const { views, form, frame, acts } = open;
  const telling: Telling = {
    frame,
    me: me.person,
    clock: (instant) => moment(instant, today.value),
    group: groupName,
  };
  const now = arrivalNow(frame, today.value, nowLocal.value, form.paper !== null);
  const listed = views
    .filter((view) => view.listed)
    .toSorted((a, b) => bySurname(people.value.get(a.pupil), people.value.get(b.pupil)));
  const guests = views.filter((view) => !view.listed);
  const draw = (view: RowView): JSX.Element => (
    <PupilRow
      key={view.pupil}
      view={view}
      name={rowName(view, form)}
      last={lastMarks(view.pupil, sheet)}
      role={me.role}
      telling={telling}
      nDue={sheet.n_due}
      now={now}
      readOnly={readOnly}
      canRemove={form.added.some(({ pupil }) => pupil === view.pupil) && view.shown.length === 0}
      acts={acts}
    />
  );
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- arrow keys of the radios inside it
    <div onKeyDown={moveFocus}>
      <h2 class="tm-visually-hidden">Pupils</h2>
      <ul class="tm-plain-list tm-pupils">{listed.map(draw)}</ul>
      {guests.length === 0 ? null : (
        <>
          <h2 class="tm-h2 tm-pupils__guests">Here, but not on the list</h2>
          <p class="tm-small tm-soft">They count in their own group, not in the totals below.</p>
          <ul class="tm-plain-list tm-pupils">{guests.map(draw)}</ul>
        </>
      )}
    </div>
  );
}
