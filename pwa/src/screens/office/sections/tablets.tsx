// Held entries, and tablets gone quiet. Releasing and declining are no part of this page.
import type { JSX } from "preact";
import { Tag } from "../../../components/tag.tsx";
import { count, listing } from "../../../components/text.ts";
import { moment } from "../../../components/words.ts";
import { today } from "../../../state/app.ts";
import type { SchoolDay, SilentTablet } from "../day/shapes.ts";
import { codeText } from "../forms/codes.ts";
import { PupilName } from "../parts/pupil-name.tsx";
import { kindWords } from "../words.ts";

/** What, whose, why, since when. */
export function HeldList({ day }: { day: SchoolDay }): JSX.Element {
  return (
    <ul class="tm-plain-list tm-office-lines">
      {day.held.map((line) => (
        <li class="tm-office-line" key={line.id}>
          <div class="tm-office-line__who">
            <h3 class="tm-h3">{kindWords(line.kind)}</h3>
            <span class="tm-soft">{line.sender}</span>
          </div>
          <div class="tm-office-line__facts">
            <div class="tm-office-tags">
              <Tag tone="warning">{line.what === "held" ? "Held" : "Part set aside"}</Tag>
              <span class="tm-soft">since {moment(line.receivedAt, today.value)}</span>
            </div>
            <div>{line.reason}</div>
            {line.claims.length === 0 ? null : (
              <ul class="tm-office-aside">
                {line.claims.map((claim) => (
                  <li key={`${claim.who.pupil} ${claim.code}`}>
                    <PupilName who={claim.who} /> {codeText(claim.code, day.date)}.
                    {line.reason.includes(claim.reason) ? "" : ` ${claim.reason}`}
                  </li>
                ))}
              </ul>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}

/** Silent tablets, or why they cannot be told. */
export function Silent({ tablets }: { tablets: readonly SilentTablet[] | null }): JSX.Element {
  if (tablets === null) {
    return <p class="tm-office-empty">When tablets were last heard can only be asked for with a connection.</p>;
  }
  if (tablets.length === 0) return <p class="tm-office-empty">Every tablet that is waited for has been heard lately.</p>;
  return (
    <ul class="tm-plain-list tm-office-lines">
      {tablets.map((tablet) => (
        <li class="tm-office-line" key={`${tablet.person} ${tablet.device}`}>
          <div class="tm-office-line__who">
            <h3 class="tm-h3">{tablet.name}</h3>
          </div>
          <div class="tm-office-line__facts">
            <div class="tm-office-tags">
              <span>
                {tablet.lastContact === null
                  ? "No tablet of theirs has been heard."
                  : `Tablet last heard ${moment(tablet.lastContact, today.value)}.`}
              </span>
              {tablet.waiting === 0 ? null : (
                <Tag tone="warning">{count(tablet.waiting, "entry", "entries")} still to send</Tag>
              )}
            </div>
            {tablet.registers.length === 0 ? null : <div>Register waited for: {listing(tablet.registers)}.</div>}
          </div>
        </li>
      ))}
    </ul>
  );
}
