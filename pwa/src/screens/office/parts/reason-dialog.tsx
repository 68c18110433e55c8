// A dialog that asks for nothing but the reason.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { errorOf } from "../../../components/error-summary.tsx";
import { TextArea } from "../../../components/field.tsx";
import { tidy } from "../../../components/text.ts";
import type { NewBody } from "../../../domain/entry.ts";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { useSaving } from "../../../components/saving.ts";

interface ReasonDialogProps {
  title: string;
  submit: string;
  /** What it is about. */
  children: ComponentChildren;
  hint: string;
  /** What is asked for, where it is no reason; and what is said while it is empty. */
  label?: string | undefined;
  missing?: string | undefined;
  /** The entries to write, given the reason. */
  bodies: (reason: string) => readonly NewBody[];
  /** Why it cannot be saved now; null when it can. */
  blocked?: string | null | undefined;
  maxLength?: number | undefined;
  onClose: (saved: boolean) => void;
}

const REASON_LENGTH = 4000;

/** The reason is always asked for, and kept. */
export function ReasonDialog({ title, submit, children, hint, label = "Reason", missing = "Enter the reason", bodies, blocked = null, maxLength = REASON_LENGTH, onClose }: ReasonDialogProps): JSX.Element {
  const [reason, setReason] = useState("");
  const saving = useSaving();
  const onSubmit = (): void => {
    const problem = blocked ?? (tidy(reason) === "" ? missing : null);
    if (problem !== null) {
      saving.fail([{ field: "reason", text: problem }]);
      return;
    }
    saving.save(bodies(tidy(reason)), "reason", () => onClose(true));
  };
  return (
    <FormDialog
      title={title}
      errors={saving.errors}
      submit={submit}
      busy={saving.busy}
      touched={reason !== ""}
      onSubmit={onSubmit}
      onClose={() => onClose(false)}
    >
      <div class="tm-stack">{children}</div>
      <div class="tm-office-fields">
        <TextArea
          id="reason"
          label={label}
          hint={hint}
          value={reason}
          maxLength={maxLength}
          onInput={setReason}
          error={errorOf(saving.errors, "reason")}
        />
      </div>
    </FormDialog>
  );
}
