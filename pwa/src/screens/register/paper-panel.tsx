// Keying in a register that was taken on paper: who took it, and when.
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { TextField } from "../../components/field.tsx";
import { tidy } from "../../components/text.ts";
import type { PaperDraft } from "./form.ts";

interface PaperPanelProps {
  paper: PaperDraft;
  errors: readonly FormError[];
  onChange: (paper: PaperDraft) => void;
  onCancel: () => void;
}

/** What is missing before a paper register can be saved. */
export function paperErrors(paper: PaperDraft | null): FormError[] {
  if (paper === null) return [];
  const errors: FormError[] = [];
  if (tidy(paper.takenBy) === "") errors.push({ field: "paper-by", text: "Enter who took the register on paper" });
  if (!/^\d\d:\d\d$/.test(paper.takenAt)) errors.push({ field: "paper-at", text: "Enter when it was taken, such as 08:45" });
  return errors;
}

/** Above the pupils while it is open. */
export function PaperPanel({ paper, errors, onChange, onCancel }: PaperPanelProps): JSX.Element {
  return (
    <section class="tm-panel tm-panel--tinted tm-stack" aria-labelledby="paper">
      <h2 class="tm-h2" id="paper">
        From paper
      </h2>
      <ErrorSummary errors={errors} />
      <p class="tm-small">
        Key in the marks as they stand on the paper. They count as seen by whoever took it; your name is kept as the one
        who keyed them in.
      </p>
      <div class="tm-row tm-row--top">
        <TextField
          id="paper-by"
          label="Taken by"
          width={20}
          maxLength={200}
          value={paper.takenBy}
          onInput={(takenBy) => onChange({ ...paper, takenBy })}
          error={errorOf(errors, "paper-by")}
        />
        <TextField
          id="paper-at"
          label="Taken at"
          type="time"
          width={10}
          value={paper.takenAt}
          onInput={(takenAt) => onChange({ ...paper, takenAt })}
          error={errorOf(errors, "paper-at")}
        />
      </div>
      <Button small kind="secondary" onClick={onCancel}>
        Not from paper after all
      </Button>
    </section>
  );
}
