// The dialog that is open, if one is.
import type { JSX } from "preact";
import { announce } from "../../components/announcer.tsx";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { count } from "../../components/text.ts";
import type { Sheet } from "../../generated/types.ts";
import { sheets } from "../../state/app.ts";
import { AddChildDialog } from "./add-child.tsx";
import type { AddedChild, Pin } from "./form.ts";
import { rowName } from "./names.ts";
import { ReasonDialog, UnmarkedDialog } from "./save-dialogs.tsx";
import { amends } from "./saving.ts";
import type { OpenRegister } from "./use-register.ts";
import type { Saving } from "./use-saving.ts";
import { blanks, undecided, unsaved } from "./view.ts";

interface QuestionsProps {
  sheet: Sheet;
  open: OpenRegister;
  saving: Saving;
}

/** Each closes back to the register, with nothing done. */
export function Questions({ sheet, open, saving }: QuestionsProps): JSX.Element | null {
  const back = (): void => saving.ask(null);
  switch (saving.question) {
    case "unmarked":
      return <Unmarked open={open} saving={saving} onBack={back} />;
    case "reasons":
      return (
        <ReasonDialog
          changed={open.views
            .filter(({ choice }) => choice !== null && amends(choice))
            .map((view) => ({ view, name: rowName(view, open.form).full }))}
          frame={open.frame}
          paperBy={open.form.paper?.takenBy ?? null}
          onSave={saving.write}
          onBack={back}
        />
      );
    case "child":
      return (
        <AddChildDialog
          present={new Set(open.views.map(({ pupil }) => pupil))}
          onAdd={(child) => {
            addTo(open, sheet, child);
            back();
          }}
          onClose={back}
        />
      );
    case "discard":
      return <Discard open={open} onBack={back} />;
    case null:
      return null;
  }
}

function Unmarked({ open, saving, onBack }: Omit<QuestionsProps, "sheet"> & { onBack: () => void }): JSX.Element {
  return (
    <UnmarkedDialog
      unmarked={open.counts.unmarked}
      blanks={blanks(open.views).length}
      undecided={undecided(open.views).map((view) => rowName(view, open.form).full)}
      onFill={() => {
        saving.fill();
        saving.goOn();
      }}
      onPart={saving.goOn}
      onBack={onBack}
    />
  );
}

function addTo(open: OpenRegister, sheet: Sheet, child: AddedChild): void {
  open.acts.addChild(child, pinElsewhere(sheet, child.pupil));
  announce(`${child.knownAs} ${child.surname} is added at the end of the register`);
}

/** What this tablet holds about a pupil's mark in this session, from the sheet of another group. */
function pinElsewhere({ date, session }: Sheet, pupil: string): Pin {
  for (const sheet of sheets.value.values()) {
    if (sheet.date !== date || sheet.session !== session) continue;
    const row = sheet.rows.find((one) => one.pupil === pupil);
    if (row !== undefined) return row.claims ?? [];
  }
  return [];
}

function Discard({ open, onBack }: { open: OpenRegister; onBack: () => void }): JSX.Element {
  const marks = count(unsaved(open.views).length, "mark");
  return (
    <Dialog
      title={`Throw away ${marks} that ${marks.startsWith("1 ") ? "is" : "are"} not saved?`}
      onClose={onBack}
      actions={
        <>
          <Button
            kind="warning"
            onClick={() => {
              open.acts.discard();
              onBack();
            }}
          >
            Throw away
          </Button>
          <Button kind="quiet" onClick={onBack}>
            Keep them
          </Button>
        </>
      }
    >
      <p>What is saved already stays as it is.</p>
    </Dialog>
  );
}
