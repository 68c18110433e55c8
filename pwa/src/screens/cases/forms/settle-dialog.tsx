// Two people differ: one of what they said stands from now on, and why.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Radios } from "../../../components/choices.tsx";
import { errorOf } from "../../../components/error-summary.tsx";
import { TextArea } from "../../../components/field.tsx";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { useSaving } from "../../../components/saving.ts";
import { tidy } from "../../../components/text.ts";
import { screenOf } from "../../../domain/facts.ts";
import type { CellName, FactCell, FactOf } from "../../../domain/facts.ts";
import type { Case } from "../../../generated/types.ts";
import { observedNow } from "../../../state/app.ts";
import { namesOf } from "../places.ts";
import { factWords } from "./specs.ts";
import type { CaseFactKind, Spec } from "./specs.ts";

interface SettleDialogProps<K extends CaseFactKind> {
  of: Case;
  spec: Spec<K>;
  cell: FactCell;
  values: readonly FactOf<K>[];
  onClose: () => void;
}

export function SettleDialog<K extends CaseFactKind>({ of, spec, cell, values, onClose }: SettleDialogProps<K>): JSX.Element {
  const chosen = useSignal("");
  const reason = useSignal("");
  // A cell is called as its fact is.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const [replaces] = useState(() => screenOf(of.cells, cell.cell as CellName));
  const { busy, errors, fail, save } = useSaving();
  const names = namesOf(of.cells);
  const submit = (): void => {
    const says = values[Number(chosen.value)];
    const why = tidy(reason.value);
    const found = [
      ...(chosen.value === "" || says === undefined ? [{ field: "settle-choice", text: "Choose what stands" }] : []),
      ...(why === "" ? [{ field: "settle-reason", text: "Say how you know" }] : []),
    ];
    fail(found);
    if (found.length > 0 || says === undefined) return;
    const facts = [{ says, observed_at: observedNow(), replaces }];
    save([{ kind: "case.settled", case: of.case, facts, reason: why }], "settle-reason", onClose);
  };
  return (
    <FormDialog
      title={`Settle: ${spec.one}`}
      errors={errors}
      submit="This stands"
      busy={busy}
      touched={chosen.value !== "" || reason.value !== ""}
      onSubmit={submit}
      onClose={onClose}
    >
      <Radios
        id="settle-choice"
        legend="What stands from now on"
        value={chosen.value}
        onChange={(value) => (chosen.value = value)}
        error={errorOf(errors, "settle-choice")}
        options={values.map((fact, index) => ({ value: String(index), text: factWords(fact, names) ?? "" }))}
      />
      <TextArea
        id="settle-reason"
        label="How you know"
        hint="It stays on the record with your name. If neither is right, settle it on one and then change that."
        value={reason.value}
        onInput={(value) => (reason.value = value)}
        maxLength={4000}
        rows={3}
        error={errorOf(errors, "settle-reason")}
      />
    </FormDialog>
  );
}
