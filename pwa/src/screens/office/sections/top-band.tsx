// The figures on top: one glance says how far the session is.
import type { JSX } from "preact";
import { rateWords } from "../../../components/text.ts";
import { moment } from "../../../components/words.ts";
import { status, today } from "../../../state/app.ts";
import type { SchoolDay } from "../day/shapes.ts";

interface FigureProps {
  label: string;
  value: string;
  of?: string | undefined;
  note: string;
}

/** Registers, pupils, rate; every rate is said to be provisional, and as at when. */
export function TopBand({ day }: { day: SchoolDay }): JSX.Element {
  const { figures } = day;
  const asAt = day.asAt === null ? "nothing has come in yet" : `as at ${moment(day.asAt, today.value)}`;
  const part = figures.registersPart;
  return (
    <div class="tm-office-band">
      <dl class="tm-office-figures">
        <Figure
          label="Registers in"
          value={String(figures.registersIn)}
          of={String(figures.registersExpected)}
          note={part === 0 ? "of those expected" : `${part} of them with pupils unmarked`}
        />
        <Figure
          label="Pupils marked"
          value={String(figures.marked)}
          of={String(figures.onRoll)}
          note={figures.contested === 0 ? "of the roll" : `${figures.contested} contested, not counted`}
        />
        <Figure label="Attendance" value={rateWords(figures.rate)} note={`provisional, ${asAt}`} />
      </dl>
      {status.value.online ? null : (
        <p class="tm-panel tm-panel--warning tm-small">
          <strong>No connection.</strong> These figures are what this tablet last heard, with what was done on it since.
        </p>
      )}
    </div>
  );
}

function Figure({ label, value, of, note }: FigureProps): JSX.Element {
  return (
    <div class="tm-office-figure">
      <dt>{label}</dt>
      <dd>
        <span class="tm-office-figure__value tm-number">{value}</span>
        {of === undefined ? null : <span class="tm-office-figure__of tm-number"> of {of}</span>}
        <span class="tm-office-figure__note">{note}</span>
      </dd>
    </div>
  );
}
