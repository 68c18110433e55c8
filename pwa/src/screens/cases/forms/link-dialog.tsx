// Link a child to its school's register: then the case has the attendance, and the school its part of the case.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { here } from "../../../components/allowed.ts";
import { errorOf } from "../../../components/error-summary.tsx";
import { SelectField, TextField } from "../../../components/field.tsx";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { useSaving } from "../../../components/saving.ts";
import { screenOf } from "../../../domain/facts.ts";
import type { FactOf } from "../../../domain/facts.ts";
import type { Case, PupilFound } from "../../../generated/types.ts";
import { ask, observedNow, school } from "../../../state/app.ts";

interface LinkDialogProps {
  of: Case;
  child: FactOf<"member">;
  onClose: () => void;
}

const NOBODY =
  "No pupil on that school’s roll today has this surname and date of birth. Check both with the family. If they are right, ask the school: a restricted record is linked by its safeguarding lead.";

export function LinkDialog({ of, child, onClose }: LinkDialogProps): JSX.Element {
  const at = useSignal(child.school ?? "");
  const born = useSignal(child.born ?? "");
  const asking = useSignal(false);
  const [replaces] = useState(() => screenOf(of.cells, `member:${child.item}`));
  const { busy, errors, fail, save } = useSaving();
  const schools = school.value?.schools ?? [];
  const submit = async (): Promise<void> => {
    const found = [
      ...(at.value === "" ? [{ field: "link-school", text: "Choose the school" }] : []),
      ...(born.value === "" ? [{ field: "link-born", text: "Enter the date of birth" }] : []),
    ];
    fail(found);
    if (found.length > 0) return;
    asking.value = true;
    const body = { school: at.value, name: child.name, born: born.value };
    const answer = await ask<PupilFound>(`/db/${encodeURIComponent(here.value?.school ?? "")}/_pupils`, { method: "POST", body });
    asking.value = false;
    if (answer.kind !== "ok") {
      const text = answer.kind === "signed-out" ? "Sign in again first." : `${answer.reason} A child can be linked only with a connection.`;
      fail([{ field: "link-school", text }]);
      return;
    }
    const { pupil } = answer.value;
    if (pupil === null) {
      fail([{ field: "link-born", text: NOBODY }]);
      return;
    }
    const name = schools.find((one) => one.school === at.value)?.name ?? null;
    const says = { ...child, born: born.value, school: at.value, pupil, school_name: name };
    save([{ kind: "case.noted", case: of.case, facts: [{ says, observed_at: observedNow(), replaces }] }], "link-school", onClose);
  };
  return (
    <FormDialog
      title="Link to the school’s register"
      errors={errors}
      submit={asking.value ? "Looking…" : "Link"}
      busy={busy || asking.value}
      touched={false}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>
        Then this case has {child.name}’s attendance, and the school sees its part: dates and outcomes of visits and actions for its office, and what you tell its safeguarding lead.
      </p>
      <SelectField
        id="link-school"
        label="School"
        value={at.value}
        onChange={(value) => (at.value = value)}
        error={errorOf(errors, "link-school")}
        options={[{ value: "", text: "Choose" }, ...schools.map((one) => ({ value: one.school, text: one.name }))]}
      />
      <TextField
        id="link-born"
        label="Date of birth"
        type="date"
        width={10}
        value={born.value}
        onInput={(value) => (born.value = value)}
        error={errorOf(errors, "link-born")}
      />
    </FormDialog>
  );
}
