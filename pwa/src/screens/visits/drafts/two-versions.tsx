// For a draft's author: that another tablet says something else, and the way to settle it.
import type { JSX } from "preact";
import { Banner } from "../../../components/banner.tsx";
import { Button } from "../../../components/button.tsx";
import { Link } from "../../../components/link.tsx";
import { visitDrafts } from "../../../state/app.ts";

/** Above the open note: what is typed here stays, whatever the other tablet says. */
export function TwoVersions({ draft, visit, onShow }: { draft: string; visit: string; onShow: () => void }): JSX.Element | null {
  const others = visitDrafts.value.get(draft)?.others ?? "none";
  if (others === "none") return null;
  if (others === "newer") {
    return (
      <Banner title="You wrote this note on another tablet">
        <p>What you wrote there has come.</p>
        <Button onClick={onShow}>Show it, and go on from there</Button>
      </Banner>
    );
  }
  return (
    <Banner title="You wrote on another tablet as well">
      <p>Both are kept. Look at the two, and say what to keep, before you hand the note in.</p>
      <p>
        <Link to={`/visits/${visit}/reconcile`}>Look at both versions</Link>
      </p>
    </Banner>
  );
}

/** On the visit: more was written on another tablet than was handed in. */
export function LeftBehind({ visit }: { visit: string }): JSX.Element | null {
  const left = [...visitDrafts.value.values()].some((one) => one.visit === visit && one.handedIn !== null);
  if (!left) return null;
  return (
    <Banner title="More than was handed in" kind="warning">
      <p>You wrote more on another tablet after handing in: add it as an addendum, or discard it.</p>
      <p>
        <Link to={`/visits/${visit}/reconcile`}>Look at it</Link>
      </p>
    </Banner>
  );
}
