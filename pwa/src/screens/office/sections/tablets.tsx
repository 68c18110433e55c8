// Held entries in short, with the way to them; and tablets gone quiet.
import type { JSX } from "preact";
import { Link } from "../../../components/link.tsx";
import { Tag } from "../../../components/tag.tsx";
import { count, listing } from "../../../components/text.ts";
import { moment } from "../../../components/words.ts";
import { today } from "../../../state/app.ts";
import type { SilentTablet } from "../day/shapes.ts";
import { title } from "../inbox/facts.tsx";
import { shownItems } from "../inbox/items.ts";
import type { InboxItem } from "../inbox/items.ts";

/** How many wait for a decision, the one that waits longest, and the way there. */
export function HeldSummary({ open }: { open: readonly InboxItem[] }): JSX.Element {
  const [longest] = shownItems(open, "open", "oldest");
  return (
    <div class="tm-stack">
      {longest === undefined ? null : (
        <p>
          Waiting longest: {title(longest)}, from {longest.sender}, since {moment(longest.receivedAt, today.value)}. {longest.reason}
        </p>
      )}
      <p>
        <Link to="/office/inbox">Decide on {count(open.length, "held entry", "held entries")}</Link>
      </p>
    </div>
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
