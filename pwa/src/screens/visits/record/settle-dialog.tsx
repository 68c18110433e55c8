// Two people differ on a fact: somebody says which holds, and why. Both stay in the record.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Radios } from "../../../components/choices.tsx";
import { errorOf } from "../../../components/error-summary.tsx";
import { TextArea } from "../../../components/field.tsx";
import { tidy } from "../../../components/text.ts";
import { cellOf, liveClaims, screenOf } from "../../../domain/facts.ts";
import type { FactCell } from "../../../domain/facts.ts";
import type { Visit } from "../../../generated/types.ts";
import { observedNow } from "../../../state/app.ts";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { useSaving } from "../../../components/saving.ts";
import { factWords } from "./fact-words.ts";

interface SettleProps {
  cell: FactCell;
  visit: Visit;
  name: string;
  around: Parameters<typeof factWords>[1];
  onClose: () => void;
}

const REASON_LENGTH = 4000;

export function SettleDialog({ cell, visit, name, around, onClose }: SettleProps): JSX.Element {
  // What was on the screen as it opened: what comes in meanwhile was not seen.
  const [claims] = useState(() => liveClaims(cell));
  const [first] = claims;
  const [replaces] = useState(() => (first === undefined ? [] : screenOf([cell], cellOf(first.says))));
  const [chosen, setChosen] = useState("");
  const [reason, setReason] = useState("");
  const saving = useSaving();
  const submit = (): void => {
    const claim = claims.find(({ id }) => id === chosen);
    const errors = [
      ...(claim === undefined ? [{ field: "which", text: "Choose which holds" }] : []),
      ...(tidy(reason) === "" ? [{ field: "reason", text: "Enter the reason" }] : []),
    ];
    if (claim === undefined || errors.length > 0) {
      saving.fail(errors);
      return;
    }
    const facts = [{ says: claim.says, observed_at: observedNow(), replaces }];
    saving.save([{ kind: "visit.settled", case: visit.case, visit: visit.visit, facts, reason: tidy(reason) }], "reason", onClose);
  };
  return (
    <FormDialog title={`${name}: which holds?`} errors={saving.errors} submit="Settle it" busy={saving.busy} touched={chosen !== "" || reason !== ""} onSubmit={submit} onClose={onClose}>
      <Radios
        id="which"
        legend="Which holds?"
        value={chosen}
        onChange={setChosen}
        options={claims.map((claim) => ({ value: claim.id, text: factWords(claim.says, around), hint: `${claim.author_name} said so` }))}
        error={errorOf(saving.errors, "which")}
      />
      <TextArea id="reason" label="Reason" hint="Both stay in the record, with this." rows={3} maxLength={REASON_LENGTH} value={reason} onInput={setReason} error={errorOf(saving.errors, "reason")} />
    </FormDialog>
  );
}
