// The headcount: four numbers that always add up to the roll. The fire list names them.
import type { JSX } from "preact";
import { Link } from "../../../components/link.tsx";
import type { Headcount } from "../day/shapes.ts";

/** On site, off site, check, unknown. */
export function HeadcountTable({ counts }: { counts: Headcount }): JSX.Element {
  const parts = [
    ["On site", counts.on_site],
    ["Off site", counts.off_site],
    ["Check", counts.check],
    ["Unknown", counts.unknown],
  ] as const;
  return (
    <>
      <dl class="tm-office-counts">
        {parts.map(([label, value]) => (
          <div class="tm-office-count" key={label}>
            <dt>{label}</dt>
            <dd class="tm-number">{value}</dd>
          </div>
        ))}
        <div class="tm-office-count tm-office-count--sum">
          <dt>On roll</dt>
          <dd class="tm-number">{counts.roll}</dd>
        </div>
      </dl>
      <p>
        <Link to="/fire">Open the fire list</Link>: every name, on every tablet, without a signal.
      </p>
    </>
  );
}
