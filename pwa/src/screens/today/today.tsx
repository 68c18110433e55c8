// Today's registers: the next one on top, each with its state in words.
import type { ComponentChildren, JSX } from "preact";
import { isSchoolDay } from "../../domain/calendar.ts";
import { maySee } from "../../components/allowed.ts";
import { covered, OwnGrants } from "../../components/own-grants.tsx";
import { Details } from "../../components/details.tsx";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { groupName } from "../../components/people.ts";
import { count, longDate } from "../../components/text.ts";
import type { Sheet } from "../../generated/types.ts";
import { me, nowLocal, school, sheets, status, today } from "../../state/app.ts";
import { DecidedNotice } from "../entries/index.ts";
import { draftKey, useUnsaved } from "../register/drafts.ts";
import { sortDays } from "./days.ts";
import type { Moment } from "./days.ts";
import { SheetCard } from "./sheet-card.tsx";

function keyOf(sheet: Sheet): string {
  return draftKey(sheet.date, sheet.session, sheet.group);
}

function lookedAt(): Moment {
  return { today: today.value, time: nowLocal.value, nameOf: groupName, covered: covered.value };
}

/** The page a teacher starts at. */
export function TodayScreen(): JSX.Element | null {
  const person = me.value;
  const days = person === null ? null : sortDays(sheets.value.values(), person, lookedAt());
  const unsaved = useUnsaved(days === null ? [] : [...days.mine, ...days.others].map(keyOf));
  if (person === null || days === null) return null;
  const { mine, others, next, otherDays } = days;
  const rest = mine.filter((sheet) => sheet !== next);
  const list = (all: readonly Sheet[]): JSX.Element => <Cards sheets={all} me={person.person} unsaved={unsaved} />;
  return (
    <Page title="Today" heading={longDate(today.value)}>
      <div class="tm-stack-l tm-below-h1">
        <DecidedNotice />
        <OwnGrants />
        {next === null ? null : (
          <Part id="next" title="Next register">
            <SheetCard sheet={next} me={person.person} unsaved={unsaved.get(keyOf(next)) ?? 0} next />
          </Part>
        )}
        {rest.length === 0 ? null : (
          <Part id="mine" title={next === null ? "Your registers" : "Your other registers today"}>
            {list(rest)}
          </Part>
        )}
        {mine.length === 0 ? <NoneToday others={others.length} /> : null}
        {others.length === 0 ? null : (
          <Part id="others" title="Registers that others take">
            {list(others)}
          </Part>
        )}
        {otherDays.length === 0 ? null : (
          <Part id="days" title="Other days on this tablet">
            {otherDays.map(([date, all]) => (
              <Details summary={`${longDate(date)}: ${count(all.length, "register")}`} key={date}>
                {list(all)}
              </Details>
            ))}
          </Part>
        )}
      </div>
    </Page>
  );
}

function Part({ id, title, children }: { id: string; title: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class={`tm-part-${id}`} aria-labelledby={id}>
      <h2 class="tm-h2" id={id}>
        {title}
      </h2>
      {children}
    </section>
  );
}

interface CardsProps {
  sheets: readonly Sheet[];
  me: string;
  unsaved: ReadonlyMap<string, number>;
}

function Cards({ sheets: all, me: person, unsaved }: CardsProps): JSX.Element {
  return (
    <ul class="tm-plain-list tm-sheets">
      {all.map((sheet) => (
        <li key={sheet._id}>
          <SheetCard sheet={sheet} me={person} unsaved={unsaved.get(keyOf(sheet)) ?? 0} />
        </li>
      ))}
    </ul>
  );
}

/** Why there is nothing to take, and what to do if there should be. */
function NoneToday({ others }: { others: number }): JSX.Element {
  const calendar = school.value?.calendar;
  if (calendar === undefined) {
    return (
      <div class="tm-panel tm-measure tm-stack">
        <p class="tm-strong">Your registers have not come to this tablet yet.</p>
        <p>
          {status.value.online
            ? "They are being fetched; this takes a few seconds."
            : "They come as soon as there is a signal. Until then take the register on paper: you can key it in later."}
        </p>
      </div>
    );
  }
  if (!isSchoolDay(calendar, today.value)) {
    return (
      <div class="tm-panel tm-measure">
        <p>Today is not a school day, so there are no registers to take.</p>
      </div>
    );
  }
  return (
    <div class="tm-panel tm-measure tm-stack">
      <p class="tm-strong">You have no register to take today.</p>
      <p>
        {maySee("office") && others > 0
          ? "You can open any register below. What needs doing is on the office’s page."
          : "If you should have one, ask the office to give it to you: it appears here as soon as they have."}
      </p>
      {maySee("office") ? (
        <p>
          <Link to="/office">Go to the office’s page</Link>
        </p>
      ) : null}
    </div>
  );
}
