// A fact of a case in words.
import type { JSX } from "preact";
import type { FactOf } from "../../../domain/facts.ts";
import type { CaseFactKind, Names, Spec } from "../forms/specs.ts";

interface FactTextProps<K extends CaseFactKind> {
  spec: Spec<K>;
  fact: FactOf<K>;
  names: Names;
}

/** A fact in words. */
export function FactText<K extends CaseFactKind>({ spec, fact, names }: FactTextProps<K>): JSX.Element {
  const lines = spec.lines(fact, names);
  return (
    <>
      <p class="tm-facts__title">{spec.title(fact, names)}</p>
      {lines.length === 0 ? null : (
        <dl class="tm-facts__lines">
          {lines.map(([label, text]) => (
            <div key={`${label} ${text}`}>
              <dt>{label}</dt>
              <dd class="tm-keep-lines">{text}</dd>
            </div>
          ))}
        </dl>
      )}
    </>
  );
}
