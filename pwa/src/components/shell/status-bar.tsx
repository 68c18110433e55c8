// The line that is always in sight: waiting, received, held, no signal, sign in, update.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { applyUpdate, entries, lookForUpdate, photos, status, today, unsentPhotos } from "../../state/app.ts";
import { Button } from "../button.tsx";
import { Link } from "../link.tsx";
import { isUnder, path } from "../router.ts";
import { moment } from "../words.ts";
import { statusWords } from "./status-words.ts";
import type { StatusTone } from "./status-words.ts";

const SIGNS: Readonly<Record<StatusTone, string>> = { good: "✓", waiting: "↑", offline: "–", attention: "!" };

/** The words are a live region: a change is read out, politely. `decided`: decisions not read yet. */
export function StatusBar({ decided }: { decided: number }): JSX.Element {
  const stored = entries.value.filter(({ state }) => state !== "waiting" && state !== "refused" && state !== "held").length;
  const clock = (instant: string): string => moment(instant, today.value);
  const words = statusWords(status.value, { stored, photos: unsentPhotos(photos.value), decided, starting: useStarting(), clock });
  const form = formAt(path.value);
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
        {status.value.updateReady ? <Update form={form} /> : null}
        {status.value.beyond > 0 && !status.value.updateReady ? <GetUpdate form={form} /> : null}
      </div>
    </section>
  );
}

/** The form that is open on a page, in a word: an update would load it again. */
function formAt(here: string): string | null {
  if (isUnder(here, "/register")) return "register";
  if (/^\/visits\/[^/]+\/note/.test(here)) return "note";
  return /^\/visits\/(new|[^/]+\/plan)$/.test(here) ? "plan" : null;
}

/** True from opening until the first answer, or the first failure to get one. */
function useStarting(): boolean {
  const phase = useSignal<"opened" | "asking" | "answered">(navigator.onLine ? "opened" : "answered");
  const { syncing, online } = status.value;
  useEffect(() => {
    if (online) phase.value = "answered";
    else if (syncing && phase.value === "opened") phase.value = "asking";
    else if (!syncing && phase.value === "asking") phase.value = "answered";
  }, [syncing, online]);
  return phase.value !== "answered";
}

/** What is on this tablet and cannot be shown stays; a newer version shows it without fetching it again. */
function GetUpdate({ form }: { form: string | null }): JSX.Element {
  const state = useSignal<"idle" | "looking" | "none">("idle");
  if (form !== null) return <span class="tm-small tm-status__more">Finish this {form}, then get the update.</span>;
  const look = async (): Promise<void> => {
    state.value = "looking";
    state.value = (await lookForUpdate()) ? "idle" : "none";
  };
  return (
    <span class="tm-row tm-status__more">
      {state.value === "none" ? <span role="alert">No update could be found yet. What came is kept; try again later.</span> : null}
      <Button small kind="secondary" onClick={() => void look()} disabled={state.value === "looking"}>
        {state.value === "looking" ? "Looking…" : "Get the update"}
      </Button>
    </span>
  );
}

function Update({ form }: { form: string | null }): JSX.Element {
  if (form !== null) return <span class="tm-small tm-status__more">An update is ready: finish this {form} first.</span>;
  return (
    <span class="tm-row tm-status__more">
      <span>An update is ready.</span>
      <Button small kind="secondary" onClick={applyUpdate}>
        Update now
      </Button>
    </span>
  );
}
