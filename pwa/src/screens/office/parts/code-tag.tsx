// A code with the colour of what it says of the pupil; the meaning is always there to read.
import type { JSX } from "preact";
import { Tag } from "../../../components/tag.tsx";
import type { Tone } from "../../../components/tag.tsx";
import { codeOn, meaning } from "../../../domain/codes.ts";
import { ARRIVALS, HERE } from "../../../domain/register.ts";

function toneOf(code: string, date: string): Tone {
  if (ARRIVALS.has(code)) return "late";
  if (HERE.has(code)) return "here";
  const counts = codeOn(code, date)?.counts_as;
  if (counts === "attending_elsewhere") return "elsewhere";
  return counts === "authorised" || counts === "unauthorised" ? "away" : "quiet";
}

/** The letter, and its meaning beside it (`words`) or for screen readers only. */
export function CodeTag({ code, date, words = true }: { code: string; date: string; words?: boolean }): JSX.Element {
  return (
    <span class="tm-office-code">
      <Tag tone={toneOf(code, date)}>{code}</Tag>{" "}
      <span class={words ? "" : "tm-visually-hidden"}>{meaning(code, date)}</span>
    </span>
  );
}
