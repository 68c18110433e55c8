// Fields of the note's form: each reads and writes one field by its name.
import type { ComponentChildren, JSX } from "preact";
import { Button } from "../../../components/button.tsx";
import { TextArea, TextField } from "../../../components/field.tsx";
import { nowLocal } from "../../../state/app.ts";
import type { Case } from "../../../generated/types.ts";
import { mint } from "../../../components/mint.ts";
import { Picks, YesNo } from "../picks.tsx";
import type { NoteFrame } from "./family.ts";
import { newItem, textOf } from "./fields.ts";
import type { Added } from "./fields.ts";
import type { OpenNote } from "./use-note.ts";

/** What every step is given. */
export interface StepProps {
  readonly note: OpenNote;
  readonly frame: NoteFrame;
  readonly of: Case | null;
}

interface FieldOf {
  note: OpenNote;
  name: string;
  label: string;
  hint?: string | undefined;
}

/** An id for an input that a test, an error and a label can name. */
function idOf(name: string): string {
  return `note-${name.replaceAll(".", "-")}`;
}

const LONG = 20_000;

/** Several lines. The browser's own: dictation, capitals and spelling are its work. */
export function Lines({ note, name, label, hint, rows = 3, max = LONG }: FieldOf & { rows?: number; max?: number }): JSX.Element {
  return <TextArea id={idOf(name)} label={label} hint={hint} rows={rows} maxLength={max} value={textOf(note.fields, name)} onInput={(value) => note.set({ [name]: value })} />;
}

/** One line. */
export function Line({ note, name, label, hint }: FieldOf): JSX.Element {
  return <TextField id={idOf(name)} label={label} hint={hint} maxLength={500} value={textOf(note.fields, name)} onInput={(value) => note.set({ [name]: value })} />;
}

/** A day. */
export function Day({ note, name, label, hint }: FieldOf): JSX.Element {
  return <TextField id={idOf(name)} label={label} hint={hint} type="date" width={20} value={textOf(note.fields, name)} onInput={(value) => note.set({ [name]: value })} />;
}

/** A time of day, and a button for this very one. */
export function TimeNow({ note, name, label }: FieldOf): JSX.Element {
  return (
    <div class="tm-note-time">
      <TextField id={idOf(name)} label={label} type="time" width={10} value={textOf(note.fields, name)} onInput={(value) => note.set({ [name]: value })} />
      <Button kind="secondary" label={`${label}: now`} onClick={() => note.set({ [name]: nowLocal.peek() })}>
        Now
      </Button>
    </div>
  );
}

/** Yes or no. */
export function Asked({ note, name, label, hint }: FieldOf): JSX.Element {
  return <YesNo legend={label} hint={hint} value={textOf(note.fields, name)} onChange={(value) => note.set({ [name]: value })} />;
}

/** One of a few. */
export function Chosen({ note, name, label, hint, options }: FieldOf & { options: readonly { value: string; text: string; hint?: string }[] }): JSX.Element {
  return <Picks legend={label} hint={hint} value={textOf(note.fields, name)} options={options} onChange={(value) => note.set({ [name]: value })} />;
}

/** Another item of a kind. */
export function AddButton({ note, kind, first, children }: { note: OpenNote; kind: Added; first: string; children: ComponentChildren }): JSX.Element {
  return (
    <Button kind="secondary" onClick={() => note.set({ [`${kind}.${newItem(Date.now(), mint())}.${first}`]: "" })}>
      {children}
    </Button>
  );
}

/** One item of a kind, with the way to take it away again. */
export function ItemBox({ note, kind, item, title, children }: { note: OpenNote; kind: Added; item: string; title: string; children: ComponentChildren }): JSX.Element {
  return (
    <fieldset class="tm-panel tm-note-item">
      <legend class="tm-visually-hidden">{title}</legend>
      {children}
      <Button kind="quiet" label={`Take this away: ${title}`} onClick={() => note.set({ [`${kind}.${item}.gone`]: "true" })}>
        Take this away
      </Button>
    </fieldset>
  );
}
