// The open register: its top, its pupils, its foot, and the questions before saving.
import type { JSX } from "preact";
import { announce } from "../../components/announcer.tsx";
import { Button } from "../../components/button.tsx";
import { Link } from "../../components/link.tsx";
import type { Group, Me, Sheet } from "../../generated/types.ts";
import { today } from "../../state/app.ts";
import { RegisterHelp } from "./help.tsx";
import { Notices } from "./notices.tsx";
import { PaperPanel } from "./paper-panel.tsx";
import { PupilList } from "./pupil-list.tsx";
import { Questions } from "./questions.tsx";
import { RegisterBar } from "./register-bar.tsx";
import { RegisterTop } from "./register-top.tsx";
import { Takings } from "./takings.tsx";
import { useRegister } from "./use-register.ts";
import type { OpenRegister } from "./use-register.ts";
import { useSaving } from "./use-saving.ts";
import type { Saving } from "./use-saving.ts";
import { blanks, unsaved } from "./view.ts";

interface RegisterProps {
  sheet: Sheet;
  group: Group | undefined;
  me: Me;
}

/** Draws nothing but a word until the draft was looked for: a tap must not come before it. */
export function Register({ sheet, group, me }: RegisterProps): JSX.Element {
  const open = useRegister(sheet);
  if (open === null) return <p class="tm-lede">Opening the register…</p>;
  return <OpenForm sheet={sheet} group={group} me={me} open={open} />;
}

function OpenForm({ sheet, group, me, open }: RegisterProps & { open: OpenRegister }): JSX.Element {
  const saving = useSaving(open);
  const waiting = unsaved(open.views).length;
  const future = sheet.date > today.value ? sheet.date : null;
  const { paper } = open.form;
  return (
    <div class="tm-register">
      <RegisterTop sheet={sheet} group={group} me={me.person} unsaved={waiting} />
      <div class="tm-register__back">
        <Link to="/">{waiting > 0 ? "Leave without saving" : "Back to today"}</Link>
        {waiting > 0 ? <span class="tm-small tm-soft">Your taps are kept on this tablet.</span> : null}
        <RegisterHelp />
      </div>
      <Notices open={open} saving={saving} future={future} />
      {paper === null ? null : (
        <PaperPanel
          paper={paper}
          errors={saving.paperErrors}
          onChange={open.acts.setPaper}
          onCancel={() => open.acts.setPaper(null)}
        />
      )}
      <PupilList sheet={sheet} open={open} me={me} readOnly={future !== null} />
      <MoreActs open={open} saving={saving} disabled={future !== null} unsaved={waiting} />
      <Takings
        sheet={sheet}
        me={me}
        onVoided={(entry) => {
          open.acts.voided(entry);
          saving.report("Voided", "its marks no longer count. The record of it stays.");
        }}
      />
      <Foot open={open} saving={saving} readOnly={future !== null} />
      <Questions sheet={sheet} open={open} saving={saving} />
    </div>
  );
}

function Foot({ open, saving, readOnly }: { open: OpenRegister; saving: Saving; readOnly: boolean }): JSX.Element {
  return (
    <RegisterBar
      counts={open.counts}
      blanks={blanks(open.views).length}
      lastStep={open.form.steps.at(-1)?.what ?? null}
      unsaved={unsaved(open.views).length}
      saving={saving.busy}
      done={saving.done}
      readOnly={readOnly}
      onFill={saving.fill}
      onUndo={() => announce(`Taken back: ${open.acts.undo() ?? "nothing"}`)}
      onSave={saving.begin}
    />
  );
}

interface MoreActsProps {
  open: OpenRegister;
  saving: Saving;
  disabled: boolean;
  unsaved: number;
}

/** What is needed now and then: below the pupils. */
function MoreActs({ open, saving, disabled, unsaved: waiting }: MoreActsProps): JSX.Element {
  return (
    <div class="tm-row tm-register__more">
      <Button kind="secondary" onClick={() => saving.ask("child")} disabled={disabled}>
        Add a child who is not listed
      </Button>
      {open.form.paper === null ? (
        <Button kind="secondary" onClick={() => open.acts.setPaper({ takenBy: "", takenAt: "" })} disabled={disabled}>
          Key in from paper
        </Button>
      ) : null}
      {waiting === 0 ? null : (
        <Button kind="secondary" onClick={() => saving.ask("discard")}>
          Throw away what is not saved
        </Button>
      )}
    </div>
  );
}
