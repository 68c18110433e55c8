// What something held says, as far as it can be read, and who wrote it, where and when.
import type { JSX } from "preact";
import { Details } from "../../../components/details.tsx";
import { groupName } from "../../../components/people.ts";
import { count } from "../../../components/text.ts";
import { moment } from "../../../components/words.ts";
import { cards, groups, school, today } from "../../../state/app.ts";
import { who } from "../day/cells.ts";
import { codeText } from "../forms/codes.ts";
import { PupilName } from "../parts/pupil-name.tsx";
import type { InboxItem, InboxMark } from "./items.ts";
import { titleOf } from "./words.ts";

/** Marks in sight before the others are folded away. */
const SHOWN = 5;

/** The entry's line: what it is. */
export function title(item: InboxItem): string {
  return titleOf(item, item.group === null ? undefined : (groups.value.get(item.group)?.name ?? groupName(item.group)));
}

/** Who, where, when; in one paragraph. */
export function Origin({ item }: { item: InboxItem }): JSX.Element {
  const at = (instant: string): string => moment(instant, today.value);
  return (
    <>
      <div>
        From {item.sender}.
        {item.author === null ? "" : ` It names ${staffName(item.author)} as its author.`}
      </div>
      <div class="tm-soft tm-number">
        {item.writtenAt === null ? "" : `Written ${at(item.writtenAt)} by the tablet’s clock. `}Received {at(item.receivedAt)}.
        {item.device === null ? "" : ` Tablet: ${item.device}.`}
      </div>
    </>
  );
}

function staffName(person: string): string {
  return school.value?.staff.find((one) => one.person === person)?.name ?? "somebody not on the staff list";
}

/** What it says, in plain words. */
export function Says({ item }: { item: InboxItem }): JSX.Element | null {
  const { marks } = item;
  const [first, more] = [marks.slice(0, SHOWN), marks.slice(SHOWN)];
  return (
    <>
      {item.pupil === null ? null : (
        <div>
          About <PupilName who={who(item.pupil, cards.value)} />.
        </div>
      )}
      {item.because === null ? null : <div>Its author’s reason: “{item.because}”</div>}
      {item.said.map((sentence) => (
        <div key={sentence}>“{sentence}”</div>
      ))}
      {item.facts.length === 0 ? null : <Facts item={item} />}
      {first.length === 0 ? null : <Marks item={item} marks={first} />}
      {more.length === 0 ? null : (
        <Details summary={count(more.length, "more mark")}>
          <Marks item={item} marks={more} />
        </Details>
      )}
    </>
  );
}

function Facts({ item }: { item: InboxItem }): JSX.Element {
  return (
    <ul class="tm-office-aside">
      {item.facts.map(({ id, what, reason }) => (
        <li key={id}>
          {what}.{item.reason.includes(reason) ? "" : ` ${reason}`}
        </li>
      ))}
    </ul>
  );
}

function Marks({ item, marks }: { item: InboxItem; marks: readonly InboxMark[] }): JSX.Element {
  const date = item.date ?? today.value;
  return (
    <ul class="tm-office-aside">
      {marks.map((mark, index) => (
        <li key={mark.id ?? index}>
          {mark.pupil === null ? "A pupil who cannot be read" : <PupilName who={who(mark.pupil, cards.value)} />}{" "}
          {mark.code === "" ? "no code" : codeText(mark.code, date)}
          {mark.arrived === null ? "" : `, came in at ${mark.arrived}`}.
          {mark.remark === null ? "" : ` Remark: “${mark.remark}”.`}
          {mark.parentMessage === null ? "" : ` A parent said: “${mark.parentMessage}”.`}
          {mark.reason === null || item.reason.includes(mark.reason) ? "" : ` ${mark.reason}`}
        </li>
      ))}
    </ul>
  );
}
