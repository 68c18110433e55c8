// Leaving: when, whether somebody comes again, and what may be said to whom.
import type { JSX } from "preact";
import { SelectField } from "../../../components/field.tsx";
import { childrenOf } from "../reading.ts";
import { BASES } from "../words.ts";
import { flagOf, textOf } from "./fields.ts";
import { Asked, Day, Line, Lines, TimeNow } from "./parts.tsx";
import type { StepProps } from "./parts.tsx";

export function NextStep(props: StepProps): JSX.Element {
  const { note } = props;
  return (
    <>
      <TimeNow note={note} name="left" label="You left at" />
      <Asked note={note} name="next.needed" label="Does somebody come again?" />
      {flagOf(note.fields, "next.needed") === true ? <Day note={note} name="next.on" label="On which day" /> : null}
      {flagOf(note.fields, "next.needed") === null ? null : <Line note={note} name="next.note" label="Anything to know for then" />}
      {textOf(note.fields, "outcome") === "seen" ? <Sharing {...props} /> : null}
    </>
  );
}

function Sharing({ note, frame, of }: StepProps): JSX.Element {
  const basis = textOf(note.fields, "basis");
  const schools = new Map((of?.schools ?? []).map(({ school, name }) => [school, name]));
  const children = childrenOf(frame.caseCells).filter(({ school }) => school);
  return (
    <section class="tm-stack" aria-labelledby="sharing-title">
      <h2 class="tm-h2" id="sharing-title">
        Sharing
      </h2>
      <SelectField
        id="note-basis"
        label="On which basis may this be shared?"
        value={basis}
        onChange={(value) => note.set({ basis: value })}
        options={[{ value: "", text: "Choose one" }, ...Object.entries(BASES).map(([value, text]) => ({ value, text }))]}
      />
      {basis === "" ? null : <Line note={note} name="basis.note" label="What was said about it" />}
      {basis === "" || basis === "none"
        ? null
        : children.map(({ item, name, school }) => (
            <Lines
              key={item}
              note={note}
              name={`shared.${item}`}
              label={`To tell the safeguarding lead of ${schools.get(school ?? "") ?? `${name}’s school`} about ${name}`}
              hint="Only this goes to them, in these words. Leave it empty to tell nothing."
              rows={2}
              max={4000}
            />
          ))}
    </section>
  );
}
