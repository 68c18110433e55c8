// Initials in a circle; there are no photographs on a tablet.
import type { JSX } from "preact";

function first(name: string): string {
  return Array.from(name.trim())[0] ?? "";
}

/** First letters of both names: "Ada", "Finch" → "AF". */
export function initials(knownAs: string, surname: string): string {
  return `${first(knownAs)}${first(surname)}`.toUpperCase() || "?";
}

/** Decoration beside a name that is always written out. */
export function Avatar({ knownAs, surname }: { knownAs: string; surname: string }): JSX.Element {
  const letters = initials(knownAs, surname);
  const shade = ((letters.codePointAt(0) ?? 0) + (letters.codePointAt(1) ?? 0)) % 4;
  return (
    <span class={`tm-avatar tm-avatar--${shade + 1}`} aria-hidden="true">
      {letters}
    </span>
  );
}
