// The tide-line motif: two swells over the word. Drawn, so that it costs no request and no font.
import type { JSX } from "preact";

/** The product's name with its mark; `word` false shows the mark alone. */
export function Wordmark({ word = true }: { word?: boolean }): JSX.Element {
  return (
    <span class="tm-wordmark">
      <svg class="tm-wordmark__mark" viewBox="0 0 36 28" aria-hidden="true" focusable="false">
        <path d="M8 8 q 2.5 -3 5 0 t 5 0 t 5 0 t 5 0" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" opacity="0.65" />
        <path d="M3 16 q 3.75 -4.5 7.5 0 t 7.5 0 t 7.5 0 t 7.5 0" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round" />
        <path d="M0 23 q 4.5 -3.5 9 0 t 9 0 t 9 0 t 9 0 V 28 H 0 Z" fill="currentColor" opacity="0.4" />
      </svg>
      {word ? <span class="tm-wordmark__word">Tidemark</span> : null}
    </span>
  );
}

/** A swell across the foot of the header: decoration, hidden from assistive technology. */
export function TideLine(): JSX.Element {
  return (
    <svg class="tm-tideline" viewBox="0 0 1200 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <path d="M0 7 q 37.5 -9 75 0 t 75 0 t 75 0 t 75 0 t 75 0 t 75 0 t 75 0 t 75 0 t 75 0 t 75 0 t 75 0 t 75 0 t 75 0 t 75 0 t 75 0 t 75 0 V 12 H 0 Z" fill="currentColor" />
    </svg>
  );
}
