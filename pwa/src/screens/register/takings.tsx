// How often this register was taken, by whom; and voiding one that was taken in error.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Radios } from "../../components/choices.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { TextField } from "../../components/field.tsx";
import { count, tidy } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import { mayWrite } from "../../domain/policy.ts";
import type { Me, RegisterTaking, Sheet } from "../../generated/types.ts";
import { record, today } from "../../state/app.ts";
import { whoWords } from "./claim-words.ts";

interface TakingsProps {
  sheet: Sheet;
  me: Me;
  /** Called with the entry's id when a taking was voided. */
  onVoided: (entry: string) => void;
}

/** Nothing is drawn for a register nobody took. */
export function Takings({ sheet, me, onVoided }: TakingsProps): JSX.Element | null {
  const [voiding, setVoiding] = useState<RegisterTaking | null>(null);
  const takings = sheet.takings ?? [];
  if (takings.length === 0) return null;
  return (
    <section aria-labelledby="takings">
      <h2 class="tm-h2" id="takings">
        Saved so far
      </h2>
      <ul class="tm-plain-list tm-takings">
        {takings.map((taking) => (
          <li key={taking.entry} class="tm-takings__item">
            <span>{takingWords(taking, me.person)}</span>
            {taking.voided ? (
              <span class="tm-strong">Voided: {taking.voided}</span>
            ) : taking.author === me.person || mayWrite(me.role, "contest.settled") ? (
              <Button small kind="secondary" onClick={() => setVoiding(taking)}>
                Taken in error
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {voiding === null ? null : (
        <VoidDialog sheet={sheet} taking={voiding} onVoided={onVoided} onClose={() => setVoiding(null)} />
      )}
    </section>
  );
}

function takingWords(taking: RegisterTaking, me: string): string {
  const what = taking.kind === "mark.amended" ? "Changed" : "Taken";
  const who = whoWords(taking.author, taking.author_name, taking.role, me);
  const paper = taking.paper ? `, on paper by ${taking.paper.taken_by} at ${taking.paper.taken_at}` : "";
  const got = taking.received_at === null ? "on this tablet" : `received ${moment(taking.received_at, today.value)}`;
  const marks = count(taking.claims, "mark");
  return `${what} ${moment(taking.observed_at, today.value)} by ${who}${paper}: ${marks}, ${got}`;
}

const REASONS = ["Wrong group", "Wrong day or session", "Taken to try it out"];

interface VoidDialogProps {
  sheet: Sheet;
  taking: RegisterTaking;
  onVoided: (entry: string) => void;
  onClose: () => void;
}

function VoidDialog({ sheet, taking, onVoided, onClose }: VoidDialogProps): JSX.Element {
  const [picked, setPicked] = useState("");
  const [written, setWritten] = useState("");
  const [errors, setErrors] = useState<FormError[]>([]);
  const submit = async (): Promise<void> => {
    const reason = picked === "other" ? tidy(written) : picked;
    if (reason === "") {
      const field = picked === "other" ? "void-text" : "void";
      setErrors([{ field, text: "Say why this register was taken in error" }]);
      return;
    }
    try {
      await record({ kind: "register.voided", entry: taking.entry, date: sheet.date, session: sheet.session, reason });
      onClose();
      onVoided(taking.entry);
    } catch (cause) {
      setErrors([{ field: "void", text: cause instanceof Error ? cause.message : "The tablet’s storage did not answer." }]);
    }
  };
  return (
    <Dialog
      title="Was this taken in error?"
      onClose={onClose}
      actions={
        <>
          <Button kind="warning" onClick={() => void submit()}>
            Void these {count(taking.claims, "mark")}
          </Button>
          <Button kind="quiet" onClick={onClose}>
            Keep them
          </Button>
        </>
      }
    >
      <div class="tm-stack">
        <ErrorSummary errors={errors} />
        <p>Its marks stop counting. The record of it stays, with your name and the reason.</p>
        <Radios
          id="void"
          legend="Why?"
          value={picked}
          onChange={setPicked}
          error={errorOf(errors, "void")}
          options={[...REASONS.map((text) => ({ value: text, text })), { value: "other", text: "Another reason" }]}
        />
        {picked === "other" ? (
          <TextField
            id="void-text"
            label="Reason"
            maxLength={500}
            value={written}
            onInput={setWritten}
            error={errorOf(errors, "void-text")}
          />
        ) : null}
      </div>
    </Dialog>
  );
}
