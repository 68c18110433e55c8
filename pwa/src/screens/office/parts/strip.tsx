// The last sessions: a letter a session, read out as words.
import type { JSX } from "preact";
import { meaning } from "../../../domain/codes.ts";
import { ARRIVALS, HERE } from "../../../domain/register.ts";
import { codeOn } from "../../../domain/codes.ts";
import type { LastMark } from "../../../generated/types.ts";
import { sessionWord, shortDate } from "../../../components/text.ts";

function kindOf(mark: LastMark): string {
  const code = mark.code ?? null;
  if (mark.state === "contested") return "check";
  if (code === null) return "none";
  if (ARRIVALS.has(code)) return "late";
  if (HERE.has(code)) return "here";
  const counts = codeOn(code, mark.date)?.counts_as;
  if (counts === "unauthorised") return "away";
  return counts === "authorised" ? "excused" : "elsewhere";
}

function words(mark: LastMark): string {
  const said = mark.state === "contested" ? "contested" : (mark.code ?? null) === null ? "no mark" : meaning(mark.code ?? "", mark.date);
  return `${shortDate(mark.date)}, ${sessionWord(mark.session)}: ${said}`;
}

/** Oldest first; nothing to show draws nothing. */
export function Strip({ marks }: { marks: readonly LastMark[] }): JSX.Element | null {
  if (marks.length === 0) return null;
  return (
    <span class="tm-office-strip">
      <span class="tm-small">Last sessions: </span>
      <span class="tm-strip" aria-hidden="true">
        {marks.map((mark, index) => {
          const newDay = index > 0 && marks[index - 1]?.date !== mark.date ? " tm-strip__mark--new-day" : "";
          return (
            <span class={`tm-strip__mark tm-strip__mark--${kindOf(mark)}${newDay}`} key={`${mark.date} ${mark.session}`} title={words(mark)}>
              {mark.state === "contested" ? "!" : (mark.code ?? "–")}
            </span>
          );
        })}
      </span>
      <span class="tm-visually-hidden">{marks.map(words).join("; ")}</span>
    </span>
  );
}
