// Numbers to ring: big, in order, each a link that dials.
import type { ComponentChildren, JSX } from "preact";
import type { Ring } from "./whom.ts";
import { telLink } from "../text.ts";

interface RingsProps {
  rings: readonly Ring[];
  label: string;
  /** What else to do with one of them. */
  act?: ((ring: Ring) => ComponentChildren) | undefined;
}

/** Whom to ring, in order. */
export function Rings({ rings, label, act }: RingsProps): JSX.Element {
  return (
    <ol class="tm-rings" aria-label={label}>
      {rings.map((ring) => (
        <li class={`tm-rings__line${ring.step === "emergency" ? " tm-rings__line--emergency" : ""}`} key={`${ring.step} ${ring.name}`}>
          <Number ring={ring} />
          {act === undefined ? null : act(ring)}
        </li>
      ))}
    </ol>
  );
}

function Number({ ring: { name, role, phone, email } }: { ring: Ring }): JSX.Element {
  const who = (
    <span class="tm-rings__who">
      <span class="tm-strong">{name}</span>
      <span class="tm-rings__role">{role}</span>
    </span>
  );
  if (phone) {
    return (
      <a class="tm-rings__dial" href={telLink(phone)}>
        {who}
        <span class="tm-rings__phone">{phone}</span>
      </a>
    );
  }
  return (
    <span class="tm-rings__dial tm-rings__dial--none">
      {who}
      <span class="tm-rings__phone">{email ?? "No number here: speak to them yourself."}</span>
    </span>
  );
}
