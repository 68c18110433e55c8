// At the door: when, and what came of it. Where nobody answers, this is nearly all.
import type { JSX } from "preact";
import { Button } from "../../../components/button.tsx";
import { SelectField } from "../../../components/field.tsx";
import { nowLocal } from "../../../state/app.ts";
import { flagsOf } from "../loud.tsx";
import { mint } from "../../../components/mint.ts";
import { factOf, itemsOf } from "../reading.ts";
import { forbidsCard, OUTCOME_HINTS, OUTCOMES } from "../words.ts";
import { itemsIn, newItem, textOf } from "./fields.ts";
import { Asked, Chosen, Day, ItemBox, Line, Lines, TimeNow } from "./parts.tsx";
import type { StepProps } from "./parts.tsx";

const OUTCOME_OPTIONS = (["seen", "no_answer", "refused", "wrong_address"] as const).map((value) => ({
  value,
  text: OUTCOMES[value],
  hint: OUTCOME_HINTS[value],
}));

export function DoorStep(props: StepProps): JSX.Element {
  const { note, frame } = props;
  const outcome = textOf(note.fields, "outcome");
  const elsewhere = outcome !== "" && outcome !== "seen";
  const flags = flagsOf(frame.caseCells, factOf(frame.visit.cells, "plan")?.address ?? "");
  return (
    <>
      <Chosen note={note} name="outcome" label="What came of it?" options={OUTCOME_OPTIONS} />
      <TimeNow note={note} name="arrived" label="You arrived at" />
      <Day note={note} name="date" label="Day of the visit" />
      {elsewhere && forbidsCard(flags) ? (
        <p class="tm-panel tm-panel--alert">
          <strong>Leave no card here.</strong> The address is flagged: others may find it.
        </p>
      ) : null}
      {elsewhere ? <Asked note={note} name="card_left" label="Did you leave a card?" /> : null}
      {elsewhere ? <Calls {...props} /> : null}
      {elsewhere ? <Lines note={note} name="outcome_note" label="What you noticed" hint="Like “Curtains drawn, a light upstairs, a neighbour said they left at 8.”" rows={2} max={4000} /> : null}
    </>
  );
}

/** Calls that were tried from the door: a tap on a number of the family's begins one. */
function Calls({ note, frame }: StepProps): JSX.Element {
  const phones = itemsOf(frame.caseCells, "phone").filter(({ do_not_contact: not }) => not !== true);
  const add = (name: string): void => {
    const item = newItem(Date.now(), mint());
    note.set({ [`call.${item}.name`]: name, [`call.${item}.at`]: nowLocal.peek(), [`call.${item}.how`]: "phone" });
  };
  return (
    <section class="tm-stack" aria-labelledby="calls-title">
      <h2 class="tm-h2" id="calls-title">
        Calls you made
      </h2>
      {itemsIn(note.fields, "call").map((item, index) => (
        <ItemBox key={item} note={note} kind="call" item={item} title={`Call ${index + 1}`}>
          <Line note={note} name={`call.${item}.name`} label="Whom you rang" />
          <TimeNow note={note} name={`call.${item}.at`} label="At" />
          <SelectField
            id={`note-call-${item}-how`}
            label="How"
            value={textOf(note.fields, `call.${item}.how`)}
            onChange={(value) => note.set({ [`call.${item}.how`]: value })}
            options={[
              { value: "phone", text: "Call" },
              { value: "text", text: "Text" },
            ]}
          />
          <Asked note={note} name={`call.${item}.reached`} label="Did they answer?" />
        </ItemBox>
      ))}
      <div class="tm-row">
        {phones.map(({ item, name }) => (
          <Button key={item} kind="secondary" onClick={() => add(name)}>
            I rang {name}
          </Button>
        ))}
        <Button kind="secondary" onClick={() => add("")}>
          {phones.length === 0 ? "Add a call" : "I rang somebody else"}
        </Button>
      </div>
    </section>
  );
}
