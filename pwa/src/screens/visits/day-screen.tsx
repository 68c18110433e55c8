// The worker's day: what is on now, today's and tomorrow's visits, notes that are owed, who is out.
import type { ComponentChildren, JSX } from "preact";
import { Link } from "../../components/link.tsx";
import { mayRecord, roles } from "../../components/allowed.ts";
import { Details } from "../../components/details.tsx";
import { Page } from "../../components/page.tsx";
import { Tag } from "../../components/tag.tsx";
import { count, listing, longDate, shortDate } from "../../components/text.ts";
import { clock, moment, timeZone } from "../../components/words.ts";
import type { VisitDraft } from "../../state/app.ts";
import type { ShownWatch } from "../../domain/watches.ts";
import { cases, me, now, school, status, today, visitDrafts, visits, watches } from "../../state/app.ts";
import { dayOf, isDue, lineOf } from "./day.ts";
import type { Day, DayVisit, Owed } from "./day.ts";
import { draftsGoingOn } from "./note/drafts.ts";
import { myWatch } from "./own-watch.ts";
import { staffName } from "./staff.ts";
import { stateNow } from "./watch-words.ts";
import { away, OUTCOMES, span } from "./words.ts";

const ROUGHLY_MS = 30_000;

export function DayScreen(): JSX.Element {
  const person = me.value?.person ?? "";
  const parts = {
    visits: visits.value.values(),
    cases: cases.value,
    watches: watches.value.values(),
    person,
    leads: roles.value.includes("team_lead"),
    nowMs: Math.floor(now.value / ROUGHLY_MS) * ROUGHLY_MS,
    zone: timeZone.value,
  };
  const day = dayOf(parts);
  const isOut = (one: ShownWatch): boolean => stateNow(one, now.value) === "running";
  const [alarms, out] = [day.out.filter((one) => !isOut(one)), day.out.filter(isOut)];
  const drafts = draftsGoingOn(visitDrafts.value);
  const draftOf = ({ visit }: DayVisit): VisitDraft | undefined => drafts.find((one) => one.visit === visit.visit);
  const going = drafts.flatMap((draft) => {
    const visit = visits.value.get(draft.visit);
    const here = day.now.some((line) => line.visit.visit === draft.visit);
    return visit === undefined || here ? [] : [{ draft, line: lineOf(visit, parts) }];
  });
  const owedElsewhere = day.owed.filter(({ line }) => !going.some((one) => one.line.visit.visit === line.visit.visit));
  return (
    <Page title="Visits" heading={longDate(today.value)} lede={ledeOf(day)}>
      <div class="tm-visits">
        {loaded() ? null : <p class="tm-panel">What this tablet may show you has not come yet. It comes with the first signal.</p>}
        {alarms.length === 0 ? null : (
          <Section id="alarm" title="Not back, or in need of help" tone="warning">
            <Out list={alarms} />
          </Section>
        )}
        {day.contested.length === 0 ? null : (
          <Section id="contested" title="People differ" tone="warning">
            <Lines lines={day.contested} today={today.value} more={({ contested: n }) => `${count(n, "thing")} to settle`} />
          </Section>
        )}
        {day.now.length === 0 ? null : (
          <Section id="now" title="At the door">
            <Lines lines={day.now} today={today.value} more={(line) => begunWords(draftOf(line))} />
          </Section>
        )}
        {going.length + owedElsewhere.length === 0 ? null : (
          <Section id="notes" title="Notes to write" tone={owedElsewhere.some((one) => isDue(one, now.value)) ? "warning" : "plain"}>
            <ul class="tm-visit-lines">
              {going.map(({ draft, line }) => (
                <GoingOn key={draft.draft} draft={draft} line={line} />
              ))}
              {owedElsewhere.map((owed) => (
                <OwedLine key={owed.line.visit.visit} owed={owed} />
              ))}
            </ul>
          </Section>
        )}
        <Section id="today" title="Today">
          <Lines lines={day.today} today={today.value} empty={day.now.length > 0 ? "No other visit today." : "No visit today."} />
        </Section>
        <Section id="tomorrow" title="Tomorrow">
          <Lines lines={day.tomorrow} today={day.tomorrow[0]?.date ?? ""} empty="No visit tomorrow." />
        </Section>
        {mayRecord("visit.planned") ? (
          <p>
            <Link to="/visits/new" class="govuk-button govuk-button--secondary">
              Plan a visit
            </Link>
          </p>
        ) : null}
        <Section id="out" title="Who is out">
          {out.length === 0 ? <p class="tm-soft">{myWatch.value === null && alarms.length === 0 ? "Nobody is out." : "Nobody else is out."}</p> : <Out list={out} />}
        </Section>
        {day.teamOwed.length === 0 ? null : (
          <Section id="team-notes" title="Notes of the team, more than two days late" tone="warning">
            <ul class="tm-visit-lines">
              {day.teamOwed.map((owed) => (
                <OwedLine key={owed.line.visit.visit} owed={owed} whose={listing(owed.owedBy.map(staffName))} />
              ))}
            </ul>
          </Section>
        )}
        {day.later.length === 0 ? null : (
          <Details summary={`Later: ${count(day.later.length, "visit")}`}>
            <Lines lines={day.later} today={today.value} />
          </Details>
        )}
        {day.earlier.length === 0 ? null : (
          <Details summary={`Earlier: ${count(day.earlier.length, "visit")}`}>
            <Lines lines={day.earlier} today={today.value} />
          </Details>
        )}
      </div>
    </Page>
  );
}

