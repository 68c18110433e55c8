// A heading and what stands under it.
import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

interface SectionProps {
  title: string;
  children: ComponentChildren;
  help?: string;
}

export function Section({ title, children, help }: SectionProps): JSX.Element {
  const id = useId();
  return (
    <section class="tm-case__section tm-stack" aria-labelledby={id}>
      <h2 class="tm-h2" id={id}>
        {title}
      </h2>
      {help === undefined ? null : <p class="tm-small tm-soft">{help}</p>}
      {children}
    </section>
  );
}
