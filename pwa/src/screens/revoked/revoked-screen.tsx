// This tablet is revoked: what happened, what it has done with what was on it, what to do now.
import type { JSX } from "preact";
import { Button } from "../../components/button.tsx";
import { Link } from "../../components/link.tsx";
import { navigate } from "../../components/router.ts";
import { Page } from "../../components/page.tsx";
import { Tag } from "../../components/tag.tsx";
import { longDate } from "../../components/text.ts";
import { localMoment } from "../../domain/time.ts";
import { beAnew, departure } from "../../state/app.ts";
import type { DepartureNews } from "../../state/app.ts";
import { steps } from "./words.ts";
import type { StepState } from "./words.ts";

const ZONE = "Europe/London";
const TAGS: Readonly<Record<StepState, JSX.Element>> = {
  done: <Tag tone="success">Done</Tag>,
  now: <Tag tone="warning">Going on</Tag>,
  later: <Tag tone="quiet">Not yet</Tag>,
};

/** Drawn in place of every other screen. */
export function RevokedScreen(): JSX.Element | null {
  const news = departure.value;
  if (news === null) return null;
  return (
    <Page title="This tablet is revoked" lede={<Lede news={news} />}>
      <div class="tm-revoked tm-stack-l">
        <Steps news={news} />
        <WhatToDo news={news} />
        {news.stage === "done" ? <Again /> : null}
      </div>
    </Page>
  );
}

function Lede({ news }: { news: DepartureNews }): JSX.Element {
  const { date, time } = localMoment(news.revokedAt, ZONE);
  return (
    <>
      {news.schoolName === "" ? "Your school" : news.schoolName} has revoked
      {news.label === "" ? " this tablet" : ` “${news.label}”`}, on {longDate(date)} at {time}. Nobody can work on it any more.
    </>
  );
}

function Steps({ news }: { news: DepartureNews }): JSX.Element {
  return (
    <section aria-labelledby="steps">
      <h2 class="tm-h2" id="steps">
        {news.stage === "done" ? "What this tablet did" : "What this tablet does now"}
      </h2>
      <ol class="tm-plain-list tm-revoked__steps" aria-live="polite">
        {steps(news).map(({ title, state, words }) => (
          <li class="tm-panel tm-revoked__step" key={title}>
            <div class="tm-row tm-spread">
              <h3 class="tm-h3">{title}</h3>
              {TAGS[state]}
            </div>
            <p>{words}</p>
            {state === "now" && news.trouble !== null ? (
              <p class="tm-revoked__trouble">{news.trouble} It tries again by itself.</p>
            ) : null}
          </li>
        ))}
      </ol>
    </section>
  );
}

function WhatToDo({ news: { stage, left, photosLost } }: { news: DepartureNews }): JSX.Element {
  const goesOn = stage !== "done";
  return (
    <section aria-labelledby="what-to-do">
      <h2 class="tm-h2" id="what-to-do">
        What to do
      </h2>
      <ul class="govuk-list govuk-list--bullet tm-measure">
        {goesOn ? <li>Leave this tablet switched on, where there is a signal, until all three steps are done.</li> : null}
        {goesOn && left > 0 ? <li>Do not clear this browser’s data: what was not sent is still here, and nowhere else.</li> : null}
        <li>Give it back to the school’s office.</li>
        <li>If you have a register to take, take it on paper or on another tablet. The office can key it in.</li>
        {photosLost > 0 ? <li>Tell whoever leads the team that photos of a visit are gone, so that they can be taken again.</li> : null}
        <li>If you think this is a mistake, ask the office. They can enrol this tablet again.</li>
      </ul>
    </section>
  );
}

function Again(): JSX.Element {
  const begin = async (): Promise<void> => {
    await beAnew();
    navigate("/", { replace: true });
  };
  return (
    <section aria-labelledby="again">
      <h2 class="tm-h2" id="again">
        To use this tablet again
      </h2>
      <p class="tm-measure">
        It is empty, as if nobody had used it. With a new code from the office you can <Link to="/enrol">enrol it again</Link>.
      </p>
      <Button kind="secondary" onClick={() => void begin()}>
        Leave this page and start anew
      </Button>
    </section>
  );
}
