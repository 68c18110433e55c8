// What was agreed last time: the last visit's outcome, and actions that are still open.
import type { JSX } from "preact";
import { shortDate } from "../../components/text.ts";
import { timeZone } from "../../components/words.ts";
import { localMoment } from "../../domain/time.ts";
import type { Visit } from "../../generated/types.ts";
import { today, visits } from "../../state/app.ts";
import { factOf, itemsOf } from "./reading.ts";
import type { Cells, FactOf } from "./reading.ts";
import { OUTCOMES } from "./words.ts";

interface LastTimeProps {
  visit: Visit;
  cells: Cells;
  agreed: string | null;
}

export function LastTime({ visit, cells, agreed }: LastTimeProps): JSX.Element {
  const last = lastVisit([...visits.value.values()], visit);
  const open = itemsOf(cells, "action").filter(({ status }) => status === "open");
  // A plan holds the actions that were open as it was made: those that still are stand below it.
  const lines = (agreed ?? "").split("\n").filter((line) => line.trim() !== "" && !open.some(({ what }) => line.includes(what)));
  if (last === null && open.length === 0 && lines.length === 0) return <p class="tm-soft">This is the first visit on record, and nothing is agreed yet.</p>;
  return (
    <div class="tm-stack">
      {last === null ? null : <p>Last visit {last}</p>}
      {lines.length === 0 ? null : <p class="tm-keep-lines">{lines.join("\n")}</p>}
      {open.length === 0 ? null : (
        <ul class="govuk-list govuk-list--bullet">
          {open.map((one) => (
            <li key={one.item}>{actionWords(one)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** "Mon 16 Nov: seen". */
function lastVisit(all: readonly Visit[], before: Visit): string | null {
  const at = startOf(before) ?? before.as_at;
  const earlier = all
    .filter((one) => one.case === before.case && one.visit !== before.visit && factOf(one.cells, "outcome") !== null)
    .flatMap((one) => {
      const when = startOf(one);
      return when !== null && when < at ? [{ one, when }] : [];
    })
    .toSorted((a, b) => (a.when < b.when ? 1 : -1))[0];
  if (earlier === undefined) return null;
  const outcome = factOf(earlier.one.cells, "outcome");
  const { date } = localMoment(earlier.when, timeZone.value);
  return `${shortDate(date)}: ${outcome === null ? "outcome not known" : OUTCOMES[outcome.outcome].toLowerCase()}`;
}

function startOf(visit: Visit): string | null {
  return factOf(visit.cells, "arrived")?.at ?? factOf(visit.cells, "plan")?.starts ?? null;
}

/** "Walk to school together on Mondays (Ms Finch, by Fri 4 Dec, overdue)". */
export function actionWords({ what, owner, due }: FactOf<"action">): string {
  const late = due && due < today.value ? ", overdue" : "";
  return `${what} (${owner}${due ? `, by ${shortDate(due)}` : ""}${late})`;
}
