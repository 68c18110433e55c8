// The last sessions of a pupil: a letter a session, oldest first, and the same in words.
import type { JSX } from "preact";
import { codeOn, meaning } from "../domain/codes.ts";
import type { LastMark } from "../generated/types.ts";
import { sessionWord, shortDate } from "./text.ts";

function toneOf({ state, code, date }: LastMark): string {
  if (state === "contested") return "check";
  if (!code) return "none";
  if (code === "L" || code === "U") return "late";
  const counts = codeOn(code, date)?.counts_as;
  if (counts === "present") return "here";
  if (counts === "attending_elsewhere") return "elsewhere";
  return counts === "unauthorised" ? "away" : "excused";
}

function letterOf({ state, code }: LastMark): string {
  if (state === "contested") return "?";
  return code ?? "–";
}

/** "Mon 23 Nov morning: Illness", or that it has no mark, or is to be checked. */
export function wordsOf(mark: LastMark): string {
  const when = `${shortDate(mark.date)} ${sessionWord(mark.session)}`;
  if (mark.state === "contested") return `${when}: to check`;
  return `${when}: ${mark.code ? meaning(mark.code, mark.date) : "no mark"}`;
}

/** One session's letter in the colour of what it says; its words are for whoever shows it to say. */
export function MarkLetter({ mark, newDay = false }: { mark: LastMark; newDay?: boolean }): JSX.Element {
  const day = newDay ? " tm-strip__mark--new-day" : "";
  return (
    <span title={wordsOf(mark)} class={`tm-strip__mark tm-strip__mark--${toneOf(mark)}${day}`}>
      {letterOf(mark)}
    </span>
  );
}

/** `marks` oldest first. */
export function Strip({ marks }: { marks: readonly LastMark[] }): JSX.Element | null {
  if (marks.length === 0) return null;
  const label = `Last ${marks.length} sessions, oldest first. ${marks.map(wordsOf).join("; ")}.`;
  return (
    <span class="tm-strip" role="img" aria-label={label}>
      {marks.map((mark, index) => (
        <MarkLetter
          key={`${mark.date}${mark.session}`}
          mark={mark}
          newDay={index > 0 && marks[index - 1]?.date !== mark.date}
        />
      ))}
    </span>
  );
}
