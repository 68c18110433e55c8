// The school at one session: what needs doing now on top, in plain words, live.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { announce } from "../../components/announcer.tsx";
import { SelectField } from "../../components/field.tsx";
import { Page } from "../../components/page.tsx";
import { Tabs } from "../../components/tabs.tsx";
import { longDate, sessionWord, shortDate } from "../../components/text.ts";
import { nowLocal, today } from "../../state/app.ts";
import { useContacts } from "./use-contacts.ts";
import { OpenDialog } from "./day-dialogs.tsx";
import type { Open, Saved } from "./day-dialogs.tsx";
import { Day } from "./day-sections.tsx";
import { OfficeNav } from "./parts/office-nav.tsx";
import { goToSection } from "./parts/section.tsx";
import { chosenDate, chosenSession, date, dates, page, session } from "./state.ts";

/** Nothing typed in a dialog is touched by what arrives meanwhile: the dialogs stand beside the lists. */
export function DayScreen(): JSX.Element {
  useContacts();
  const day = page.value;
  const [open, setOpen] = useState<Open | null>(null);
  const [saved, setSaved] = useState<Saved | null>(null);
  const close = (words: string | null): void => {
    const section = open?.section;
    setOpen(null);
    if (words === null || section === undefined) return;
    setSaved({ section, words });
    announce(`Saved on this tablet. ${words}`);
    // The line that was acted on may be gone: its section is where the person was.
    requestAnimationFrame(() => goToSection(section));
  };
  return (
    <Page title="The school now" heading={<Heading />}>
      <OfficeNav here="day" />
      <div class="tm-office-when">
        <Tabs
          label="Session"
          value={session.value}
          onChange={(key) => {
            chosenSession.value = key === "PM" ? "PM" : "AM";
          }}
          tabs={[
            { key: "AM", text: "Morning" },
            { key: "PM", text: "Afternoon" },
          ]}
        >
          <DayPicker />
          {day === null ? <p>The school’s own details have not come to this tablet yet.</p> : <Day day={day} saved={saved} onOpen={setOpen} />}
        </Tabs>
      </div>
      {open === null ? null : <OpenDialog open={open} onClose={close} />}
    </Page>
  );
}

function Heading(): JSX.Element {
  const atTime = date.value === today.value ? ` at ${nowLocal.value}` : "";
  return (
    <>
      The school{atTime}
      <span class="tm-office-subhead">
        {longDate(date.value)}, {sessionWord(session.value)}
      </span>
    </>
  );
}

function DayPicker(): JSX.Element | null {
  if (dates.value.length < 2) return null;
  return (
    <div class="tm-office-day">
      <SelectField
        id="day"
        label="Day"
        value={date.value}
        onChange={(value) => {
          chosenDate.value = value === today.value ? null : value;
        }}
        options={dates.value.map((value) => ({
          value,
          text: value === today.value ? `Today, ${shortDate(value)}` : shortDate(value),
        }))}
      />
    </div>
  );
}
