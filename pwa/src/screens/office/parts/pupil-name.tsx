// A pupil's name and form, leading to the pupil's own page.
import type { JSX } from "preact";
import { Link } from "../../../components/link.tsx";
import type { Who } from "../day/shapes.ts";

/** The link names an opaque id, never the pupil. */
export function PupilName({ who }: { who: Who }): JSX.Element {
  return (
    <span class="tm-office-name">
      <Link to={`/office/pupil/${encodeURIComponent(who.pupil)}`} class="tm-link tm-strong">
        {who.name}
      </Link>
      {who.form === "" ? null : <span class="tm-office-form">{who.form}</span>}
    </span>
  );
}
