// Say what was done about a concern: told, referred, closed with its outcome.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Radios } from "../../components/choices.tsx";
import { errorOf } from "../../components/error-summary.tsx";
import { TextArea } from "../../components/field.tsx";
import { tidy } from "../../components/text.ts";
import type { Concern } from "../../generated/types.ts";
import type { Saving } from "../../components/saving.ts";

type Status = "open" | "referred" | "closed";
const LONGEST = 4000;

/** As it stands now, unless somebody says otherwise: a note on what was referred takes nothing back. */
function standing({ state }: Concern): Status {
  return state === "referred" || state === "closed" ? state : "open";
}

export function NoteForm({ one, busy, errors, fail, save }: Saving & { one: Concern }): JSX.Element {
  const [text, setText] = useState("");
  const [status, setStatus] = useState<Status>(standing(one));
  const submit = (): void => {
    const said = tidy(text);
    if (said === "") {
      fail([{ field: "concern-note", text: status === "closed" ? "Say with what outcome it is closed" : "Say what was done" }]);
      return;
    }
    save([{ kind: "concern.noted", concern: one.concern, text: said, status }], "concern-note", () => setText(""));
  };
  return (
    <form
      class="tm-panel"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextArea id="concern-note" label="What was done?" value={text} onInput={setText} rows={4} maxLength={LONGEST} error={errorOf(errors, "concern-note")} />
      <Radios
        id="concern-status"
        legend="How does it stand now?"
        value={status}
        onChange={(value) => setStatus(value === "closed" || value === "referred" ? value : "open")}
        options={[
          { value: "open", text: "We are still working on it" },
          { value: "referred", text: "It was referred to others, who have it now" },
          { value: "closed", text: "It is closed; the outcome is above" },
        ]}
        small
      />
      <Button type="submit" kind="secondary" disabled={busy}>
        Record what was done
      </Button>
    </form>
  );
}
