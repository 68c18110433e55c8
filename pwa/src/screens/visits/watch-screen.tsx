// Somebody who is out: for themselves, their buddy and their leads.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Banner } from "../../components/banner.tsx";
import { Button } from "../../components/button.tsx";
import { mayRecord } from "../../components/allowed.ts";
import { Facts } from "../../components/facts.tsx";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { listing, telLink } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import type { ShownWatch } from "../../domain/watches.ts";
import { me, now, today, watches } from "../../state/app.ts";
import { ReasonDialog } from "../office/parts/reason-dialog.tsx";
import { lookedAt } from "./own-watch.ts";
import { staffMember, staffName } from "./staff.ts";
import { WatchActs } from "./watch-acts.tsx";
import { stateNow } from "./watch-words.ts";
import { away } from "./words.ts";

export function WatchScreen({ id }: { id: string }): JSX.Element {
  const one = watches.value.get(id) ?? null;
  if (one !== null && one.person === me.value?.person) return <Own one={one} />;
  if (one === null) {
    return (
      <Page title="Nobody is out here" lede="This tablet knows of nobody who is out at this address, or it is over and gone.">
        <p>
          <Link to="/visits">Go to the day</Link>
        </p>
      </Page>
    );
  }
  return <Other one={one} />;
}

function Own({ one }: { one: ShownWatch }): JSX.Element {
  const over = one.state === "safe";
  useEffect(() => {
    if (over) lookedAt(one.watch);
  }, [one.watch, over]);
  return (
    <Page title="While you are out" lede={`You left at ${moment(one.started_at, today.value)}.`}>
      <div class="tm-visit tm-stack">
        <section aria-label="While you are out">
          <WatchActs own={one} />
        </section>
        <p class="tm-keep-lines">{one.where}</p>
        {one.visit ? (
          <p>
            <Link to={`/visits/${one.visit}`}>Go to the visit</Link>
          </p>
        ) : null}
        <Alarms of={one} />
      </div>
    </Page>
  );
}

const TITLES: Readonly<Record<ShownWatch["state"], string>> = {
  running: "is out",
  overdue: "is not back",
  help: "needs help",
  safe: "is safe",
};

function Other({ one }: { one: ShownWatch }): JSX.Element {
  const [asked, setAsked] = useState(false);
  const buddy = staffMember(one.buddy);
  const state = stateNow(one, now.value);
  const waiting = one.waiting.includes("watch.confirmed");
  return (
    <Page title="Who is out" heading={`${one.person_name} ${TITLES[state]}`} lede={ledeOf(one)}>
      <div class="tm-visit tm-stack">
        {state === "overdue" || state === "help" ? (
          <div class="tm-watch tm-watch--alert" role="alert">
            <p class="tm-watch__title">{state === "help" ? "They called for help." : "Nobody has said that they are safe."}</p>
            <p>Ring them. If they do not answer, do what your area’s plan says. In danger, ring 999.</p>
          </div>
        ) : null}
        {one.phone ? (
          <a class="govuk-button tm-visit-big" href={telLink(one.phone)}>
            Ring {one.person_name}: {one.phone}
          </a>
        ) : (
          <p>They left no number.</p>
        )}
        <Facts
          items={[
            ["Where", <span class="tm-keep-lines">{one.where}</span>],
            ["Left", moment(one.started_at, today.value)],
            ["Expected back", moment(one.expected_back, today.value)],
            ["Buddy", buddyWords(one, buddy?.phone ?? null)],
            ...(one.note ? [["Note", one.note] as const] : []),
            ...(one.state === "safe" ? [["Safe", safeWords(one)] as const] : []),
          ]}
        />
        {waiting ? (
          <Banner title="Waits on this tablet" kind="warning">
            You said that they are safe, and the server does not know yet: it still raises the alarm.
          </Banner>
        ) : null}
        {one.state === "safe" || waiting || !mayRecord("watch.confirmed") ? null : (
          <Button class="tm-visit-big" kind="secondary" onClick={() => setAsked(true)}>
            I know that they are safe
          </Button>
        )}
        <Alarms of={one} />
        {asked ? (
          <ReasonDialog
            title={`${one.person_name} is safe`}
            submit="They are safe"
            label="How you know"
            missing="Enter how you know"
            hint="Like “I spoke with her at 15:20, she is in her car”. The alarm ends with this."
            bodies={(how) => [{ kind: "watch.confirmed", watch: one.watch, how }]}
            onClose={() => setAsked(false)}
          >
            <p>Say so only if you have seen them or spoken with them.</p>
          </ReasonDialog>
        ) : null}
      </div>
    </Page>
  );
}

function ledeOf(one: ShownWatch): string {
  if (one.state === "safe") return safeWords(one);
  return `Expected back ${moment(one.expected_back, today.value)}, ${away(now.value, Date.parse(one.expected_back))}.`;
}

function safeWords({ safe_at: at, safe_by_name: by, safe_how: how }: ShownWatch): string {
  const when = at ? moment(at, today.value) : "";
  return how ? `${by ?? "Somebody"} said so, ${when}: ${how}` : `In their own word, ${when}`;
}

function buddyWords(one: ShownWatch, phone: string | null): JSX.Element | string {
  if (!one.buddy) return "Nobody";
  const name = one.buddy === me.value?.person ? "You" : (one.buddy_name ?? staffName(one.buddy));
  if (phone === null || one.buddy === me.value?.person) return name;
  return (
    <>
      {name},{" "}
      <a class="tm-link" href={telLink(phone)}>
        {phone}
      </a>
    </>
  );
}

const STEPS = { buddy: "The buddy", lead: "The team’s lead", escalate: "Whoever is next", help: "A call for help", safe: "That all is well" } as const;

function Alarms({ of }: { of: ShownWatch }): JSX.Element | null {
  const alarms = of.alarms ?? [];
  if (alarms.length === 0) return null;
  return (
    <section aria-labelledby="alarms-title">
      <h2 class="tm-h2" id="alarms-title">
        What the server did
      </h2>
      <ul class="govuk-list govuk-list--bullet">
        {alarms.map(({ at, step, told = [], missed = [], clock_jumped: jumped }) => (
          <li key={`${at}${step}`}>
            {moment(at, today.value)}: {STEPS[step]}: {told.length === 0 ? "nobody could be told" : `told ${listing(told)}`}
            {missed.length === 0 ? "" : `; not reached: ${missed.join("; ")}`}
            {jumped === true ? ". The server’s clock was put forward: this may be early" : ""}
          </li>
        ))}
      </ul>
    </section>
  );
}
