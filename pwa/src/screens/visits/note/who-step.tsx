// Who was there: the household by a tap, and anybody else.
import type { JSX } from "preact";
import { Checkbox } from "../../../components/choices.tsx";
import { languageName } from "../../../components/text.ts";
import { today } from "../../../state/app.ts";
import { adultsOf, childrenOf, factOf } from "../reading.ts";
import { Picks } from "../picks.tsx";
import { age } from "../words.ts";
import { flagOf, flagText, itemsIn, textOf } from "./fields.ts";
import { AddButton, Asked, ItemBox, Line } from "./parts.tsx";
import type { StepProps } from "./parts.tsx";

const THERE = [
  { value: "true", text: "There" },
  { value: "false", text: "Not there" },
] as const;

export function WhoStep({ note, frame }: StepProps): JSX.Element {
  const { caseCells } = frame;
  const members = [...adultsOf(caseCells), ...childrenOf(caseCells)];
  return (
    <>
      {members.length === 0 ? <p class="tm-soft">Nobody is on record in this household: add whoever was there.</p> : null}
      {members.map(({ item, name, relation, born }) => (
        <Picks
          key={item}
          legend={
            <>
              {name} <span class="tm-soft">{[relation, age(born, today.value)].filter(Boolean).join(", ")}</span>
            </>
          }
          value={textOf(note.fields, `present.${item}`)}
          options={THERE}
          onChange={(value) => note.set({ [`present.${item}`]: value })}
        />
      ))}
      <section class="tm-stack" aria-labelledby="others-title">
        <h2 class="tm-h2" id="others-title">
          Anybody else
        </h2>
        {itemsIn(note.fields, "adult").map((item, index) => (
          <ItemBox key={item} note={note} kind="adult" item={item} title={`Another person, ${index + 1}`}>
            <Line note={note} name={`adult.${item}.name`} label="Name, or what they look like" />
            <Line note={note} name={`adult.${item}.relation`} label="Who they are to the family, as was said" />
            <Checkbox
              id={`note-adult-${item}-unknown`}
              label="I do not know who this is"
              checked={flagOf(note.fields, `adult.${item}.unknown`) === true}
              onChange={(unknown) => note.set({ [`adult.${item}.unknown`]: flagText(unknown) })}
            />
          </ItemBox>
        ))}
        <AddButton note={note} kind="adult" first="name">
          Add somebody
        </AddButton>
      </section>
      <Interpreted note={note} frame={frame} of={null} />
    </>
  );
}

function Interpreted({ note, frame }: StepProps): JSX.Element {
  const language = factOf(frame.caseCells, "language");
  const name = language === null ? "" : languageName(language.language);
  return (
    <section class="tm-stack" aria-labelledby="interpreter-title">
      <h2 class="tm-h2" id="interpreter-title">
        Interpreter
      </h2>
      <Asked
        note={note}
        name="interpreter.used"
        label="Did somebody interpret?"
        hint={language === null ? undefined : `The family speaks ${name}${language.interpreter === true ? ", and an interpreter is to be brought" : ""}. Never use a child.`}
      />
      {flagOf(note.fields, "interpreter.used") === true ? (
        <>
          <Line note={note} name="interpreter.language" label="In which language" />
          <Line note={note} name="interpreter.name" label="Who interpreted" />
        </>
      ) : null}
    </section>
  );
}
