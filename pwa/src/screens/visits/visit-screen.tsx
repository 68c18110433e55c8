// A visit: before leaving, at the door, and as it went into the record.
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { Banner } from "../../components/banner.tsx";
import { Button } from "../../components/button.tsx";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { Tag } from "../../components/tag.tsx";
import { shortDate } from "../../components/text.ts";
import { timeZone } from "../../components/words.ts";
import { navigate } from "../../components/router.ts";
import type { NewBody } from "../../domain/entry.ts";
import { instant, localMoment } from "../../domain/time.ts";
import type { Visit } from "../../generated/types.ts";
import { cases, me, now, observedNow, status, today } from "../../state/app.ts";
import { mayRecord } from "../../components/allowed.ts";
import { useSaving } from "../../components/saving.ts";
import { CancelDialog } from "./cancel-dialog.tsx";
import { AbsentDrafts } from "./drafts/absent-draft.tsx";
import { LeftBehind } from "./drafts/two-versions.tsx";
import { ConcernLink } from "./concern-link.tsx";
import { accountOf, stageOf } from "./day.ts";
import { HelpButton } from "./help-button.tsx";
import { Household, Language, namesOf, Phones } from "./household.tsx";
import { LastTime } from "./last-time.tsx";
import { LeaveForm } from "./leave-form.tsx";
import { Loud } from "./loud.tsx";
import { myWatch } from "./own-watch.ts";
import { VisitPhotos } from "./photos.tsx";
import { factOf, familyName } from "./reading.ts";
import { Differences, RecordView } from "./record/record-view.tsx";
import { staffMember, staffName } from "./staff.ts";
import { WatchActs } from "./watch-acts.tsx";
import { away, span, VISIT_TYPES } from "./words.ts";

const MINUTE_MS = 60_000;

/** One visit, in the order in which it is needed. */
export function VisitScreen({ visit }: { visit: Visit }): JSX.Element {
  const of = cases.value.get(visit.case) ?? null;
  const cells = of?.cells ?? [];
  const plan = factOf(visit.cells, "plan");
  const person = me.value?.person ?? "";
  const stage = stageOf(visit, person);
  const begun = stage !== "planned" && stage !== "cancelled";
  const own = myWatch.value;
  return (
    <div class="tm-visit">
      <Page title="Home visit" heading={familyName(cells)} lede={plan === null ? "A visit that nobody planned" : plan.purpose}>
        <Head visit={visit} />
        {plan?.cancelled ? <Cancelled visit={visit} /> : null}
        <Differences visit={visit} of={of} />
        {stage === "written" ? <RecordView visit={visit} of={of} /> : null}
        <LeftBehind visit={visit.visit} />
        <AbsentDrafts visit={visit.visit} case={visit.case} />
        {own?.visit === visit.visit ? (
          <Part title="While you are out" id="watch">
            <WatchActs own={own} />
          </Part>
        ) : null}
        <Part title="Address and risks" id="risks">
          <p class="tm-visit__address tm-keep-lines">{plan?.address ?? "No address on record"}</p>
          <Loud cases={cells} address={plan?.address ?? ""} risks={plan?.risks ?? null} />
        </Part>
        {own === null && plan !== null && stage === "planned" ? (
          <Part title="Before you go" id="watch">
            <LeaveForm visit={visit} plan={plan} />
          </Part>
        ) : null}
        <Part title="Agreed last time" id="last">
          <LastTime visit={visit} cells={cells} agreed={plan?.agreed_last_time ?? null} />
        </Part>
        <Part title="Household" id="household">
          {of === null ? <p class="tm-soft">The case is not on this tablet.</p> : <Household of={of} />}
          <Language cells={cells} />
        </Part>
        <Part title="Numbers" id="numbers">
          <Phones cells={cells} />
        </Part>
        {begun && stage !== "written" ? <RecordView visit={visit} of={of} /> : null}
        <VisitPhotos visit={visit} adding={begun && mayRecord("photo.added")} />
        <Foot visit={visit} />
      </Page>
      <DoorBar visit={visit} />
    </div>
  );
}

function Part({ title, id, children }: { title: string; id: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class="tm-visit__part tm-stack" aria-labelledby={`${id}-title`}>
      <h2 class="tm-h2" id={`${id}-title`}>
        {title}
      </h2>
      {children}
    </section>
  );
}

