// For a draft's author: that their lead has opened it, when and why.
import type { JSX } from "preact";
import { Banner } from "../../../components/banner.tsx";
import { moment } from "../../../components/words.ts";
import { draftOpenings, me, today } from "../../../state/app.ts";

export function OpenedBy({ draft }: { draft: string }): JSX.Element | null {
  const mine = draftOpenings.value.filter((one) => one.draft === draft && one.of === me.value?.person);
  if (mine.length === 0) return null;
  return (
    <Banner title="Your draft was opened">
      <ul class="govuk-list">
        {mine.map((one) => (
          <li key={one.entry}>
            {one.by_name} opened this draft on {moment(one.at, today.value)}, to read it until {moment(one.until, today.value)}: “{one.reason}”. They cannot change it.
          </li>
        ))}
      </ul>
    </Banner>
  );
}
