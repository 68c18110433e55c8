// A section of the office's page: its heading with a count, the way past it, and words when empty.
import type { ComponentChildren, JSX } from "preact";

interface SectionProps {
  id: string;
  title: string;
  /** How many lines it has; null where that says nothing. */
  count: number | null;
  /** Said instead of the content while `count` is 0. */
  empty?: string | undefined;
  /** The section after this one, to skip to. */
  next?: { id: string; title: string } | undefined;
  tone?: "plain" | "alert" | "warning" | undefined;
  lede?: ComponentChildren | undefined;
  /** What was just saved from here. */
  note?: string | undefined;
  children?: ComponentChildren | undefined;
}

/** Bring a section into sight and its heading into focus. */
export function goToSection(id: string): void {
  const heading = document.getElementById(id)?.querySelector<HTMLElement>("h2");
  heading?.scrollIntoView({ block: "start" });
  heading?.focus({ preventScroll: true });
}

/** A link within the page. It never touches the address: that would count as coming to the page anew. */
export function JumpLink(props: { to: string; children: ComponentChildren; class?: string }): JSX.Element {
  return (
    <a
      class={props.class ?? "tm-link"}
      href={`#${props.to}`}
      onClick={(event) => {
        event.preventDefault();
        goToSection(props.to);
      }}
    >
      {props.children}
    </a>
  );
}

/** The count stands in the heading, so that going from heading to heading tells the whole state. */
export function Section(props: SectionProps): JSX.Element {
  const { id, title, count, empty, next, tone = "plain", lede, note, children } = props;
  const marked = tone === "plain" || count === 0 ? "" : ` tm-office-section--${tone}`;
  return (
    <section class={`tm-office-section${marked}`} id={id} aria-labelledby={`${id}-heading`}>
      <div class="tm-office-section__head">
        <h2 class="tm-h2" id={`${id}-heading`} tabIndex={-1}>
          {title} {count === null ? null : <span class="tm-office-section__count">{count}</span>}
        </h2>
        {next === undefined ? null : (
          <JumpLink to={next.id} class="govuk-skip-link tm-office-skip">
            Skip to {next.title}
          </JumpLink>
        )}
      </div>
      {note === undefined ? null : <p class="tm-panel tm-office-saved">Saved on this tablet. {note}</p>}
      {lede === undefined || count === 0 ? null : <p class="tm-small tm-soft tm-measure">{lede}</p>}
      {count === 0 ? <p class="tm-office-empty">{empty}</p> : children}
    </section>
  );
}