function Head({ visit }: { visit: Visit }): JSX.Element {
  const plan = factOf(visit.cells, "plan");
  if (plan === null) return <p class="tm-soft">It has no plan.</p>;
  const { date } = localMoment(plan.starts, timeZone.value);
  const soon = Date.parse(plan.starts) > now.value && date === today.value ? ` (${away(now.value, Date.parse(plan.starts))})` : "";
  const buddy = staffMember(plan.buddy);
  return (
    <div class="tm-visit__head">
      <p class="tm-visit__when">
        <strong>
          {date === today.value ? "Today" : shortDate(date)}, {span(plan.starts, plan.ends, timeZone.value)}
        </strong>
        {soon}
      </p>
      <p class="tm-row">
        <Tag tone={plan.announced ? "plain" : "warning"}>{plan.announced ? "The family knows" : "Not announced"}</Tag>
        <Tag tone="quiet">{VISIT_TYPES[plan.type]}</Tag>
        {visit.restricted === true ? <Tag tone="alert">Restricted</Tag> : null}
      </p>
      <p>
        {namesOf(plan.workers, staffName)}
        {plan.workers.length > 1 ? " go together" : " goes alone"}
        {buddy === null ? ", without a buddy" : `; buddy: ${buddy.name}`}
        {plan.authorised_by ? `; authorised by ${plan.authorised_by}` : ""}.
      </p>
    </div>
  );
}

function Cancelled({ visit }: { visit: Visit }): JSX.Element {
  const plan = factOf(visit.cells, "plan");
  return (
    <Banner title="Cancelled" kind="warning">
      <p>{plan?.cancelled}</p>
      <p>
        <Link to={`/visits/${visit.visit}/plan`}>Plan it again</Link>
      </p>
    </Banner>
  );
}

/** What else can be done with a visit: change it, cancel it, open its case. */
function Foot({ visit }: { visit: Visit }): JSX.Element {
  const [cancelling, setCancelling] = useState(false);
  const plan = factOf(visit.cells, "plan");
  const planned = stageOf(visit, me.value?.person ?? "") === "planned" && mayRecord("visit.planned");
  return (
    <section class="tm-visit__foot" aria-label="More">
      <div class="tm-row">
        {planned ? (
          <>
            <Link to={`/visits/${visit.visit}/plan`} class="govuk-button govuk-button--secondary">
              Change the plan
            </Link>
            <Button kind="secondary" onClick={() => setCancelling(true)}>
              Cancel the visit
            </Button>
          </>
        ) : null}
        <Link to={`/cases/${visit.case}`} class="govuk-button govuk-button--secondary">
          Open the case
        </Link>
      </div>
      <div class="tm-row">
        <ConcernLink visit={visit} />
        {myWatch.value === null ? <HelpButton where={plan?.address ?? "At a home visit"} visit={visit} /> : null}
      </div>
      {cancelling && plan !== null ? <CancelDialog visit={visit} plan={plan} onClose={() => setCancelling(false)} /> : null}
    </section>
  );
}

/** Within the thumb's reach: the next thing to do at the door. */
function DoorBar({ visit }: { visit: Visit }): JSX.Element | null {
  const saving = useSaving();
  const person = me.value?.person ?? "";
  const stage = stageOf(visit, person);
  const plan = factOf(visit.cells, "plan");
  if (stage === "cancelled" || !mayRecord("visit.noted") || accountOf(visit, person) !== null) return null;
  if (plan !== null && !plan.workers.includes(person) && stage !== "planned") return null;
  const write = (): void => navigate(`/visits/${visit.visit}/note`);
  const arrive = (): void => {
    saving.save([arrivedBody(visit, { nowMs: now.peek(), offsetMs: status.peek().offsetMs ?? 0, observed: observedNow() })], "arrive", write);
  };
  return (
    <section class="tm-visit-bar" aria-label="At the door">
      {saving.errors.map(({ text }) => (
        <p class="govuk-error-message" role="alert" key={text}>
          {text}
        </p>
      ))}
      <div class="tm-visit-bar__acts">
        {factOf(visit.cells, "arrived") === null ? (
          <>
            <Button kind="secondary" onClick={write}>
              Write the note
            </Button>
            <Button onClick={arrive} disabled={saving.busy}>
              I am at the door
            </Button>
          </>
        ) : (
          <Button onClick={write}>Write the note</Button>
        )}
      </div>
    </section>
  );
}

interface Moment {
  /** By the server's clock. */
  nowMs: number;
  /** Server time less this tablet's. */
  offsetMs: number;
  /** By the tablet's clock. */
  observed: string;
}

/** To the server's minute, said by the tablet's clock: two who stand at one door together say the same. */
function arrivedBody({ visit, case: of }: Pick<Visit, "visit" | "case">, { nowMs, offsetMs, observed }: Moment): NewBody {
  const at = instant(Math.floor(nowMs / MINUTE_MS) * MINUTE_MS - offsetMs);
  return { kind: "visit.noted", visit, case: of, facts: [{ says: { fact: "arrived", at }, observed_at: observed }] };
}
