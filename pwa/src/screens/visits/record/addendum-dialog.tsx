// A note that was handed in only grows: something is added to it, with its own author and time.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { errorOf } from "../../../components/error-summary.tsx";
import { TextArea } from "../../../components/field.tsx";
import { tidy } from "../../../components/text.ts";
import type { Visit } from "../../../generated/types.ts";
import { FormDialog } from "../../../components/form-dialog.tsx";
import { useSaving } from "../../../components/saving.ts";

interface AddendumProps {
  visit: Visit;
  /** The entry that it adds to. */
  to: string;
  mine: boolean;
  onClose: () => void;
}

const LENGTH = 20_000;

export function AddendumDialog({ visit, to, mine, onClose }: AddendumProps): JSX.Element {
  const [text, setText] = useState("");
  const saving = useSaving();
  const submit = (): void => {
    if (tidy(text) === "") saving.fail([{ field: "addendum", text: "Write what is to be added" }]);
    else saving.save([{ kind: "visit.addendum", case: visit.case, visit: visit.visit, to, text: tidy(text) }], "addendum", onClose);
  };
  return (
    <FormDialog title={mine ? "Add to your account" : "Add to a colleague’s account"} errors={saving.errors} submit="Add it" busy={saving.busy} touched={text !== ""} onSubmit={submit} onClose={onClose}>
      <TextArea
        id="addendum"
        label="What is to be added"
        hint="What was handed in stays as it is. This stands below it, with your name and the time."
        rows={6}
        maxLength={LENGTH}
        value={text}
        onInput={setText}
        error={errorOf(saving.errors, "addendum")}
      />
    </FormDialog>
  );
}
