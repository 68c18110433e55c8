// A group's register for one session.
import type { JSX } from "preact";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { sessionWord } from "../../components/text.ts";
import { groups, me, sheetKey, sheets, status } from "../../state/app.ts";
import { Register } from "./register.tsx";
import { placeOfPath } from "./use-register.ts";

/** `place`: date, session and group, as the path names them. */
export function RegisterScreen({ place }: { place: readonly string[] }): JSX.Element {
  const where = placeOfPath(place);
  const key = where === null ? null : sheetKey(where.date, where.session, where.group);
  const sheet = key === null ? undefined : sheets.value.get(key);
  const person = me.value;
  if (where === null || sheet === undefined || person === null) return <Missing known={where !== null} />;
  const group = groups.value.get(sheet.group);
  return (
    <Page title={`${group?.name ?? "Register"}, ${sessionWord(sheet.session)}`}>
      <Register key={sheet._id} sheet={sheet} group={group} me={person} />
    </Page>
  );
}

function Missing({ known }: { known: boolean }): JSX.Element {
  return (
    <Page title="Register not on this tablet">
      <div class="tm-stack tm-measure">
        <p>
          {known && !status.value.online
            ? "This register has not come to this tablet, and there is no signal now. Take it on paper; you can key it in when it comes."
            : "There is no such register here, or it is not one you take. If it should be yours, ask the office to give it to you."}
        </p>
        <p>
          <Link to="/">Back to today’s registers</Link>
        </p>
      </div>
    </Page>
  );
}
