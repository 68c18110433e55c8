// A restricted case was opened by somebody whose it is not: those who answer for it are told, at once.
import type { JSX } from "preact";
import { Banner } from "../../components/banner.tsx";
import { Link } from "../../components/link.tsx";
import { moment } from "../../components/words.ts";
import { roleName } from "../../domain/policy.ts";
import { cases, glasses, me, now, today } from "../../state/app.ts";
import { familyName } from "./places.ts";

/** For so long it is said on the list of cases; on the case it stays. */
const LATELY_MS = 7 * 86_400_000;

/** `of`: one case; null: whatever was opened lately. */
export function GlassAlerts({ of }: { of: string | null }): JSX.Element | null {
  const person = me.value?.person;
  const told = [...glasses.value.values()]
    .filter((one) => (of === null ? now.value - Date.parse(one.at) < LATELY_MS && one.person !== person : one.case === of))
    .toSorted((a, b) => (a.at < b.at ? 1 : -1));
  if (told.length === 0) return null;
  return (
    <Banner title={told.length === 1 ? "A restricted case was opened" : "Restricted cases were opened"} kind="warning">
      <ul class="govuk-list">
        {told.map((one) => (
          <li key={one._id}>
            {one.person_name}, {roleName(one.role)}, {moment(one.at, today.value)}
            {of === null ? <CaseLink of={one.case} /> : null}: {one.reason} It {Date.parse(one.until) > now.value ? "is open to them until" : "was open to them until"}{" "}
            {moment(one.until, today.value)}.
          </li>
        ))}
      </ul>
    </Banner>
  );
}

function CaseLink({ of }: { of: string }): JSX.Element | null {
  const found = cases.value.get(of);
  return found === undefined ? null : (
    <>
      , <Link to={`/cases/${of}`}>{familyName(found.cells)}</Link>
    </>
  );
}