/** Until the area's own document is here, an empty page says nothing about the day. */
function loaded(): boolean {
  return school.value !== null || status.value.lastContact !== null;
}

function ledeOf({ today: list, now: on }: Day): string {
  const n = list.filter(({ stage }) => stage !== "cancelled").length + on.length;
  return n === 0 ? "No visit today." : `${count(n, "visit")} today.`;
}

interface SectionProps {
  id: string;
  title: string;
  tone?: "plain" | "warning";
  children: ComponentChildren;
}

function Section({ id, title, tone = "plain", children }: SectionProps): JSX.Element {
  return (
    <section class={tone === "plain" ? "tm-visits__part" : "tm-visits__part tm-visits__part--warning"} aria-labelledby={`${id}-title`}>
      <h2 class="tm-h2" id={`${id}-title`}>
        {title}
      </h2>
      {children}
    </section>
  );
}

interface LinesProps {
  lines: readonly DayVisit[];
  today: string;
  empty?: string;
  more?: (line: DayVisit) => string;
}

function Lines({ lines, today: date, empty = "", more }: LinesProps): JSX.Element {
  if (lines.length === 0) return <p class="tm-soft">{empty}</p>;
  return (
    <ul class="tm-visit-lines">
      {lines.map((line) => (
        <li key={line.visit.visit}>
          <Line line={line} to={`/visits/${line.visit.visit}`} date={date}>
            {more === undefined ? null : <p class="tm-small">{more(line)}</p>}
          </Line>
        </li>
      ))}
    </ul>
  );
}

interface LineProps {
  line: DayVisit;
  to: string;
  date: string;
  children?: ComponentChildren;
}

/** The whole card is the link's target. */
function Line({ line, to, date, children }: LineProps): JSX.Element {
  const { plan, family, visit } = line;
  const when = plan === null ? "" : span(plan.starts, plan.ends, timeZone.value);
  const who = plan === null || line.mine ? "" : listing(plan.workers.map(staffName));
  const together = plan !== null && line.mine && plan.workers.length > 1;
  return (
    <article class={`tm-panel tm-visit-line${line.stage === "cancelled" ? " tm-visit-line--off" : ""}`}>
      <p class="tm-visit-line__when tm-number">
        {line.date === date ? null : <span>{shortDate(line.date)} </span>}
        <span>{when}</span>
      </p>
      <div class="tm-visit-line__main">
        <h3 class="tm-h3">
          <Link to={to} class="tm-visit-line__link">
            {family}
          </Link>
        </h3>
        {plan === null ? null : <p>{plan.purpose}</p>}
        {plan === null || line.stage === "written" ? null : <p class="tm-small tm-soft">{plan.address}</p>}
        {who === "" ? null : <p class="tm-small">{who}</p>}
        {together ? <p class="tm-small">With {listing(plan.workers.filter((one) => one !== me.value?.person).map(staffName))}</p> : null}
        {children}
      </div>
      <p class="tm-visit-line__tags">
        <StageTag line={line} />
        {visit.restricted === true ? <Tag tone="alert">Restricted</Tag> : null}
      </p>
    </article>
  );
}

