// Every case of the area that is not restricted, for whoever plans the work: state and dates, and no family's name.
import type { JSX } from "preact";
import { Facts } from "../../components/facts.tsx";
import { Table } from "../../components/table.tsx";
import { count, listing, shortDate } from "../../components/text.ts";
import type { CaseSummary } from "../../generated/types.ts";
import { groups, school, summaries, today } from "../../state/app.ts";
import { CLOSED_WITH, STATUSES } from "./forms/specs.ts";

export function Summaries(): JSX.Element {
  const all = [...summaries.value.values()].toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  const open = all.filter(({ status }) => status !== "closed");
  const late = open.filter(({ review_due: due = null }) => due !== null && due < today.value);
  return (
    <section class="tm-stack tm-case__foot" aria-labelledby="area-cases">
      <h2 class="tm-h2" id="area-cases">
        The area’s cases
      </h2>
      <p class="tm-small tm-soft">Counts and dates, without names. Restricted cases are not among them.</p>
      {all.length === 0 ? (
        <p class="tm-lede">There is no case yet.</p>
      ) : (
        <>
          <Facts
            items={[
              ["Open or paused", String(open.length)],
              ["Children in them", String(open.reduce((sum, { children }) => sum + children, 0))],
              ["Reviews overdue", String(late.length)],
              ["Never visited", String(open.filter(({ last_visit_on: on = null }) => on === null).length)],
              ["Closed", String(all.length - open.length)],
            ]}
          />
          <Table
            caption="Cases, those whose review is due first"
            head={["Lead", "Team", "Schools", "Children", "Status", "Opened", "Last visit", "Review"].map((text) => ({ text }))}
            rows={all.map((one) => ({ key: one.case, cells: cellsOf(one) }))}
          />
        </>
      )}
    </section>
  );
}

function orderOf({ status, review_due: due = null, opened_on: opened }: CaseSummary): string {
  return `${status === "closed" ? 1 : 0} ${due ?? "9999"} ${opened}`;
}

function cellsOf(one: CaseSummary): string[] {
  const names = new Map((school.value?.schools ?? []).map((known) => [known.school, known.name]));
  const date = (value: string | null | undefined, none: string): string => (value ? shortDate(value) : none);
  const outcome = Object.entries(CLOSED_WITH).find(([key]) => key === one.outcome)?.[1];
  return [
    [one.lead_name ?? "Nobody yet", one.agency ?? ""].filter((text) => text !== "").join(", "),
    groups.value.get(one.team)?.name ?? "Another team",
    listing((one.schools ?? []).map((known) => names.get(known) ?? "another school")) || "None linked",
    count(one.children, "child", "children"),
    outcome === undefined ? STATUSES[one.status] : `${STATUSES[one.status]}: ${outcome.toLowerCase()}`,
    shortDate(one.opened_on),
    date(one.last_visit_on, "None yet"),
    date(one.review_due, "None planned"),
  ];
}
