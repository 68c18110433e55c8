// The claims on a fact: who said what, when, when it came in, and what became of it.
import type { JSX } from "preact";
import { liveClaims } from "../../domain/facts.ts";
import type { FactCell, FactSaid } from "../../domain/facts.ts";
import { roleName } from "../../domain/policy.ts";
import { today } from "../../state/app.ts";
import { moment } from "../words.ts";

interface SaidProps {
  cell: FactCell;
  /** What a claim says, in words. */
  words: (says: FactSaid["says"]) => string;
  /** Only what is live now. */
  live?: boolean;
}

export function Said({ cell, words, live = false }: SaidProps): JSX.Element {
  const shown = live ? liveClaims(cell) : cell.claims;
  return (
    <ol class="tm-said">
      {shown.map((claim) => (
        <li key={claim.id}>
          <p>{words(claim.says)}</p>
          <p class="tm-small tm-soft">{saidBy(claim, cell)}</p>
        </li>
      ))}
    </ol>
  );
}

/** "Ada Finch, Family worker. Observed 09:31, written 10:02, received 10:05. Replaced since." */
export function saidBy(claim: FactSaid, cell: FactCell): string {
  const when = (at: string): string => moment(at, today.value);
  const { author_name: author, role, observed_at: observed, written_at: written, received_at: received } = claim;
  const came = received ? `received ${when(received)}` : "not received yet";
  return [`${author}, ${roleName(role)}.`, `Observed ${when(observed)}, written ${when(written)}, ${came}.`, ...fate(claim, cell)].join(" ");
}

function fate({ id, verdict = "stands", verdict_reason: because, reason }: FactSaid, cell: FactCell): string[] {
  const settled = reason ? [`Settled: ${reason}`] : [];
  if (verdict !== "stands") return [`It does not stand${because ? `: ${because}` : "."}`, ...settled];
  return cell.live.includes(id) ? settled : [...settled, "Replaced since."];
}
