// Choosing a mark: the ones already said, the one proposed, or any other.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Radios } from "../../../components/choices.tsx";
import type { Proposal } from "../day/shapes.ts";
import { codeText } from "../forms/codes.ts";
import type { CodeGroup } from "../forms/codes.ts";
import { CodeSelect } from "./code-select.tsx";

/** A code that somebody has said of this cell. */
export interface SaidCode {
  readonly code: string;
  readonly arrived: string | null;
  readonly by: string;
  /** False for one that has been replaced since. */
  readonly now: boolean;
}

interface MarkChoiceProps {
  value: string;
  said: readonly SaidCode[];
  proposed: Proposal | null;
  date: string;
  groups: readonly CodeGroup[];
  /** `arrived` comes with a code that was said with a time. */
  onChoose: (code: string, arrived: string | null) => void;
  error: string | null;
}

const OTHER = "other";

/** Nothing is chosen beforehand: a person decides. The first radio has the id errors point at. */
export function MarkChoice(props: MarkChoiceProps): JSX.Element {
  const { value, said, proposed, date, groups, onChoose, error } = props;
  const [other, setOther] = useState(false);
  const near = nearby(said, proposed);
  const isNear = near.some((one) => one.code === value);
  const showOther = other || near.length === 0 || (value !== "" && !isNear);
  const choose = (picked: string): void => {
    setOther(picked === OTHER);
    onChoose(picked === OTHER ? "" : picked, near.find((one) => one.code === picked)?.arrived ?? null);
  };
  const options = near.map((one) => ({ value: one.code, text: codeText(one.code, date), hint: one.hint }));
  return (
    <>
      {near.length === 0 ? null : (
        <Radios
          id="code"
          legend="Which mark is right?"
          value={showOther ? OTHER : value}
          onChange={choose}
          options={[...options, { value: OTHER, text: "Another mark" }]}
          error={showOther ? null : error}
        />
      )}
      {showOther ? (
        <CodeSelect
          id={near.length === 0 ? "code" : "code-other"}
          label={near.length === 0 ? "Which mark is right?" : "The other mark"}
          value={value}
          groups={groups}
          onChange={(code) => onChoose(code, null)}
          error={error}
        />
      ) : null}
    </>
  );
}

function nearby(said: readonly SaidCode[], proposed: Proposal | null): { code: string; arrived: string | null; hint: string }[] {
  const list = said.map(({ code, arrived, by, now }) => ({
    code,
    arrived,
    hint: `${now ? "Said by" : "Said before by"} ${by}${arrived === null ? "" : `, came in at ${arrived}`}`,
  }));
  if (proposed === null || list.some((one) => one.code === proposed.code)) return list;
  return [...list, { code: proposed.code, arrived: null, hint: `Proposed: ${proposed.because}` }];
}
