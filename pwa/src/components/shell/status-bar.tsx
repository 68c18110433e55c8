// The line that is always in sight: waiting, received, held, no signal, sign in, update.
import type { JSX } from "preact";
import { applyUpdate, entries, status, today } from "../../state/app.ts";
import { Button } from "../button.tsx";
import { Link } from "../link.tsx";
import { isUnder, path } from "../router.ts";
import { moment } from "../words.ts";
import { statusWords } from "./status-words.ts";
import type { StatusTone } from "./status-words.ts";

const SIGNS: Readonly<Record<StatusTone, string>> = { good: "✓", waiting: "↑", offline: "–", attention: "!" };

/** The words are a live region: a change is read out, politely. */
export function StatusBar(): JSX.Element {
  const stored = entries.value.filter(({ state }) => state === "stored").length;
  const words = statusWords(status.value, stored, (instant) => moment(instant, today.value));
  const inForm = isUnder(path.value, "/register");
  return (
    <section class={`tm-status tm-status--${words.tone}`} aria-label="Sending and receiving">
      <div class="tm-status__inner">
        <span class="tm-status__sign" aria-hidden="true">
          {SIGNS[words.tone]}
        </span>
        <output class="tm-status__text" aria-live="polite">
          {words.text}
          {words.notes.map((note) => (
            <span class="tm-status__note" key={note}>
              {" "}
              {note}
            </span>
          ))}
        </output>
        {words.link === null ? null : (
          <Link to={words.link.to} class="tm-link tm-status__link">
            {words.link.text}
          </Link>
        )}
        {status.value.updateReady ? <Update inForm={inForm} /> : null}
      </div>
    </section>
  );
}

function Update({ inForm }: { inForm: boolean }): JSX.Element {
  if (inForm) return <span class="tm-small">An update is ready: finish this register first.</span>;
  return (
    <span class="tm-row">
      <span>An update is ready.</span>
      <Button small kind="secondary" onClick={applyUpdate}>
        Update now
      </Button>
    </span>
  );
}
