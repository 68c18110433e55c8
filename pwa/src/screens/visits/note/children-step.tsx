// Each child: seen or not, where and how, alone or why not, and their own words.
import type { JSX } from "preact";
import { today } from "../../../state/app.ts";
import { childrenOf } from "../reading.ts";
import { age } from "../words.ts";
import { flagOf } from "./fields.ts";
import { Asked, Line, Lines } from "./parts.tsx";
import type { StepProps } from "./parts.tsx";

export function ChildrenStep({ note, frame }: StepProps): JSX.Element {
  const children = childrenOf(frame.caseCells);
  if (children.length === 0) return <p class="tm-soft">No child is on record in this household. Write of whom you saw under “In your words”.</p>;
  return (
    <>
      {children.map(({ item, name, born }) => {
        const seen = flagOf(note.fields, `seen.${item}`);
        const alone = flagOf(note.fields, `alone.${item}`);
        return (
          <fieldset class="tm-panel tm-note-item" key={item}>
            <legend class="tm-h2">
              {name} <span class="tm-soft">{age(born, today.value)}</span>
            </legend>
            <Asked note={note} name={`seen.${item}`} label={`Did you see ${name}?`} />
            {seen === false ? <Line note={note} name={`seen.${item}.why_not`} label={`Why ${name} was not seen`} /> : null}
            {seen === true ? (
              <>
                <Line note={note} name={`seen.${item}.where`} label="Where" hint="Like “In the kitchen, at the table”." />
                <Lines note={note} name={`seen.${item}.how`} label="How they were" hint="What you saw: clothes, mood, how they were with the others." rows={2} max={4000} />
                <Asked note={note} name={`alone.${item}`} label={`Did you speak with ${name} alone?`} />
                {alone === false ? <Line note={note} name={`alone.${item}.why_not`} label="Why not alone" /> : null}
                <Lines note={note} name={`words.${item}`} label={`${name}’s own words`} hint="As they were said. Do not tidy them." rows={3} />
              </>
            ) : null}
          </fieldset>
        );
      })}
    </>
  );
}
