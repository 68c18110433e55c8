// A screen's frame: its title in the browser, its one h1, and focus on that h1 on arrival.
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { visits } from "./router.ts";

interface PageProps {
  /** The h1, and the browser's title: no pupil's name, since titles are kept in histories. */
  title: string;
  /** What stands in the h1 where that is more than the title. */
  heading?: ComponentChildren | undefined;
  lede?: ComponentChildren | undefined;
  children: ComponentChildren;
}

let seenVisit = 0;

/** One per screen. Focus moves only when a person navigated, never on first load or redraw. */
export function Page({ title, heading, lede, children }: PageProps): JSX.Element {
  const top = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = title === "Tidemark" ? title : `${title} – Tidemark`;
  }, [title]);
  const visit = visits.value;
  useEffect(() => {
    if (visit === seenVisit) return;
    seenVisit = visit;
    top.current?.focus({ preventScroll: true });
  }, [visit]);
  return (
    <>
      <h1 class="tm-h1" tabIndex={-1} ref={top}>
        {heading ?? title}
      </h1>
      {lede === undefined ? null : <p class="tm-lede">{lede}</p>}
      {children}
    </>
  );
}
