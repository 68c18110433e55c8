// Barriers to attendance, strengths, and who does what by when.
import type { JSX } from "preact";
import { BARRIERS } from "../../../components/barriers.ts";
import { SelectField } from "../../../components/field.tsx";
import { screenOf } from "../../../domain/facts.ts";
import { actionWords } from "../last-time.tsx";
import { Picks } from "../picks.tsx";
import { childrenOf, itemsOf } from "../reading.ts";
import { itemsIn, textOf } from "./fields.ts";
import { ownersOf, SOMEBODY } from "./owners.ts";
import { AddButton, Day, ItemBox, Line, Lines } from "./parts.tsx";
import type { StepProps } from "./parts.tsx";

const BARRIER_STATES = [
  { value: "still", text: "Still there" },
  { value: "removed", text: "Gone" },
] as const;
const ACTION_STATES = [
  { value: "open", text: "Open" },
  { value: "done", text: "Done" },
  { value: "dropped", text: "Dropped" },
] as const;

export function PlanStep(props: StepProps): JSX.Element {
  return (
    <>
      <Barriers {...props} />
      <Strengths {...props} />
      <Actions {...props} />
    </>
  );
}

function Barriers({ note, frame, of }: StepProps): JSX.Element {
  const known = itemsOf(frame.caseCells, "barrier");
  const answer = (item: string, value: string): void => {
    // What the answer replaces is what was on the screen as it was given.
    note.set({ [`barrier.${item}`]: value, [`pin.barrier:${item}`]: JSON.stringify(screenOf(frame.caseCells, `barrier:${item}`)) });
  };
  return (
    <section class="tm-stack" aria-labelledby="barriers-title">
      <h2 class="tm-h2" id="barriers-title">
        What keeps them from school
      </h2>
      {known.map((one) => (
        <Picks
          key={one.item}
          legend={
            <>
              {BARRIERS[one.category]}: {one.what} <span class="tm-soft">{childName(frame, one.child)}</span>
            </>
          }
          value={textOf(note.fields, `barrier.${one.item}`)}
          options={BARRIER_STATES}
          onChange={(value) => answer(one.item, value)}
        />
      ))}
      {itemsIn(note.fields, "new_barrier").map((item, index) => (
        <ItemBox key={item} note={note} kind="new_barrier" item={item} title={`New barrier ${index + 1}`}>
          <SelectField
            id={`note-new_barrier-${item}-category`}
            label="What kind of barrier"
            value={textOf(note.fields, `new_barrier.${item}.category`)}
            onChange={(value) => note.set({ [`new_barrier.${item}.category`]: value })}
            options={[{ value: "", text: "Choose one" }, ...Object.entries(BARRIERS).map(([value, text]) => ({ value, text }))]}
          />
          <Lines note={note} name={`new_barrier.${item}.what`} label="What it is" rows={2} max={4000} />
          <ChildSelect note={note} frame={frame} of={of} name={`new_barrier.${item}.child`} label="Whom it keeps from school" />
        </ItemBox>
      ))}
      <AddButton note={note} kind="new_barrier" first="what">
        Add a barrier
      </AddButton>
    </section>
  );
}

function childName(frame: StepProps["frame"], child: string | null | undefined): string {
  return childrenOf(frame.caseCells).find(({ item }) => item === child)?.name ?? "";
}

function ChildSelect({ note, frame, name, label }: StepProps & { name: string; label: string }): JSX.Element | null {
  const children = childrenOf(frame.caseCells);
  if (children.length < 2) return null;
  return (
    <SelectField
      id={`note-${name.replaceAll(".", "-")}`}
      label={label}
      value={textOf(note.fields, name)}
      onChange={(value) => note.set({ [name]: value })}
      options={[{ value: "", text: "All the children" }, ...children.map((one) => ({ value: one.item, text: one.name }))]}
    />
  );
}

function Strengths({ note }: StepProps): JSX.Element {
  return (
    <section class="tm-stack" aria-labelledby="strengths-title">
      <h2 class="tm-h2" id="strengths-title">
        What goes well
      </h2>
      {itemsIn(note.fields, "strength").map((item, index) => (
        <ItemBox key={item} note={note} kind="strength" item={item} title={`Strength ${index + 1}`}>
          <Lines note={note} name={`strength.${item}.what`} label="What goes well, and can be built on" rows={2} max={4000} />
        </ItemBox>
      ))}
      <AddButton note={note} kind="strength" first="what">
        Add a strength
      </AddButton>
    </section>
  );
}

function Actions({ note, frame, of }: StepProps): JSX.Element {
  const known = itemsOf(frame.caseCells, "action").filter(({ item, status }) => status === "open" || textOf(note.fields, `action.${item}`) !== "");
  const owners = ownersOf(frame.caseCells, of, frame.person);
  const answer = (item: string, value: string): void => {
    note.set({ [`action.${item}`]: value, [`pin.action:${item}`]: JSON.stringify(screenOf(frame.caseCells, `action:${item}`)) });
  };
  return (
    <section class="tm-stack" aria-labelledby="actions-title">
      <h2 class="tm-h2" id="actions-title">
        Who does what
      </h2>
      {known.map((one) => (
        <Picks key={one.item} legend={actionWords(one)} value={textOf(note.fields, `action.${one.item}`)} options={ACTION_STATES} onChange={(value) => answer(one.item, value)} />
      ))}
      {itemsIn(note.fields, "new_action").map((item, index) => (
        <ItemBox key={item} note={note} kind="new_action" item={item} title={`New action ${index + 1}`}>
          <Lines note={note} name={`new_action.${item}.what`} label="What is to be done" hint="The school’s office sees this: name no private matter." rows={2} max={4000} />
          <SelectField
            id={`note-new_action-${item}-who`}
            label="Who does it"
            value={textOf(note.fields, `new_action.${item}.who`)}
            onChange={(value) => note.set({ [`new_action.${item}.who`]: value })}
            options={[{ value: "", text: "Choose who" }, ...owners.map(({ value, name }) => ({ value, text: name })), { value: SOMEBODY, text: "Somebody else" }]}
          />
          {textOf(note.fields, `new_action.${item}.who`) === SOMEBODY ? <Line note={note} name={`new_action.${item}.owner`} label="Their name" /> : null}
          <Day note={note} name={`new_action.${item}.due`} label="By when" />
          <ChildSelect note={note} frame={frame} of={of} name={`new_action.${item}.child`} label="For which child: their school sees it" />
        </ItemBox>
      ))}
      <AddButton note={note} kind="new_action" first="what">
        Add an action
      </AddButton>
    </section>
  );
}
