// The note of a visit, step by step, kept at every pause; nothing of it needs a signal.
import type { JSX } from "preact";
import { computed } from "@preact/signals";
import { Banner } from "../../../components/banner.tsx";
import { Button } from "../../../components/button.tsx";
import { Link } from "../../../components/link.tsx";
import { Page } from "../../../components/page.tsx";
import { navigate } from "../../../components/router.ts";
import { moment, timeZone } from "../../../components/words.ts";
import type { Visit } from "../../../generated/types.ts";
import { cases, me, now, status, today } from "../../../state/app.ts";
import { ConcernLink } from "../concern-link.tsx";
import { accountOf } from "../day.ts";
import { familyName } from "../reading.ts";
import { OpenedBy } from "../drafts/opened-by.tsx";
import { TwoVersions } from "../drafts/two-versions.tsx";
import { AccountStep } from "./account-step.tsx";
import type { Kept } from "./autosave.ts";
import { CheckStep } from "./check-step.tsx";
import { ChildrenStep } from "./children-step.tsx";
import { DoorStep } from "./door-step.tsx";
import type { NoteFrame } from "./family.ts";
import { textOf } from "./fields.ts";
import { NextStep } from "./next-step.tsx";
import type { StepProps } from "./parts.tsx";
import { PlanStep } from "./plan-step.tsx";
import { stepNamed, stepsFor } from "./steps.ts";
import type { Step, StepKey } from "./steps.ts";
import { useNote } from "./use-note.ts";
import type { OpenNote } from "./use-note.ts";
import { WhoStep } from "./who-step.tsx";

const STEPS: Readonly<Record<StepKey, (props: StepProps) => JSX.Element>> = {
  door: DoorStep,
  who: WhoStep,
  children: ChildrenStep,
  account: AccountStep,
  plan: PlanStep,
  next: NextStep,
  check: CheckStep,
};
const ROUGHLY_MS = 30_000;
/** The form is not drawn again each second. */
const roughly = computed(() => Math.floor(now.value / ROUGHLY_MS) * ROUGHLY_MS);

/** The note that the person at the tablet writes of a visit. */
export function NoteScreen({ visit, step }: { visit: Visit; step: string }): JSX.Element {
  const person = me.value?.person ?? "";
  const of = cases.value.get(visit.case) ?? null;
  const frame: NoteFrame = { visit, caseCells: of?.cells ?? [], person, zone: timeZone.value, nowMs: roughly.value, offsetMs: status.peek().offsetMs ?? 0 };
  const back = `/visits/${visit.visit}`;
  const note = useNote(frame);
  if (accountOf(visit, person) !== null) {
    return (
      <Page title="Note of a visit" lede="Your note of this visit is handed in. You can add to it, not change it.">
        <p>
          <Link to={back}>Go to the visit</Link>
        </p>
      </Page>
    );
  }
  if (note === null) return <p class="tm-lede">Opening your note…</p>;
  if (note === "unreadable") return <Unreadable />;
  if (note === "elsewhere") return <Elsewhere />;
  const steps = stepsFor(textOf(note.fields, "outcome"));
  const open = stepNamed(step, steps);
  const at = steps.indexOf(open);
  const View = STEPS[open.key];
  return (
    <div class="tm-visit-note">
      <p class="tm-visit-note__of">
        <Link to={back}>{familyName(frame.caseCells)}</Link>
      </p>
      <StepList steps={steps} open={open} base={back} />
      <Page title="Note of a visit" heading={open.title}>
        <NotSaved kept={note.kept} onAgain={() => void note.flush()} />
        <TwoVersions draft={note.draft} visit={visit.visit} onShow={() => void note.reload()} />
        <OpenedBy draft={note.draft} />
        <div class="tm-visit-note__form tm-stack">
          <View note={note} frame={frame} of={of} />
        </div>
        <p class="tm-visit-note__concern">
          <ConcernLink visit={visit} /> <span class="tm-small tm-soft">A concern is never part of this note: it goes at once, to whoever must know.</span>
        </p>
      </Page>
      <NoteBar note={note} back={at === 0 ? back : `${back}/note/${steps[at - 1]?.key ?? ""}`} next={steps[at + 1] ?? null} base={back} />
    </div>
  );
}

function Unreadable(): JSX.Element {
  return (
    <Page title="Note of a visit" lede="What you wrote could not be read from this tablet.">
      <p>Nothing was removed. Load the page again; if it stays so, write on paper, and tell whoever looks after Tidemark.</p>
      <Button onClick={() => location.reload()}>Load the page again</Button>
    </Page>
  );
}

function Elsewhere(): JSX.Element {
  return (
    <Page title="Note of a visit" lede="This note is open in another tab.">
      <p>Go on with it there. Close that tab to go on here: nothing is lost by it.</p>
    </Page>
  );
}

function StepList({ steps, open, base }: { steps: readonly Step[]; open: Step; base: string }): JSX.Element {
  return (
    <nav class="tm-note-steps" aria-label="Steps of the note">
      <ol>
        {steps.map(({ key, short }, index) => (
          <li key={key}>
            <Link to={`${base}/note/${key}`} class="tm-note-steps__link" current={key === open.key}>
              <span class="tm-note-steps__number">{index + 1}</span> <span class="tm-note-steps__name">{short}</span>
            </Link>
          </li>
        ))}
      </ol>
    </nav>
  );
}

/** Loud: what is typed now would be lost. */
function NotSaved({ kept, onAgain }: { kept: Kept; onAgain: () => void }): JSX.Element | null {
  if (kept.phase !== "failed") return null;
  return (
    <div role="alert">
      <Banner title="Not saved" kind="warning">
        <p>{kept.problem} What you type is on the screen alone. Do not close this page. It is tried again by itself.</p>
        <Button onClick={onAgain}>Try again now</Button>
      </Banner>
    </div>
  );
}

/** What is said of the saving: never more than is so. */
export function keptWords(kept: Kept, clock: (instant: string) => string): string {
  switch (kept.phase) {
    case "nothing":
      return "Nothing written yet";
    case "keeping":
      return "Keeping…";
    case "kept":
      return `Kept on this tablet ${clock(kept.at)}`;
    case "failed":
      return "NOT SAVED";
    default:
      return kept satisfies never;
  }
}

function NoteBar({ note, back, next, base }: { note: OpenNote; back: string; next: Step | null; base: string }): JSX.Element {
  return (
    <section class="tm-visit-bar" aria-label="Saving and going on">
      <p class={`tm-visit-bar__kept tm-visit-bar__kept--${note.kept.phase}`}>{keptWords(note.kept, (at) => moment(at, today.value))}</p>
      <div class="tm-visit-bar__acts">
        <Button kind="secondary" onClick={() => navigate(back)}>
          Back
        </Button>
        {next === null ? null : <Button onClick={() => navigate(`${base}/note/${next.key}`)}>Next: {next.short}</Button>}
      </div>
    </section>
  );
}
