// Home visits: the day, a visit, its plan, its note, and who is out.
import type { JSX } from "preact";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { visits } from "../../state/app.ts";
import { mayRecord } from "../../components/allowed.ts";
import { DayScreen } from "./day-screen.tsx";
import { ReconcileScreen } from "./drafts/reconcile.tsx";
import { NoteScreen } from "./note/note-screen.tsx";
import { ChangePlanScreen, NewVisitScreen } from "./plan-screen.tsx";
import { VisitScreen } from "./visit-screen.tsx";
import { WatchScreen } from "./watch-screen.tsx";

/** `tail`: what follows `/visits/`. */
export function VisitsScreen({ tail }: { tail: string }): JSX.Element {
  const [first = "", second = "", third = ""] = tail.split("/");
  if (first === "") return <DayScreen />;
  if (first === "watch") return <WatchScreen key={second} id={second} />;
  if (first === "new" && mayRecord("visit.planned")) return <NewVisitScreen />;
  if (second === "reconcile") return <ReconcileScreen key={first} visit={first} />;
  const visit = visits.value.get(first);
  if (visit === undefined) return <NoVisit />;
  if (second === "plan" && mayRecord("visit.planned")) return <ChangePlanScreen key={first} visit={visit} />;
  if (second === "note" && mayRecord("visit.submitted")) return <NoteScreen key={first} visit={visit} step={third} />;
  return <VisitScreen key={first} visit={visit} />;
}

function NoVisit(): JSX.Element {
  return (
    <Page title="No such visit here" lede="This visit is not on this tablet: it has not come yet, or it is not yours to see.">
      <p>
        <Link to="/visits">Go to the day</Link>
      </p>
    </Page>
  );
}
