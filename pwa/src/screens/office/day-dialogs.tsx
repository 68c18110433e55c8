// What can be open over the school's page: one dialog at a time, beside the lists and never in them.
import type { JSX } from "preact";
import { count, sessionWord, shortDate } from "../../components/text.ts";
import { me, observedNow } from "../../state/app.ts";
import type { RegisterLine, Session, UnexplainedLine } from "./day/shapes.ts";
import { amendToO } from "./forms/overdue.ts";
import { MarkDialog } from "./parts/mark-dialog.tsx";
import type { MarkTarget } from "./parts/mark-dialog.tsx";
import { ReasonDialog } from "./parts/reason-dialog.tsx";
import { ReassignDialog } from "./parts/reassign-dialog.tsx";

/** Which dialog is open, and from which section. */
export type Open =
  | { readonly what: "mark"; readonly section: string; readonly target: MarkTarget }
  | {
      readonly what: "reassign";
      readonly section: string;
      readonly line: RegisterLine;
      // As they were when it was opened: the page itself goes on with the clock.
      readonly date: string;
      readonly session: Session;
    }
  | { readonly what: "to-o"; readonly section: string; readonly lines: readonly UnexplainedLine[] };

/** What was written last, shown where it was done. */
export interface Saved {
  readonly section: string;
  readonly words: string;
}

/** The dialog that is open. */
export function OpenDialog({ open, onClose }: { open: Open; onClose: (saved: string | null) => void }): JSX.Element {
  switch (open.what) {
    case "mark":
      return <MarkDialog target={open.target} onClose={onClose} />;
    case "reassign":
      return <ReassignDialog line={open.line} date={open.date} session={open.session} onClose={onClose} />;
    case "to-o":
      break;
  }
  return <ToODialog lines={open.lines} onClose={onClose} />;
}

function ToODialog(props: {
  lines: readonly UnexplainedLine[];
  onClose: (saved: string | null) => void;
}): JSX.Element {
  const { lines, onClose } = props;
  const marks = count(lines.length, "mark");
  return (
    <ReasonDialog
      title={`Amend ${marks} from N to O`}
      submit={`Amend ${marks} to O`}
      hint="What was done to find the reason. It is kept with each mark, for good."
      bodies={(reason) => amendToO(lines, reason, observedNow())}
      onClose={(done) => onClose(done ? `${marks} amended from N to O` : null)}
    >
      <p>
        Five school days have passed and no reason was established. You, {me.value?.name ?? "the office"}, amend these marks;
        your name and role are kept with each.
      </p>
      <ul class="tm-office-names">
        {lines.map((line) => (
          <li key={line.key}>
            {line.who.name}, {line.who.form}: {shortDate(line.date)}, {sessionWord(line.session)}
          </li>
        ))}
      </ul>
    </ReasonDialog>
  );
}

