// Every claim on a cell: who said what, when, on which device's clock, when it came in, and what became of it.
import type { JSX } from "preact";
import { roleName } from "../../../domain/policy.ts";
import { filled, liveClaims } from "../../../domain/facts.ts";
import type { FactCell, FactSaid } from "../../../domain/facts.ts";
import { localMoment } from "../../../domain/time.ts";
import { shortDate } from "../../../components/text.ts";
import { factWords } from "../forms/specs.ts";
import type { Names } from "../forms/specs.ts";
import { timeZone } from "../places.ts";

interface SaidProps {
  cell: FactCell;
  names: Names;
  /** Only what stands now. */
  live?: boolean;
}

export function Said({ cell, names, live = false }: SaidProps): JSX.Element {
  const shown = live ? liveClaims(cell) : cell.claims;
  return (
    <ol class="tm-said">
      {shown.map((claim) => (
        <li key={claim.id}>
          <p>{textOf(claim, names)}</p>
          <p class="tm-small tm-soft">
            {claim.author_name}, {roleName(claim.role)}. Observed {when(claim.observed_at)}, written {when(claim.written_at)},{" "}
            {claim.received_at ? `received ${when(claim.received_at)}` : "not received yet"}.{fate(claim, cell)}
          </p>
        </li>
      ))}
    </ol>
  );
}

function textOf(claim: FactSaid, names: Names): string {
  return factWords(filled(claim.says), names) ?? "";
}

function fate({ id, verdict = "stands", verdict_reason: reason = null, reason: why = null }: FactSaid, cell: FactCell): string {
  const settled = why === null ? "" : ` Settled so because: ${why}`;
  if (verdict !== "stands") return ` It does not stand${reason === null ? "" : `: ${reason}`}.${settled}`;
  return cell.live.includes(id) ? settled : `${settled} Replaced since.`;
}

/** A moment on the place's own clock: "Mon 23 Nov 09:31"; of a day without a time, the day alone. */
export function when(instant: string): string {
  const { date, time } = localMoment(instant, timeZone());
  return time === "00:00" ? shortDate(date) : `${shortDate(date)} ${time}`;
}
