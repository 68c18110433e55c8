// A pupil, for the school's safeguarding lead: concerns about them, what was shared, and support.
import type { JSX } from "preact";
import { maySee } from "../../components/allowed.ts";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { pupilName } from "../../components/people.ts";
import { RestrictedNotice } from "../../components/restricted.tsx";
import { SharedSection, sharedOf, SupportSection, supportOf } from "../../components/support/support-section.tsx";
import { Tag } from "../../components/tag.tsx";
import { moment } from "../../components/words.ts";
import { concerns, now, today } from "../../state/app.ts";
import { inOrder, stateTag } from "./words.ts";

/** `pupil`: as the path names them. The title never names anybody. */
export function PupilPage({ pupil }: { pupil: string }): JSX.Element {
  const about = inOrder([...concerns.value.values()].filter((one) => one.pupil === pupil));
  const nothing = about.length === 0 && sharedOf(pupil).length === 0 && supportOf(pupil).length === 0;
  return (
    <Page title="A pupil’s safeguarding" heading={pupilName(pupil)}>
      <div class="tm-stack-l tm-below-h1">
        <RestrictedNotice key={pupil} pupil={pupil} />
        <p>
          <Link to={`/concerns/new?pupil=${encodeURIComponent(pupil)}`} class="govuk-button govuk-button--warning">
            Raise a concern
          </Link>
        </p>
        {nothing ? <p class="tm-soft">No concern about this pupil that you may see, and no family support.</p> : null}
        {about.length === 0 ? null : (
          <section class="tm-stack" aria-label="Concerns about this pupil">
            <h2 class="tm-h2">Concerns</h2>
            <ul class="tm-plain-list tm-stack">
              {about.map((one) => (
                <li class="tm-panel tm-row tm-spread" key={one.concern}>
                  <Link to={`/concerns/${encodeURIComponent(one.concern)}`}>Raised {moment(one.received_at, today.value)} by {one.author_name}</Link>
                  <Tag tone={stateTag(one, now.value).tone}>{stateTag(one, now.value).text}</Tag>
                </li>
              ))}
            </ul>
          </section>
        )}
        <SharedSection pupil={pupil} />
        <SupportSection pupil={pupil} />
        {maySee("office") ? (
          <p>
            <Link to={`/office/pupil/${encodeURIComponent(pupil)}`}>Attendance of this pupil</Link>
          </p>
        ) : null}
      </div>
    </Page>
  );
}
