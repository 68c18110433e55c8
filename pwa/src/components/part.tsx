// A part of the app that most people never open. It is fetched with the rest, so that it is there
// without a signal, and run only when somebody comes to it.
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Page } from "./page.tsx";

interface PartProps {
  title: string;
  /** What follows the part's own place in the path. */
  tail?: string | undefined;
  /** The same function at each drawing. */
  load: () => Promise<ComponentType<{ tail: string }>>;
}

/** Draws the part once it has come. */
export function Part({ title, tail = "", load }: PartProps): JSX.Element {
  const [screen, setScreen] = useState<{ View: ComponentType<{ tail: string }> } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    load().then(
      (View) => setScreen({ View }),
      () => setFailed(true),
    );
  }, [load]);
  if (failed) {
    return (
      <Page title={title}>
        <p class="tm-lede">This page is not on this tablet yet. Load it again when there is a signal.</p>
      </Page>
    );
  }
  return screen === null ? <p class="tm-lede">Opening this page…</p> : <screen.View tail={tail} />;
}
