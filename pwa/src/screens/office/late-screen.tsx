// The late desk: works without a signal, by keyboard alone, one pupil after another.
import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Page } from "../../components/page.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { longDate } from "../../components/text.ts";
import { cards, entries, nowLocal, school, sheets, status, today } from "../../state/app.ts";
import { movements } from "./day/movements.ts";
import type { Movement } from "./day/movements.ts";
import { ArrivalForm } from "./late/arrival-form.tsx";
import { DepartureForm } from "./late/departure-form.tsx";
import { MovementList } from "./late/movement-list.tsx";
import { MarkDialog } from "./parts/mark-dialog.tsx";
import { OfficeNav } from "./parts/office-nav.tsx";
import { ReasonDialog } from "./parts/reason-dialog.tsx";
import { Section } from "./parts/section.tsx";

/** Signing in, signing out, and who came and went today. */
export function LateScreen(): JSX.Element {
  const [tab, setTab] = useState<"in" | "out">("in");
  const [saved, setSaved] = useState("");
  const [undoing, setUndoing] = useState<Movement | null>(null);
  const list = useComputed(() =>
    movements({
      date: today.value,
      sheets: [...sheets.value.values()],
      cards: cards.value,
      entries: entries.value,
    }),
  );
  const known = school.value;
  const Form = tab === "in" ? ArrivalForm : DepartureForm;
  const closeUndo = (words: string | null): void => {
    setUndoing(null);
    if (words !== null) setSaved(words);
  };
  return (
    <Page
      title="Late desk"
      lede={`${longDate(today.value)}, ${nowLocal.value}.${status.value.online ? "" : " No connection: what you record is kept on this tablet and sent later."}`}
    >
      <OfficeNav here="late" />
      <div class="tm-office-desk">
        <div class="tm-office-desk__form">
          <Tabs
            label="Coming in or leaving"
            value={tab}
            onChange={(key) => setTab(key === "out" ? "out" : "in")}
            tabs={[
              { key: "in", text: "Coming in" },
              { key: "out", text: "Leaving early" },
            ]}
          >
            {known === null ? <p>The school’s own details have not come to this tablet yet.</p> : <Form known={known} onSaved={setSaved} />}
          </Tabs>
          <output class={saved === "" ? "tm-visually-hidden" : "tm-panel tm-office-saved"}>
            {saved === "" ? "" : `Saved on this tablet. ${saved}`}
          </output>
        </div>
        <Section
          id="moves"
          title="Today"
          count={list.value.length}
          empty="Nobody has been signed in or out today."
        >
          <MovementList list={list.value} onUndo={setUndoing} />
        </Section>
      </div>
      {undoing === null ? null : <Undo movement={undoing} onClose={closeUndo} />}
    </Page>
  );
}

/** An arrival is undone by amending the mark; a departure by voiding its record. Both keep the reason. */
function Undo({ movement, onClose }: { movement: Movement; onClose: (saved: string | null) => void }): JSX.Element {
  const { entry, session, who } = movement;
  if (movement.what === "arrival") {
    const target = { pupil: who.pupil, date: today.value, session, title: "Undo this arrival" };
    return <MarkDialog target={target} onClose={onClose} />;
  }
  return (
    <ReasonDialog
      title={`Undo: ${who.name} left at ${movement.time}`}
      submit="Undo this"
      hint="The record stays to be read, with this reason."
      bodies={(reason) =>
        entry === null ? [] : [{ kind: "register.voided", entry, date: today.value, session, reason }]
      }
      onClose={(done) => onClose(done ? `${who.name} did not leave at ${movement.time}` : null)}
    >
      <p>The roll call will hold {who.name} to be on site again, if the mark says so.</p>
    </ReasonDialog>
  );
}
