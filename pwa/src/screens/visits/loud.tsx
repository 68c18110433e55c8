// What must not be overlooked before somebody knocks: flags on the address, and known risks.
import type { JSX } from "preact";
import type { Cells } from "./reading.ts";
import { itemsOf } from "./reading.ts";
import { FLAGS } from "./words.ts";

const TO = { visitor: "To whoever visits", child: "To a child", adult: "To an adult" } as const;

interface LoudProps {
  cases: Cells;
  /** The plan's own address and risks. */
  address: string;
  risks: string | null;
}

/** Nothing where nothing is known; then it says so. */
export function Loud({ cases, address, risks }: LoudProps): JSX.Element {
  const known = itemsOf(cases, "risk");
  const flags = flagsOf(cases, address);
  const more = risks !== null && !known.every(({ what }) => risks.includes(what)) ? risks : null;
  if (flags.length === 0 && known.length === 0 && more === null) {
    return <p class="tm-soft">No risk is on record. That is not the same as no risk.</p>;
  }
  return (
    <div class="tm-loud">
      {flags.map((flag) => (
        <div class="tm-loud__flag" key={flag}>
          <p class="tm-loud__title">{FLAGS[flag].title}</p>
          <p>{FLAGS[flag].text}</p>
        </div>
      ))}
      {known.length === 0 && more === null ? null : (
        <ul class="tm-loud__risks">
          {known.map((risk) => (
            <li key={risk.item}>
              <strong>{TO[risk.to]}:</strong> {risk.what}
            </li>
          ))}
          {more === null ? null : <li class="tm-keep-lines">{more}</li>}
        </ul>
      )}
    </div>
  );
}

/** Flags of the address that is visited; where it is none of the family's, of all of them. */
export function flagsOf(cases: Cells, address: string): (keyof typeof FLAGS)[] {
  const all = itemsOf(cases, "address");
  const visited = all.filter((one) => one.address === address);
  return [...new Set((visited.length > 0 ? visited : all).flatMap(({ flags = [] }) => flags))];
}
