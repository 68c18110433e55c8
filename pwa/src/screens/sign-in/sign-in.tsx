// Sign in. Needs the server; what is already on this tablet does not.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Banner } from "../../components/banner.tsx";
import { Button } from "../../components/button.tsx";
import { Details } from "../../components/details.tsx";
import { othersWords } from "../../components/shell/status-words.ts";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { count } from "../../components/text.ts";
import type { SignInProvider } from "../../generated/types.ts";
import { enrolment, me, status, trouble } from "../../state/app.ts";
import { failureIn } from "./arrival.ts";
import { LocalForm } from "./local-form.tsx";
import { problemWords } from "./problem-words.ts";
import { useWays } from "./use-ways.ts";

/** First sign-in on this tablet, or again when the server asks. */
export function SignInScreen(): JSX.Element {
  const { known, providers, local, unasked, look } = useWays();
  return (
    <Page title="Sign in">
      <div class="tm-signin">
        <Trouble providers={providers} known={known} />
        <Said />
        <Remembered />
        {known ? null : (
          <p class="tm-lede" role="status">
            Asking how you can sign in…
          </p>
        )}
        {providers.map(({ id, name }) => (
          // Not a link of the app's: it leads to the provider's own pages.
          <a key={id} class="govuk-button tm-signin__provider" href={`/sign-in/${id}`}>
            Sign in with {name}
          </a>
        ))}
        {known && local && providers.length > 0 ? <p class="tm-signin__or">or with a Tidemark username</p> : null}
        {known && local ? <LocalForm /> : null}
        {unasked === null ? null : <Unasked reason={unasked} look={look} />}
        <Help local={local} providers={providers} />
      </div>
    </Page>
  );
}

/** What the tablet has to say while nobody is at it: that they are signed out, that others' entries wait. */
function Said(): JSX.Element | null {
  const { message, others } = status.value;
  if (me.value !== null) return null;
  const words = message === "" && others > 0 ? othersWords(others) : message;
  return words === "" ? null : <output class="tm-panel tm-panel--tinted">{words}</output>;
}

/** What the last sign-in here came to, where that was nothing. */
function Trouble({ providers, known }: { providers: readonly SignInProvider[]; known: boolean }): JSX.Element | null {
  const [failure] = useState(() => failureIn(location.search));
  useEffect(() => {
    // Said once: not again when the page is loaded anew.
    if (location.search !== "") history.replaceState(null, "", location.pathname);
  }, []);
  if (trouble.value !== null) return <NotSignedIn words={trouble.value} />;
  // A sentence is not begun before it is known whose name stands in it.
  if (failure === null || !known) return null;
  const name = providers.find(({ id }) => id === failure.provider)?.name ?? null;
  return <NotSignedIn words={problemWords(failure.problem, name)} />;
}

function NotSignedIn({ words }: { words: string }): JSX.Element {
  return (
    <div role="alert">
      <Banner title="You are not signed in" kind="warning">
        <p>{words}</p>
      </Banner>
    </div>
  );
}

function Unasked({ reason, look }: { reason: string; look: () => void }): JSX.Element {
  return (
    <div class="tm-panel tm-panel--tinted tm-stack">
      <p>{reason} There may be other ways to sign in.</p>
      <Button kind="secondary" class="tm-signin__again" onClick={look}>
        Ask again
      </Button>
    </div>
  );
}

/** Whose work is on the tablet already: it can be gone on with, signed in or not. */
function Remembered(): JSX.Element | null {
  const person = me.value;
  if (person === null) return null;
  const { waiting } = status.value;
  return (
    <div class="tm-panel tm-panel--tinted tm-stack">
      <p>
        This tablet is <strong>{person.name}</strong>’s at the moment.{" "}
        {waiting > 0
          ? `${count(waiting, "entry waits", "entries wait")} here until ${person.name} signs in again.`
          : "Nothing waits to be sent."}
      </p>
      <p>
        <Link to="/">Go on without signing in</Link>: everything is kept on this tablet.
      </p>
    </div>
  );
}

function Help({ local, providers }: { local: boolean; providers: readonly SignInProvider[] }): JSX.Element {
  return (
    <div>
      <Details summary="No signal here?">
        <p>
          The first time you use this tablet, it needs a signal to sign you in and to fetch your registers. After
          that it works without one: you can take registers, and they are sent when the signal comes back.
        </p>
        <p>If you cannot get a signal now, take the register on paper. You or the office can key it in later.</p>
      </Details>
      {enrolment.value === null ? (
        <Details summary="A code for this tablet from the office?">
          <p>
            <Link to="/enrol">Enrol this tablet</Link> with it. Your school then knows this tablet, and can take it back
            if it is ever lost. Some schools let only enrolled tablets in.
          </p>
        </Details>
      ) : null}
      <Details summary="Forgotten your password?">
        {providers.map(({ id, name }) => (
          <p key={id}>The password of {name} is kept there: get a new one the way you do for everything else that opens with it.</p>
        ))}
        {local ? (
          <p>Ask whoever looks after Tidemark at your school to set a new one. It cannot be sent by email.</p>
        ) : null}
      </Details>
    </div>
  );
}
