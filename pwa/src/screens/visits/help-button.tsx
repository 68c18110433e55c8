// "I need help": two taps, so that nobody calls by a slip, and the number to ring besides.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { announce } from "../../components/announcer.tsx";
import type { NewBody } from "../../domain/entry.ts";
import { instant } from "../../domain/time.ts";
import { useSaving } from "../../components/saving.ts";
import { mint } from "../../components/mint.ts";
import { myWatch } from "./own-watch.ts";

interface HelpProps {
  /** Where the person is, as far as is known. */
  where: string;
  visit?: { visit: string; case: string } | null | undefined;
}

const FIELD = "help";

/** Calls on the watch that runs; where none does, it begins one. */
export function HelpButton({ where, visit = null }: HelpProps): JSX.Element {
  const [asked, setAsked] = useState(false);
  const saving = useSaving();
  const call = (): void => {
    saving.save(helpBodies(myWatch.peek()?.watch ?? null, where, visit), FIELD, () => {
      setAsked(false);
      announce("Your call for help is written.");
    });
  };
  if (!asked) {
    return (
      <Button kind="warning" class="tm-help__ask" onClick={() => setAsked(true)}>
        I need help
      </Button>
    );
  }
  return (
    <div class="tm-panel tm-panel--alert tm-stack tm-help" role="alert">
      <p class="tm-strong">Call for help? Your buddy, your team lead and whoever is next are told at once.</p>
      {saving.errors.map(({ text }) => (
        <p class="govuk-error-message" key={text}>
          {text}
        </p>
      ))}
      <div class="tm-help__acts">
        <Button kind="warning" onClick={call} disabled={saving.busy}>
          Yes, call for help now
        </Button>
        <a class="govuk-button govuk-button--secondary" href="tel:999">
          Ring 999
        </a>
        <Button kind="secondary" onClick={() => setAsked(false)}>
          No, I am all right
        </Button>
      </div>
    </div>
  );
}

/** A call on a watch; with `watch` null, one that begins here and now. */
function helpBodies(watch: string | null, where: string, visit: { visit: string; case: string } | null): NewBody[] {
  const id = watch ?? mint();
  const help: NewBody = { kind: "watch.help", watch: id, where };
  if (watch !== null) return [help];
  const of = visit === null ? {} : { case: visit.case, visit: visit.visit };
  return [{ kind: "watch.started", watch: id, where, expected_back: instant(Date.now()), ...of }, help];
}
