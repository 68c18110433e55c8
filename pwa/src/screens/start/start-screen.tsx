// The first page of whoever takes no registers, and of somebody whose every grant has ended.
import type { JSX } from "preact";
import { DecidedNotice } from "../entries/index.ts";
import { Link } from "../../components/link.tsx";
import { OwnGrants } from "../../components/own-grants.tsx";
import { Page } from "../../components/page.tsx";
import { longDate } from "../../components/text.ts";
import { entries, today } from "../../state/app.ts";

/** Nothing is in force: what was, what became of it, and whom to ask. It is no error. */
export function NothingScreen(): JSX.Element {
  return (
    <Page title="Today" heading={longDate(today.value)}>
      <div class="tm-stack-l tm-below-h1">
        <DecidedNotice />
        <OwnGrants />
        <div class="tm-panel tm-measure tm-stack">
          <p class="tm-strong">Nothing is granted to you in this school at present.</p>
          <p>
            {entries.value.length === 0
              ? "There is no register for you to take, and no pupil for you to see."
              : "What you saved is kept, and you can look at it."}{" "}
            If you should have something to do here now, ask the school’s office: it appears as soon as they grant it.
          </p>
          <p>
            <Link to="/entries">My entries</Link>
          </p>
        </div>
      </div>
    </Page>
  );
}
