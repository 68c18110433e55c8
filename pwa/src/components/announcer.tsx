// One polite live region for the whole app: what happened, for those who do not see it.
import { signal } from "@preact/signals";
import type { JSX } from "preact";

const message = signal("");
let turn = false;

/** Have `text` read out. The same text twice is read twice. */
export function announce(text: string): void {
  turn = !turn;
  message.value = turn ? text : `${text}\u00a0`;
}

/** Drawn once, by the shell. */
export function Announcer(): JSX.Element {
  return (
    <output class="tm-visually-hidden" aria-live="polite">
      {message.value}
    </output>
  );
}
