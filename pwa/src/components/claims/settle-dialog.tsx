// People differ on a fact: somebody says which holds, and how they know. Both stay in the record.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { canonicalText } from "../../domain/canonical.ts";
import type { NewBody } from "../../domain/entry.ts";
import { cellOf, filled, liveClaims, screenOf } from "../../domain/facts.ts";
import type { FactCell, FactSaid } from "../../domain/facts.ts";
import type { FactClaim } from "../../generated/types.ts";
import { observedNow } from "../../state/app.ts";
import { Radios } from "../choices.tsx";
import { errorOf } from "../error-summary.tsx";
import { TextArea } from "../field.tsx";
import { FormDialog } from "../form-dialog.tsx";
import { useSaving } from "../saving.ts";
import { capital, tidy } from "../text.ts";

/** What an entry says that settles it. */
export interface Settled {
  facts: FactClaim[];
  reason: string;
}

interface SettleDialogProps {
  cell: FactCell;
  /** What people differ on. */
  name: string;
  /** What a claim says, in words. */
  words: (says: FactSaid["says"]) => string;
  hint: string;
  body: (settled: Settled) => NewBody;
  onClose: () => void;
}

const REASON_LENGTH = 4000;

export function SettleDialog({ cell, name, words, hint, body, onClose }: SettleDialogProps): JSX.Element {
  // What was on the screen as it opened: what comes in meanwhile was not seen.
  const [sides] = useState(() => sidesOf(cell));
  const [chosen, setChosen] = useState("");
  const [reason, setReason] = useState("");
  const saving = useSaving();
  const submit = (): void => {
    const side = sides.find(({ id }) => id === chosen);
    const errors = [
      ...(side === undefined ? [{ field: "which", text: "Choose which holds" }] : []),
      ...(tidy(reason) === "" ? [{ field: "reason", text: "Say how you know" }] : []),
    ];
    if (side === undefined || errors.length > 0) {
      saving.fail(errors);
      return;
    }
    const facts = [{ says: side.says, observed_at: observedNow(), replaces: side.replaces }];
    saving.save([body({ facts, reason: tidy(reason) })], "reason", onClose);
  };
  return (
    <FormDialog title={`${capital(name)}: which holds?`} errors={saving.errors} submit="Settle it" busy={saving.busy} touched={chosen !== "" || reason !== ""} onSubmit={submit} onClose={onClose}>
      <Radios
        id="which"
        legend="Which holds?"
        value={chosen}
        onChange={setChosen}
        options={sides.map(({ id, says, authors }) => ({ value: id, text: words(says), hint: `${authors.join(" and ")} said so` }))}
        error={errorOf(saving.errors, "which")}
      />
      <TextArea id="reason" label="How you know" hint={hint} rows={3} maxLength={REASON_LENGTH} value={reason} onInput={setReason} error={errorOf(saving.errors, "reason")} />
    </FormDialog>
  );
}

interface Side {
  /** The first claim that says it. */
  id: string;
  says: FactSaid["says"];
  authors: readonly string[];
  /** Every side, and what those had replaced. */
  replaces: string[];
}

/** Each different thing that is said, with all who say it. */
function sidesOf(cell: FactCell): Side[] {
  const found = new Map<string, Side>();
  for (const { id, says, author_name: author } of liveClaims(cell)) {
    const same = canonicalText(filled(says));
    const known = found.get(same) ?? { id, says, authors: [], replaces: screenOf([cell], cellOf(says)) };
    found.set(same, { ...known, authors: [...new Set([...known.authors, author])] });
  }
  return [...found.values()];
}
