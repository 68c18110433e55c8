// Handing one session's register of a group to somebody else.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { errorOf } from "../../../components/error-summary.tsx";
import type { FormError } from "../../../components/error-summary.tsx";
import { SelectField, TextArea } from "../../../components/field.tsx";
import { longDate, sessionWord, tidy } from "../../../components/text.ts";
import { mayWrite, roleName } from "../../../domain/policy.ts";
import { school } from "../../../state/app.ts";
import { compare } from "../day/cells.ts";
import type { RegisterLine, Session } from "../day/shapes.ts";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { useSaving } from "../../../components/saving.ts";

interface ReassignDialogProps {
  line: RegisterLine;
  date: string;
  session: Session;
  onClose: (saved: string | null) => void;
}

/** The register goes to that person's tablet as soon as it hears of it. */
export function ReassignDialog({ line, date, session, onClose }: ReassignDialogProps): JSX.Element {
  const [to, setTo] = useState("");
  const [reason, setReason] = useState("");
  const saving = useSaving();
  const staff = (school.value?.staff ?? [])
    .filter((member) => member.person !== line.taker && mayWrite(member.role, "register.taken"))
    .toSorted((a, b) => compare(a.name, b.name));
  const onSubmit = (): void => {
    const errors: FormError[] = [];
    if (to === "") errors.push({ field: "to", text: "Choose who takes this register" });
    if (tidy(reason) === "") errors.push({ field: "reason", text: "Enter the reason" });
    saving.fail(errors);
    if (errors.length > 0) return;
    const name = staff.find((member) => member.person === to)?.name ?? "";
    const body = { kind: "register.reassigned" as const, group: line.group, date, session, to, reason: tidy(reason) };
    saving.save([body], "to", () => onClose(`${line.name}: ${name} takes the register`));
  };
  return (
    <FormDialog
      title={`Reassign the register of ${line.name}`}
      errors={saving.errors}
      submit="Reassign this register"
      busy={saving.busy}
      touched={to !== "" || reason !== ""}
      onSubmit={onSubmit}
      onClose={() => onClose(null)}
    >
      <p class="tm-soft">
        {longDate(date)}, {sessionWord(session)} only. {line.takerName} was to take it.
      </p>
      <div class="tm-office-fields">
        <SelectField
          id="to"
          label="Who takes it"
          value={to}
          onChange={setTo}
          options={[
            { value: "", text: "Choose a person" },
            ...staff.map((member) => ({ value: member.person, text: `${member.name}, ${roleName(member.role)}` })),
          ]}
          error={errorOf(saving.errors, "to")}
        />
        <TextArea
          id="reason"
          label="Reason"
          value={reason}
          maxLength={4000}
          onInput={setReason}
          error={errorOf(saving.errors, "reason")}
        />
      </div>
    </FormDialog>
  );
}
