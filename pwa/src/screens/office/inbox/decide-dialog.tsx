// The dialog of one decision: release, decline, or correct. What it shows as it opens is pinned.
import type { ComponentChildren, JSX } from "preact";
import { moment } from "../../../components/words.ts";
import { today } from "../../../state/app.ts";
import { ReasonDialog } from "../parts/reason-dialog.tsx";
import { inbox } from "../state.ts";
import { CorrectDialog } from "./correct-dialog.tsx";
import { declineBody, releaseBody } from "./decide.ts";
import { Origin, Says, title } from "./facts.tsx";
import type { InboxItem } from "./items.ts";
import type { Act } from "./line.tsx";
import { doneWord } from "./words.ts";

/** What is being decided, and the thing as it was on the screen when the dialog opened. */
export interface Deciding {
  readonly act: Act;
  readonly item: InboxItem;
}

interface DecideProps {
  deciding: Deciding;
  onClose: (saved: string | null) => void;
}

const ABOUT = {
  release: {
    title: "Release",
    submit: "Release it",
    hint: "Why it may stand. Its author reads this, and it is kept for good.",
    means: "It will count as it was written, beside whatever else is said of these pupils.",
    done: "is released",
  },
  decline: {
    title: "Decline",
    submit: "Decline it",
    hint: "Why it does not stand. Its author reads this, and it is kept for good.",
    means: "It will not count. It stays to be read, with your reason.",
    done: "is declined",
  },
} as const;

/** One of the three. */
export function DecideDialog({ deciding: { act, item }, onClose }: DecideProps): JSX.Element {
  const fresh = decidedSince(item);
  if (act === "correct") return <CorrectDialog item={item} blocked={fresh === null ? null : BLOCKED} notice={fresh} onClose={onClose} />;
  const about = ABOUT[act];
  const name = title(item);
  return (
    <ReasonDialog
      title={`${about.title}: ${name}`}
      submit={about.submit}
      hint={about.hint}
      blocked={fresh === null ? null : BLOCKED}
      bodies={(reason) => [act === "release" ? releaseBody(item, reason) : declineBody(item, reason)]}
      onClose={(done) => onClose(done ? `${name} ${about.done}` : null)}
    >
      {fresh}
      <p>
        <strong>Why it is here:</strong> {item.reason}
      </p>
      <Says item={item} />
      <Origin item={item} />
      <p>{about.means}</p>
    </ReasonDialog>
  );
}

const BLOCKED = "Somebody decided on this while you were: close this, look at their decision, then decide again";

/** A decision that came while the dialog was open has not been seen: it is shown, and stops saving. */
function decidedSince(item: InboxItem): ComponentChildren {
  const now = inbox.value.find(({ id }) => id === item.id);
  const known = new Set(item.seen);
  const fresh = (now?.decisions ?? []).filter(({ entry }) => !known.has(entry));
  if (fresh.length === 0) return null;
  return (
    <div class="tm-panel tm-panel--warning tm-stack" role="alert">
      <p class="tm-strong">Decided by somebody else meanwhile</p>
      {fresh.map((one) => (
        <p key={one.entry}>
          {doneWord(one.what)}, {moment(one.at, today.value)}: “{one.reason}”
        </p>
      ))}
    </div>
  );
}
