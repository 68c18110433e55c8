// A pupil's name and form, leading to the pupil's own page.
import type { JSX } from "preact";
import { Link } from "../../../components/link.tsx";
import type { Who } from "../day/shapes.ts";

/** The link names an opaque id, never the pupil. Somebody on no roll has no page. */
export function PupilName({ who }: { who: Who }): JSX.Element {
  if (who.form === "") return <span class="tm-office-name tm-strong">{who.name}</span>;
  return (
    <span class="tm-office-name">
      <Link to={`/office/pupil/${encodeURIComponent(who.pupil)}`} class="tm-link tm-strong">
        {who.name}
      </Link>
      <span class="tm-office-form">{who.form}</span>
    </span>
  );
}
