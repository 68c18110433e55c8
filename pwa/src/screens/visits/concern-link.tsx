// The way to a concern, red and on every page of a visit: a concern is never part of the note.
import type { JSX } from "preact";
import { Link } from "../../components/link.tsx";
import type { Visit } from "../../generated/types.ts";

export function ConcernLink({ visit }: { visit: Pick<Visit, "visit" | "case"> }): JSX.Element {
  return (
    <Link to={`/concerns/new?visit=${visit.visit}&case=${visit.case}`} class="govuk-button govuk-button--warning tm-visit-concern">
      Raise a concern
    </Link>
  );
}
