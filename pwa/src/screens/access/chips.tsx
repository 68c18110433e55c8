// What was chosen so far, each with a way to take it out.
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";

interface ChipsProps {
  label: string;
  items: readonly { id: string; name: string }[];
  onRemove: (id: string) => void;
}

/** Nothing while nothing is chosen. */
export function Chips({ label, items, onRemove }: ChipsProps): JSX.Element | null {
  if (items.length === 0) return null;
  return (
    <ul class="tm-plain-list tm-access-chips" aria-label={label}>
      {items.map(({ id, name }) => (
        <li class="tm-access-chip" key={id}>
          <span class="tm-strong">{name}</span>
          <Button kind="quiet" small onClick={() => onRemove(id)} label={`Take out ${name}`}>
            Take out
          </Button>
        </li>
      ))}
    </ul>
  );
}
