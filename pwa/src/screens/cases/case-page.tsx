// A case: who it is about, what is planned, who works on it, what happened.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { mayRecord } from "../../components/allowed.ts";
import { Banner } from "../../components/banner.tsx";
import { Button } from "../../components/button.tsx";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { RestrictedDocument } from "../../components/restricted.tsx";
import { navigate } from "../../components/router.ts";
import { Tabs } from "../../components/tabs.tsx";
import { contested } from "../../domain/facts.ts";
import type { Case } from "../../generated/types.ts";
import { today } from "../../state/app.ts";
import { Badges } from "./case-list.tsx";
import { FactDialog } from "./forms/fact-dialog.tsx";
import { SPECS } from "./forms/specs.ts";
import { single } from "./forms/claim.ts";
import { GlassAlerts } from "./glass-alerts.tsx";
import { lineOf } from "./listing.ts";
import { familyName } from "./places.ts";
import { ChronologyTab } from "./tabs/chronology.tsx";
import { FamilyTab } from "./tabs/family.tsx";
import { LettersTab } from "./tabs/letters.tsx";
import { PlanTab } from "./tabs/plan.tsx";
import { SharingTab } from "./tabs/sharing.tsx";
import { TeamTab } from "./tabs/team.tsx";

const TABS = [
  { key: "family", text: "Family", View: FamilyTab },
  { key: "plan", text: "Plan", View: PlanTab },
  { key: "team", text: "Team and reviews", View: TeamTab },
  { key: "chronology", text: "What happened", View: ChronologyTab },
  { key: "letters", text: "Letters", View: LettersTab },
  { key: "sharing", text: "Sharing", View: SharingTab },
] as const;

/** `tab`: the one that the path names; "" the first. */
export function CasePage({ of, tab }: { of: Case; tab: string }): JSX.Element {
  const changing = useSignal(false);
  const current = TABS.find(({ key }) => key === tab) ?? TABS[0];
  useEffect(() => {
    if (tab !== "" && current.key !== tab) navigate(`/cases/${of.case}`, { replace: true });
  }, [tab]);
  const differing = contested(of.cells).length;
  return (
    <Page title="Case" heading={familyName(of.cells)} lede={<Badges one={lineOf(of, today.value)} />}>
      <div class="tm-stack">
        <GlassAlerts of={of.case} />
        <RestrictedDocument document={of._id} restricted={of.restricted ?? false} />
        {differing > 0 ? (
          <Banner title="People differ" kind="warning">
            <p>
              {differing === 1 ? "One thing in this case is" : `${differing} things in this case are`} contested. Both sides are kept, marked in their place, until somebody
              settles each.
            </p>
          </Banner>
        ) : null}
        <div class="tm-row">
          {mayRecord("visit.planned") ? <Button onClick={() => navigate(`/visits/new/${of.case}`)}>Plan a visit</Button> : null}
          {mayRecord("case.noted") ? (
            <Button kind="secondary" onClick={() => (changing.value = true)}>
              Change its status
            </Button>
          ) : null}
          {mayRecord("concern.raised") ? (
            <Link to={`/concerns/new?case=${of.case}`} class="govuk-button govuk-button--warning">
              Raise a concern about this family
            </Link>
          ) : null}
        </div>
        <Tabs
          label="Parts of the case"
          value={current.key}
          onChange={(key) => navigate(`/cases/${of.case}/${key}`, { replace: true })}
          tabs={TABS.map(({ key, text }) => ({ key, text }))}
        >
          <current.View of={of} />
        </Tabs>
      </div>
      {changing.value ? (
        <FactDialog
          of={of}
          spec={SPECS.status}
          before={single(of.cells, "status")}
          title="Change the case’s status"
          onClose={() => (changing.value = false)}
        />
      ) : null}
    </Page>
  );
}
