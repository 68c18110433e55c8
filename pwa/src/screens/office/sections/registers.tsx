// Registers missing, and registers in with pupils unmarked: who to ring, or how to take it here.
import type { JSX } from "preact";
import { mayDo, mayRecord } from "../../../components/allowed.ts";
import { Button } from "../../../components/button.tsx";
import { Details } from "../../../components/details.tsx";
import { Link } from "../../../components/link.tsx";
import { Tag } from "../../../components/tag.tsx";
import { count, telLink } from "../../../components/text.ts";
import { moment } from "../../../components/words.ts";
import { today } from "../../../state/app.ts";
import type { RegisterLine, SchoolDay } from "../day/shapes.ts";
import { PupilName } from "../parts/pupil-name.tsx";
import { latenessWords, roomWords } from "../words.ts";

interface RegistersProps {
  day: SchoolDay;
  lines: readonly RegisterLine[];
  onReassign: (line: RegisterLine) => void;
}

/** A line a register: group, room, who takes it, how late, when their tablet was last heard. */
export function Registers({ day, lines, onReassign }: RegistersProps): JSX.Element {
  return (
    <ul class="tm-plain-list tm-office-lines">
      {lines.map((line) => (
        <li class="tm-office-line" key={line.group}>
          <div class="tm-office-line__who">
            <h3 class="tm-h3">{line.name}</h3>
            <span class="tm-soft">{roomWords(line.room)}</span>
          </div>
          <div class="tm-office-line__facts">
            <div class="tm-office-tags">
              <span>{line.takerName}</span>
              {line.reassigned ? <Tag tone="quiet">reassigned</Tag> : null}
              {line.state === "missing" ? <Lateness line={line} /> : null}
            </div>
            {mayDo("access") ? (
              <div class="tm-soft tm-small">
                <LastHeard line={line} day={day} />
              </div>
            ) : null}
            {line.state === "part" ? <Unmarked line={line} /> : null}
          </div>
          <Actions line={line} day={day} onReassign={onReassign} />
        </li>
      ))}
    </ul>
  );
}

function Lateness({ line }: { line: RegisterLine }): JSX.Element {
  const late = line.lateness.kind === "late" || line.lateness.kind === "earlier_day";
  return <Tag tone={late ? "alert" : "quiet"}>{latenessWords(line.lateness)}</Tag>;
}

function LastHeard({ line, day }: { line: RegisterLine; day: SchoolDay }): JSX.Element {
  if (day.silent === null) return <>Last heard: not known without a connection</>;
  const heard = line.lastHeard;
  if (heard === null) return <>No tablet of theirs has been heard</>;
  const waiting = heard.waiting === 0 ? "" : `, with ${count(heard.waiting, "entry", "entries")} still to send`;
  return (
    <>
      Tablet last heard {moment(heard.last_contact, today.value)}
      {waiting}
    </>
  );
}

function Unmarked({ line }: { line: RegisterLine }): JSX.Element {
  return (
    <Details summary={`${count(line.unmarked.length, "pupil")} unmarked`}>
      <ul class="tm-plain-list">
        {line.unmarked.map((who) => (
          <li key={who.pupil}>
            <PupilName who={who} />
          </li>
        ))}
      </ul>
    </Details>
  );
}

function Actions({ line, day, onReassign }: Omit<RegistersProps, "lines"> & { line: RegisterLine }): JSX.Element {
  const takes = mayRecord("register.taken");
  const register = `/register/${day.date}/${day.session}/${line.group}`;
  return (
    <div class="tm-office-line__actions">
      {line.extension === null ? null : (
        <a class="govuk-button govuk-button--secondary tm-button--small" href={telLink(line.extension)}>
          Ring {line.extension}
          <span class="tm-visually-hidden">, room of {line.name}</span>
        </a>
      )}
      {line.state === "missing" && mayRecord("register.reassigned") ? (
        <Button kind="secondary" small onClick={() => onReassign(line)} label={`Reassign ${line.name}`}>
          Reassign
        </Button>
      ) : null}
      {takes ? (
        <Link to={register} class="govuk-button govuk-button--secondary tm-button--small">
          {line.state === "missing" ? "Take it here" : "Open the register"}
          <span class="tm-visually-hidden">: {line.name}</span>
        </Link>
      ) : null}
      {line.state === "missing" && takes ? (
        <Link to={`${register}?paper`} class="govuk-button govuk-button--secondary tm-button--small">
          Key in from paper<span class="tm-visually-hidden">: {line.name}</span>
        </Link>
      ) : null}
    </div>
  );
}
