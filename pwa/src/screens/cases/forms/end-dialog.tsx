// A fact that is no more: gone, removed, withdrawn. What it said stays in its history.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { useSaving } from "../../../components/saving.ts";
import { cellOf, screenOf } from "../../../domain/facts.ts";
import type { FactOf } from "../../../domain/facts.ts";
import type { Case } from "../../../generated/types.ts";
import { observedNow } from "../../../state/app.ts";
import { namesOf } from "../places.ts";
import { FactText } from "../parts/fact-text.tsx";
import type { CaseFactKind, Spec } from "./specs.ts";

interface EndDialogProps<K extends CaseFactKind> {
  of: Case;
  spec: Spec<K>;
  fact: FactOf<K>;
  onClose: () => void;
}

export function EndDialog<K extends CaseFactKind>({ of, spec, fact, onClose }: EndDialogProps<K>): JSX.Element {
  // What was on the screen as it opened: what changes meanwhile was not seen.
  const [replaces] = useState(() => screenOf(of.cells, cellOf(fact)));
  const { busy, errors, save } = useSaving();
  const submit = (): void => {
    const says = { ...fact, ...spec.end?.change };
    const facts = [{ says, observed_at: observedNow(), replaces }];
    save([{ kind: "case.noted", case: of.case, facts }], "end-fact", onClose);
  };
  return (
    <FormDialog
      title={spec.end?.text ?? ""}
      errors={errors}
      submit={spec.end?.text ?? ""}
      busy={busy}
      touched={false}
      onSubmit={submit}
      onClose={onClose}
    >
      <div id="end-fact" tabIndex={-1}>
        <FactText spec={spec} fact={fact} names={namesOf(of.cells)} />
        <p class="tm-small tm-soft">It leaves this list. What was said stays on the record.</p>
      </div>
    </FormDialog>
  );
}