function StageTag({ line: { stage, plan, outcome } }: { line: DayVisit }): JSX.Element | null {
  const came = outcome === null ? "" : `${OUTCOMES[outcome.outcome]}. `;
  switch (stage) {
    case "cancelled":
      return <Tag tone="quiet">Cancelled</Tag>;
    case "there":
      return <Tag tone="check">At the door</Tag>;
    case "left":
      return <Tag tone="warning">{came}Note to write</Tag>;
    case "written":
      return <Tag tone="success">{came}Handed in</Tag>;
    case "planned":
      return plan?.announced === false ? <Tag tone="warning">Not announced</Tag> : null;
    default:
      return stage satisfies never;
  }
}

function GoingOn({ draft, line }: { draft: VisitDraft; line: DayVisit }): JSX.Element {
  return (
    <li>
      <Line line={line} to={`/visits/${line.visit.visit}/${draft.handedIn === null && draft.others !== "apart" ? "note" : "reconcile"}`} date={today.value}>
        <p class="tm-small">{begunWords(draft)}</p>
      </Line>
    </li>
  );
}

function begunWords(draft: VisitDraft | undefined): string {
  if (draft === undefined) return "Nothing is written yet.";
  if (draft.handedIn !== null) return "Handed in, and more was written on another tablet: add it, or discard it.";
  return `Begun, not handed in. ${keptWords(draft)}`;
}

/** Where its newest words are, and whether another tablet has others. */
function keptWords({ savedAt, standing, others }: VisitDraft): string {
  const where = standing.where === "tablet" ? `Kept on this tablet alone, ${moment(savedAt, today.value)}.` : `Kept ${moment(savedAt, today.value)}, here and on the server.`;
  if (others === "apart") return `${where} You wrote on another tablet as well: look at both.`;
  return others === "newer" ? `${where} You went on with it on another tablet.` : where;
}

function OwedLine({ owed, whose }: { owed: Owed; whose?: string }): JSX.Element {
  const since = away(now.value, Date.parse(owed.endedAt));
  const late = owed.overdue ? "More than two days: your team lead sees it." : isDue(owed, now.value) ? "More than a day: write it today." : "Nothing is written yet.";
  const to = whose === undefined ? `/visits/${owed.line.visit.visit}/note` : `/visits/${owed.line.visit.visit}`;
  return (
    <li>
      <Line line={owed.line} to={to} date={today.value}>
        <p class="tm-small">
          It ended {since}. {whose === undefined ? late : `Owed by ${whose}.`}
        </p>
      </Line>
    </li>
  );
}

const STATES: Readonly<Record<ShownWatch["state"], string>> = { running: "Out", overdue: "Not back", help: "Needs help", safe: "Safe" };

function Out({ list }: { list: readonly ShownWatch[] }): JSX.Element {
  return (
    <ul class="tm-visit-lines">
      {list.map((one) => ({ one, state: stateNow(one, now.value) })).map(({ one, state }) => (
        <li key={one.watch}>
          <article class={`tm-panel tm-visit-line${state === "running" ? "" : " tm-panel--alert"}`}>
            <p class="tm-visit-line__when tm-number">until {clock(one.expected_back)}</p>
            <div class="tm-visit-line__main">
              <h3 class="tm-h3">
                <Link to={`/visits/watch/${one.watch}`} class="tm-visit-line__link">
                  {one.person_name}
                </Link>
              </h3>
              {one.buddy === me.value?.person ? <p class="tm-small">You are the buddy.</p> : null}
            </div>
            <p class="tm-visit-line__tags">
              <Tag tone={state === "running" ? "plain" : "check"}>{STATES[state]}</Tag>
            </p>
          </article>
        </li>
      ))}
    </ul>
  );
}
