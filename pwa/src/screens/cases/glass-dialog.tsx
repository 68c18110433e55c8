// Breaking the glass: a restricted case is opened by whoever knows a child of it, with a reason that others see.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { here } from "../../components/allowed.ts";
import { errorOf } from "../../components/error-summary.tsx";
import { TextArea, TextField } from "../../components/field.tsx";
import { FormDialog } from "../../components/form-dialog.tsx";
import { useSaving } from "../../components/saving.ts";
import { tidy } from "../../components/text.ts";
import { ask } from "../../state/app.ts";

const NOTHING = "Nothing was found, or nothing that is restricted. The asking was noted. Check the spelling and the date of birth.";

export function GlassDialog({ onClose }: { onClose: () => void }): JSX.Element {
  const surname = useSignal("");
  const born = useSignal("");
  const reason = useSignal("");
  const told = useSignal<"asking" | "opened" | null>(null);
  const { busy, errors, fail, save } = useSaving();
  const submit = async (): Promise<void> => {
    const given = { surname: tidy(surname.value), born: born.value, reason: tidy(reason.value) };
    const found = [
      ...(given.surname === "" ? [{ field: "glass-surname", text: "Enter the child’s surname" }] : []),
      ...(given.born === "" ? [{ field: "glass-born", text: "Enter the child’s date of birth" }] : []),
      ...(given.reason === "" ? [{ field: "glass-reason", text: "Say why you need to see it" }] : []),
    ];
    fail(found);
    if (found.length > 0) return;
    told.value = "asking";
    const answer = await ask<{ case: string | null }>(`/db/${encodeURIComponent(here.value?.school ?? "")}/_glass`, { method: "POST", body: given });
    told.value = null;
    if (answer.kind !== "ok") {
      const text = answer.kind === "signed-out" ? "Sign in again first." : `${answer.reason} A restricted case can be found only with a connection.`;
      fail([{ field: "glass-surname", text }]);
      return;
    }
    const { case: name } = answer.value;
    if (name === null) fail([{ field: "glass-surname", text: NOTHING }]);
    else
      save([{ kind: "glass.broken", case: name, reason: given.reason }], "glass-reason", () => {
        told.value = "opened";
      });
  };
  if (told.value === "opened") {
    return (
      <FormDialog title="The case is on its way" errors={[]} submit="Close" busy={false} touched={false} onSubmit={onClose} onClose={onClose}>
        <p>It comes to this tablet as soon as the server has your reason, and leaves it again after eight hours. Its workers and their lead have been told.</p>
      </FormDialog>
    );
  }
  return (
    <FormDialog
      title="Open a restricted case"
      errors={errors}
      submit={told.value === "asking" ? "Looking…" : "Open it"}
      busy={busy || told.value === "asking"}
      touched={surname.value + born.value + reason.value !== ""}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <p>
        Only when a child’s safety needs it. The case’s workers and their lead are told at once who opened it and why, and it is kept for good. If nothing is found, that you asked
        is kept too.
      </p>
      <TextField
        id="glass-surname"
        label="The child’s surname"
        value={surname.value}
        onInput={(value) => (surname.value = value)}
        error={errorOf(errors, "glass-surname")}
        autoComplete="off"
      />
      <TextField
        id="glass-born"
        label="The child’s date of birth"
        type="date"
        value={born.value}
        onInput={(value) => (born.value = value)}
        error={errorOf(errors, "glass-born")}
        width={10}
      />
      <TextArea
        id="glass-reason"
        label="Why you need to see it"
        value={reason.value}
        onInput={(value) => (reason.value = value)}
        error={errorOf(errors, "glass-reason")}
        maxLength={4000}
        rows={3}
      />
    </FormDialog>
  );
}
