// Before it is handed in: what contradicts itself, what is missing, and who will read what.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button } from "../../../components/button.tsx";
import { Dialog } from "../../../components/dialog.tsx";
import { Link } from "../../../components/link.tsx";
import { navigate } from "../../../components/router.ts";
import { announce } from "../../../components/announcer.tsx";
import { count, listing } from "../../../components/text.ts";
import { groups, now, status } from "../../../state/app.ts";
import { factOf } from "../reading.ts";
import { contradictions, missing } from "./check.ts";
import type { Remark } from "./check.ts";
import { handIn } from "./hand-in.ts";
import { ownersOf } from "./owners.ts";
import type { StepProps } from "./parts.tsx";
import { readers } from "./readers.ts";

export function CheckStep(props: StepProps): JSX.Element {
  const { note, frame, of } = props;
  const owners = ownersOf(frame.caseCells, of, frame.person);
  const wrong = contradictions(frame, note.fields);
  const lacks = missing(frame, note.fields);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const base = `/visits/${frame.visit.visit}`;
  const submit = async (): Promise<void> => {
    if (busy || wrong.length > 0) return;
    setBusy(true);
    const words = await note.submit({ ...frame, nowMs: now.peek(), offsetMs: status.peek().offsetMs ?? 0 }, owners);
    setBusy(false);
    setProblem(words);
    if (words !== null) return;
    announce("The note is handed in.");
    navigate(base, { replace: true });
  };
  return (
    <>
      {problem === null ? null : (
        <p class="tm-panel tm-panel--alert" role="alert">
          <strong>Not handed in.</strong> {problem}
        </p>
      )}
      {wrong.length === 0 ? null : (
        <section class="tm-panel tm-panel--alert tm-stack" aria-labelledby="wrong-title">
          <h2 class="tm-h2" id="wrong-title">
            Put this right first
          </h2>
          <Remarks list={wrong} base={base} />
        </section>
      )}
      <section class="tm-stack" aria-labelledby="lacks-title">
        <h2 class="tm-h2" id="lacks-title">
          {lacks.length === 0 ? "Nothing is missing" : "It does not say"}
        </h2>
        {lacks.length === 0 ? null : (
          <>
            <Remarks list={lacks} base={base} />
            <p class="tm-small tm-soft">You can hand it in all the same, and add to it later.</p>
          </>
        )}
      </section>
      <Readers {...props} />
      <p>Once it is handed in it cannot be changed, only added to. It is yours: with your name, and the time by this tablet’s clock.</p>
      <Button class="tm-visit-big" onClick={() => void submit()} disabled={busy || wrong.length > 0}>
        {busy ? "Handing in…" : "Hand in the note"}
      </Button>
      <Discard {...props} />
    </>
  );
}

function Remarks({ list, base }: { list: readonly Remark[]; base: string }): JSX.Element {
  return (
    <ul class="tm-note-remarks">
      {list.map(({ step, text }) => (
        <li key={text}>
          <Link to={`${base}/note/${step}`}>{text}</Link>
        </li>
      ))}
    </ul>
  );
}

function Readers({ note, frame, of }: StepProps): JSX.Element {
  const team = groups.value.get(factOf(frame.caseCells, "placing")?.team ?? "");
  const { facts } = handIn(frame, note.fields, ownersOf(frame.caseCells, of, frame.person));
  const told = readers({ of, cells: frame.caseCells, facts, lead: team?.teacher_name ?? null });
  return (
    <section class="tm-panel tm-stack" aria-labelledby="readers-title">
      <h2 class="tm-h2" id="readers-title">
        Who reads what
      </h2>
      <dl class="tm-note-readers">
        <dt>All of it, with your words</dt>
        <dd>{told.narrative.length === 0 ? "You, and your team’s lead" : listing(told.narrative)}</dd>
        {told.offices.map(({ school, actions }) => (
          <div key={school}>
            <dt>The office of {school}</dt>
            <dd>That there was a visit, on which day, what came of it at the door{actions === 0 ? ", and no action" : `, and ${count(actions, "action")}`}</dd>
          </div>
        ))}
        {told.leads.map(({ school, child }) => (
          <div key={`${school}${child}`}>
            <dt>The safeguarding lead of {school}</dt>
            <dd>What you wrote for them about {child}</dd>
          </div>
        ))}
        {told.restricted ? (
          <div>
            <dt>Schools</dt>
            <dd>Nothing: this case is restricted</dd>
          </div>
        ) : null}
      </dl>
    </section>
  );
}

function Discard({ note, frame }: StepProps): JSX.Element | null {
  const [asked, setAsked] = useState(false);
  if (note.begunAt === null) return null;
  const discard = async (): Promise<void> => {
    await note.discard();
    setAsked(false);
    navigate(`/visits/${frame.visit.visit}`, { replace: true });
  };
  return (
    <>
      <Button kind="quiet" onClick={() => setAsked(true)}>
        Throw this note away
      </Button>
      {asked ? (
        <Dialog
          title="Throw this note away?"
          onClose={() => setAsked(false)}
          actions={
            <>
              <Button kind="warning" onClick={() => void discard()}>
                Throw it away
              </Button>
              <Button kind="secondary" onClick={() => setAsked(false)}>
                Go on with it
              </Button>
            </>
          }
        >
          <p>What you wrote goes, on this tablet and on any other. That you arrived stays on record. This cannot be taken back.</p>
        </Dialog>
      ) : null}
    </>
  );
}
