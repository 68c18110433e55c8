// Other sessions with something still to do, and the way there.
import type { JSX } from "preact";
import { Button } from "../../../components/button.tsx";
import { count, listing, sessionWord, shortDate } from "../../../components/text.ts";
import { today } from "../../../state/app.ts";
import type { EarlierLine } from "../day/shapes.ts";
import { chosenDate, chosenSession } from "../state.ts";

/** Draws nothing when nothing is left open. */
export function Earlier({ lines }: { lines: readonly EarlierLine[] }): JSX.Element | null {
  if (lines.length === 0) return null;
  return (
    <section class="tm-panel tm-panel--warning tm-stack" aria-labelledby="earlier">
      <h2 class="tm-h3" id="earlier">
        Still open in other sessions
      </h2>
      <ul class="tm-plain-list tm-row">
        {lines.map((line) => (
          <li key={`${line.date} ${line.session}`}>
            <Button small kind="secondary" onClick={() => look(line)}>
              {words(line)}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function look(line: EarlierLine): void {
  chosenDate.value = line.date === today.value ? null : line.date;
  chosenSession.value = line.session;
}

function words({ date, session, contested, missing }: EarlierLine): string {
  const on = date === today.value ? "Today" : shortDate(date);
  const open = [
    ...(contested === 0 ? [] : [`${contested} contested`]),
    ...(missing === 0 ? [] : [`${count(missing, "register")} missing`]),
  ];
  return `${on}, ${sessionWord(session)}: ${listing(open)}`;
}
