// Figures of the whole school: counts and rates that name nobody.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { AskedState } from "../../components/asked-state.tsx";
import { useAsked } from "../../components/asked.ts";
import { Facts } from "../../components/facts.tsx";
import { OwnGrants } from "../../components/own-grants.tsx";
import { Page } from "../../components/page.tsx";
import { Radios } from "../../components/choices.tsx";
import { Table } from "../../components/table.tsx";
import { count, longDate, rateWords, sessionWord, shortDate } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import { addDays } from "../../domain/calendar.ts";
import { counted, possible } from "../../domain/measures.ts";
import type { Figures, SessionFigures } from "../../generated/types.ts";
import { today } from "../../state/app.ts";
import { OfficeNav } from "../office/parts/office-nav.tsx";

const EVERY_MS = 60_000;
const SPANS = {
  today: { text: "Today", days: 0 },
  week: { text: "The last 7 days", days: 6 },
  month: { text: "The last 4 weeks", days: 27 },
} as const;
type Span = keyof typeof SPANS;

/** Asked for live, and kept nowhere. */
export function FiguresScreen(): JSX.Element {
  const [span, setSpan] = useState<Span>("today");
  const first = addDays(today.value, -SPANS[span].days);
  const asked = useAsked<Figures>(`_figures?from=${first}&to=${today.value}`, EVERY_MS);
  const figures = asked.value;
  return (
    <Page title="Figures" lede="The whole school in numbers. They name nobody, and are asked of the server each time.">
      <OfficeNav here="figures" />
      <div class="tm-stack-l tm-below-h1">
        <OwnGrants />
        <Radios
          id="span"
          legend="Days"
          inline
          small
          value={span}
          onChange={(value) => setSpan(value === "week" || value === "month" ? value : "today")}
          options={Object.entries(SPANS).map(([value, { text }]) => ({ value, text }))}
        />
        <AskedState asked={asked} />
        {figures === null ? null : <Told figures={figures} />}
      </div>
    </Page>
  );
}

function Told({ figures }: { figures: Figures }): JSX.Element {
  const { sessions, as_at: asAt, provisional, first, last } = figures;
  const days = first === last ? longDate(first) : `${shortDate(first)} to ${shortDate(last)}`;
  if (sessions.length === 0) {
    return <p class="tm-panel tm-measure">No session has begun in these days ({days}), so there is nothing to count yet.</p>;
  }
  const marks = counted(figures.marks);
  return (
    <>
      <section class="tm-stack" aria-labelledby="whole">
        <h2 class="tm-h2" id="whole">
          {days}
        </h2>
        <p class="tm-small tm-soft">
          As at {moment(asAt, today.value)}.{provisional ? " Provisional: a register or a mark is missing, or a session is not over." : ""}
        </p>
        <Facts
          items={[
            ["Attendance", <strong key="rate">{rateWords(figures.attendance)}</strong>],
            ["Possible sessions", String(possible(marks))],
            ["Attended", `${marks.attended}, of them ${marks.late} late`],
            ["Absent with leave or a reason", String(marks.authorised)],
            ["Absent without", String(marks.unauthorised)],
            ["Not counted", String(marks.not_counted)],
            ["No mark yet", String(marks.unmarked)],
          ]}
        />
      </section>
      <Table
        caption="Session by session"
        head={[
          { text: "Session" },
          { text: "Attendance", numeric: true },
          { text: "On roll", numeric: true },
          { text: "Late", numeric: true },
          { text: "Absent", numeric: true },
          { text: "No mark", numeric: true },
          { text: "Registers in", numeric: true },
        ]}
        rows={sessions.toReversed().map((one) => ({ key: `${one.date} ${one.session}`, cells: cellsOf(one) }))}
      />
      <p class="tm-small tm-soft">
        Attendance is sessions attended, of those possible. Marks that contradict each other count as no mark until somebody settles
        them{contestedWords(sessions)}.
      </p>
    </>
  );
}

function cellsOf(one: SessionFigures): string[] {
  const marks = counted(one.marks);
  return [
    `${shortDate(one.date)}, ${sessionWord(one.session)}`,
    rateWords(one.attendance),
    String(one.on_roll),
    String(marks.late),
    String(marks.authorised + marks.unauthorised),
    String(marks.unmarked),
    `${one.registers_in} of ${one.registers_expected}`,
  ];
}

function contestedWords(sessions: readonly SessionFigures[]): string {
  const contested = sessions.reduce((sum, one) => sum + one.contested, 0);
  return contested === 0 ? "" : `: ${count(contested, "mark does", "marks do")} now`;
}
