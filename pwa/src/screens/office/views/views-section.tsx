// "Who has opened this record": for those who oversee it, on a restricted pupil's page.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { here, mayDo } from "../../../components/allowed.ts";
import { Button } from "../../../components/button.tsx";
import { shortDate } from "../../../components/text.ts";
import { roleName } from "../../../domain/policy.ts";
import { localMoment } from "../../../domain/time.ts";
import type { Views } from "../../../generated/types.ts";
import { school, status } from "../../../state/app.ts";
import { fetchViews, howWords } from "./views.ts";

/** Nothing for a role that may not see who looked. */
export function ViewsSection({ pupil }: { pupil: string }): JSX.Element | null {
  if (!mayDo("views")) return null;
  return (
    <section class="tm-panel tm-stack" aria-labelledby="views-title">
      <h2 class="tm-h2" id="views-title">
        Who has opened this record
      </h2>
      <Looks pupil={pupil} />
    </section>
  );
}

function Looks({ pupil }: { pupil: string }): JSX.Element {
  const [found, setFound] = useState<Views | null | "asking">("asking");
  const [again, setAgain] = useState(0);
  const at = here.value?.school ?? null;
  const { online } = status.value;
  useEffect(() => {
    if (at === null || !online) return undefined;
    const stop = new AbortController();
    setFound("asking");
    void fetchViews(at, pupil, stop.signal).then((views) => {
      if (!stop.signal.aborted) setFound(views);
    });
    return () => stop.abort();
  }, [at, online, pupil, again]);
  if (!online) return <p>This list is the server’s, and there is no signal now. It is shown when there is.</p>;
  if (found === "asking") return <p role="status">Asking the server…</p>;
  if (found === null) {
    return (
      <>
        <p>The server did not answer.</p>
        <p>
          <Button small kind="secondary" onClick={() => setAgain(again + 1)}>
            Ask again
          </Button>
        </p>
      </>
    );
  }
  if (found.views.length === 0) return <p>Nobody, so far.</p>;
  return <Listed views={found} />;
}

function Listed({ views: { views, more } }: { views: Views }): JSX.Element {
  const zone = school.value?.calendar.time_zone ?? "Europe/London";
  return (
    <>
      <ol class="tm-history">
        {views.map((view) => (
          <li key={`${view.at} ${view.person} ${view.document} ${view.how}`}>
            <span class="tm-strong">
              {view.person_name}
              {view.role ? `, ${roleName(view.role).toLowerCase()}` : ""}
            </span>
            <span>
              {howWords(view)}, {momentWords(view.at, zone)}
              {view.device ? ` (${view.device})` : ""}
            </span>
          </li>
        ))}
      </ol>
      {more ? <p class="tm-small tm-soft">Only the latest {views.length} are shown; the server’s command line lists all.</p> : null}
    </>
  );
}

function momentWords(at: string, zone: string): string {
  const { date, time } = localMoment(at, zone);
  return `${shortDate(date)} at ${time}`;
}
