// The foot of the register, always in sight: five numbers that add up to the roll, and what to do.
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";
import type { Counts } from "./marks.ts";

interface RegisterBarProps {
  counts: Counts;
  /** How many pupils "fill blanks" would mark. */
  blanks: number;
  /** What undo would take back; null where there is nothing. */
  lastStep: string | null;
  unsaved: number;
  saving: boolean;
  /** What was done last, until the next act. */
  done: { title: string; text: string } | null;
  readOnly: boolean;
  onFill: () => void;
  onUndo: () => void;
  onSave: () => void;
}

/** Stays at the bottom of the window. */
export function RegisterBar(props: RegisterBarProps): JSX.Element {
  const { counts, blanks, lastStep, unsaved, saving, readOnly } = props;
  const groups: readonly (readonly [string, string, number])[] = [
    ["here", "here", counts.here],
    ["late", "late", counts.late],
    ["away", "not here", counts.away],
    ["elsewhere", "elsewhere", counts.elsewhere],
    ["unmarked", "unmarked", counts.unmarked],
  ];
  return (
    <section class="tm-bar" aria-label="Totals and saving">
      <output class="tm-bar__done" aria-live="polite">
        {props.done === null ? null : (
          <span class="tm-bar__done-words">
            <span aria-hidden="true">✓ </span>
            <strong>{props.done.title}:</strong> {props.done.text}
          </span>
        )}
      </output>
      <div class="tm-bar__inner">
        <dl class="tm-bar__counts">
          {groups.map(([key, text, n]) => (
            <div class={`tm-bar__count tm-bar__count--${key}`} key={key}>
              <dt>{text}</dt>
              <dd class="tm-number">{n}</dd>
            </div>
          ))}
          <div class="tm-bar__count tm-bar__count--roll">
            <dt>on roll</dt>
            <dd class="tm-number">{counts.roll}</dd>
          </div>
        </dl>
        <div class="tm-bar__actions">
          <Button kind="secondary" onClick={props.onUndo} disabled={lastStep === null} label={undoLabel(lastStep)}>
            Undo
          </Button>
          <Button kind="secondary" onClick={props.onFill} disabled={blanks === 0 || readOnly}>
            Fill {blanks === 0 ? "" : `${blanks} `}
            {blanks === 1 ? "blank" : "blanks"} as present
          </Button>
          <Button onClick={props.onSave} disabled={unsaved === 0 || saving || readOnly} class="tm-bar__save">
            {saving ? "Saving…" : unsaved === 0 ? "Save" : `Save ${unsaved}`}
          </Button>
        </div>
      </div>
    </section>
  );
}

function undoLabel(lastStep: string | null): string {
  return lastStep === null ? "Undo: nothing to undo" : `Undo: ${lastStep}`;
}
