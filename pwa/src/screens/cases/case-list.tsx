// Every case on this tablet: what needs doing first.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { mayDo, mayRecord, maySee } from "../../components/allowed.ts";
import { Button } from "../../components/button.tsx";
import { TextField } from "../../components/field.tsx";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { navigate } from "../../components/router.ts";
import { Tabs } from "../../components/tabs.tsx";
import { Tag } from "../../components/tag.tsx";
import { count, listing, shortDate } from "../../components/text.ts";
import { cases, today } from "../../state/app.ts";
import { GlassAlerts } from "./glass-alerts.tsx";
import { GlassDialog } from "./glass-dialog.tsx";
import { lineOf, listed } from "./listing.ts";
import type { CaseLine, Shown } from "./listing.ts";
import { Summaries } from "./summaries.tsx";

const NONE: Readonly<Record<Shown, string>> = {
  open: "No open case is yours or your team’s.",
  closed: "No closed case is on this tablet.",
  all: "No case is on this tablet.",
};

export function CaseList(): JSX.Element {
  const breaking = useSignal(false);
  const lines = [...cases.value.values()].map((one) => lineOf(one, today.value));
  return (
    <Page title="Cases" lede={maySee("cases") ? "Yours and your team’s, those that need something first. All of it is on this tablet, also without a signal." : undefined}>
      <div class="tm-stack tm-case__foot">
        <GlassAlerts of={null} />
        <div class="tm-row">
          {mayRecord("case.opened") ? <Button onClick={() => navigate("/cases/new")}>Open a case</Button> : null}
          {mayDo("glass") ? (
            <Button kind="secondary" onClick={() => (breaking.value = true)}>
              Open a restricted case
            </Button>
          ) : null}
        </div>
        {maySee("cases") ? <Found lines={lines} /> : null}
      </div>
      {maySee("summaries") ? <Summaries /> : null}
      {breaking.value ? <GlassDialog onClose={() => (breaking.value = false)} /> : null}
    </Page>
  );
}

/** Those that fit what is typed, in the tab that is open. */
function Found({ lines }: { lines: readonly CaseLine[] }): JSX.Element {
  const typed = useSignal("");
  const shown = useSignal<Shown>("open");
  const found = listed(lines, typed.value, shown.value);
  return (
    <>
      <TextField
        id="find-case"
        type="search"
        label="Find a family"
        hint="A child’s name, or the lead practitioner’s."
        value={typed.value}
        onInput={(value) => (typed.value = value)}
        width={20}
      />
      <Tabs
        label="Which cases"
        value={shown.value}
        onChange={(key) => (shown.value = key === "closed" || key === "all" ? key : "open")}
        tabs={[
          { key: "open", text: "Open" },
          { key: "closed", text: "Closed" },
          { key: "all", text: "All" },
        ]}
      >
        {found.length === 0 ? (
          <p class="tm-lede">{typed.value === "" ? NONE[shown.value] : "No family here fits that. Try another spelling, or another list."}</p>
        ) : (
          <ul class="tm-cases">
            {found.map((one) => (
              <Line key={one.id} one={one} />
            ))}
          </ul>
        )}
      </Tabs>
    </>
  );
}

function Line({ one }: { one: CaseLine }): JSX.Element {
  return (
    <li class="tm-cases__line">
      <div class="tm-cases__head">
        <Link to={`/cases/${one.id}`} class="tm-link tm-cases__name">
          {one.name}
        </Link>
        <Badges one={one} />
      </div>
      <p class="tm-small">{one.children.length === 0 ? "No child is named yet" : listing(one.children)}</p>
      <p class="tm-small tm-soft">
        {[
          one.lead === null ? "No lead practitioner yet" : `Lead: ${one.lead}`,
          one.actions === 0 ? "nothing to do" : count(one.actions, "thing to do", "things to do"),
          ...(one.review === null ? ["no review planned"] : [`review ${shortDate(one.review)}`]),
        ].join(" · ")}
      </p>
    </li>
  );
}

/** What of a case asks for attention, in words. */
export function Badges({ one }: { one: CaseLine }): JSX.Element {
  return (
    <span class="tm-cases__badges">
      {one.restricted ? <Tag tone="alert">Restricted</Tag> : null}
      {one.contested > 0 ? <Tag tone="check">{count(one.contested, "contradiction")}</Tag> : null}
      {one.overdue ? <Tag tone="warning">Review overdue</Tag> : null}
      {one.late > 0 ? <Tag tone="warning">{count(one.late, "action")} late</Tag> : null}
      {one.waiting ? <Tag tone="quiet">On this tablet</Tag> : null}
      {one.status === "paused" ? <Tag tone="quiet">Paused</Tag> : null}
      {one.status === "closed" ? <Tag tone="quiet">Closed</Tag> : null}
    </span>
  );
}
