// A slim line on every screen while one is out, or somebody is not back: what is so, and the way to more.
import type { JSX } from "preact";
import { roles } from "../../components/allowed.ts";
import { Link } from "../../components/link.tsx";
import { path } from "../../components/router.ts";
import { clock } from "../../components/words.ts";
import type { ShownWatch } from "../../domain/watches.ts";
import { me, now, watches } from "../../state/app.ts";
import { endedByOthers, myWatch } from "./own-watch.ts";
import { staffMember } from "./staff.ts";
import { stateNow, watchWords } from "./watch-words.ts";
import type { WatchWords } from "./watch-words.ts";

/** One's own watch, and each alarm that one is to answer; nothing while there is neither. */
export function WatchBar(): JSX.Element {
  return (
    <>
      <OwnBar />
      {alarmsToAnswer().map(({ one, state }) => (
        <Bar key={one.watch} label="Somebody is not back" tone="alert" to={`/visits/watch/${one.watch}`} link="See where, and ring">
          {state === "help" ? `${one.person_name} needs help.` : `${one.person_name} was expected back at ${clock(one.expected_back)}.`}
        </Bar>
      ))}
    </>
  );
}

function OwnBar(): JSX.Element | null {
  const own = myWatch.value ?? endedByOthers.value;
  // Those two pages say the same at length.
  if (own === null || path.value === `/visits/watch/${own.watch}` || (own.state !== "safe" && path.value === `/visits/${own.visit}`)) return null;
  const words = watchWords(own, { nowMs: now.value, clock, buddy: staffMember(own.buddy)?.name ?? null });
  return (
    <Bar label="While you are out" tone={words.tone} to={`/visits/watch/${own.watch}`} link={words.over ? "See how they know" : "Longer, safe, or help"}>
      {words.title}
    </Bar>
  );
}

/** Others who are not back, or need help, for their buddy and for who leads a team. */
function alarmsToAnswer(): { one: ShownWatch; state: ShownWatch["state"] }[] {
  const person = me.value?.person ?? "";
  const leads = roles.value.includes("team_lead");
  return [...watches.value.values()]
    .filter((one) => one.person !== person && (leads || one.buddy === person) && path.value !== `/visits/watch/${one.watch}`)
    .map((one) => ({ one, state: stateNow(one, now.value) }))
    .filter(({ state }) => state === "help" || state === "overdue");
}

interface BarProps {
  label: string;
  tone: WatchWords["tone"];
  to: string;
  link: string;
  children: string;
}

function Bar({ label, tone, to, link, children }: BarProps): JSX.Element {
  return (
    <section class={`tm-watch-bar tm-watch-bar--${tone}`} aria-label={label}>
      <div class="tm-watch-bar__inner">
        <output class="tm-watch-bar__text" aria-live="polite">
          {children}
        </output>
        <Link to={to} class="tm-link tm-watch-bar__link">
          {link}
        </Link>
      </div>
    </section>
  );
}
