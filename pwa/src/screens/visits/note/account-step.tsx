// The worker's own account: what was seen and heard stands apart from what they make of it.
import type { JSX } from "preact";
import { mayRecord } from "../../../components/allowed.ts";
import { VisitPhotos } from "../photos.tsx";
import { textOf } from "./fields.ts";
import { Lines } from "./parts.tsx";
import type { StepProps } from "./parts.tsx";

export function AccountStep({ note, frame }: StepProps): JSX.Element {
  const seen = textOf(note.fields, "outcome") === "seen";
  return (
    <>
      <Lines
        note={note}
        name="observation"
        label="What you saw and heard (observation)"
        hint="Facts alone, which somebody beside you would have seen as well: “The fridge was empty but for milk.” Not: “They cannot cope.”"
        rows={7}
      />
      {seen ? <Lines note={note} name="parent_view" label="The parent’s view" hint="What they say it is, and what they want, in their words where you can." rows={4} /> : null}
      <Lines
        note={note}
        name="analysis"
        label="What you make of it (analysis)"
        hint="Your professional view, and why: what it means for the child, what worries you, what you do not know."
        rows={5}
      />
      <VisitPhotos visit={frame.visit} adding={mayRecord("photo.added")} />
    </>
  );
}
