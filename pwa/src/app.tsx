// The shell: header, the status line, and the screen that the path names.
import type { ComponentType, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Announcer } from "./components/announcer.tsx";
import { Page } from "./components/page.tsx";
import { navigate, path } from "./components/router.ts";
import { ErrorBoundary } from "./components/shell/error-boundary.tsx";
import { Header } from "./components/shell/header.tsx";
import { StatusBar } from "./components/shell/status-bar.tsx";
import { TideLine } from "./brand/wordmark.tsx";
import { isDesk } from "./domain/policy.ts";
import { Link } from "./components/link.tsx";
import { me, ready } from "./state/app.ts";
import { EntriesScreen, unseen, useSeen } from "./screens/entries/index.ts";
import { FireScreen } from "./screens/fire/index.ts";
import { RegisterScreen } from "./screens/register/index.ts";
import { SignInScreen } from "./screens/sign-in/index.ts";
import { TodayScreen } from "./screens/today/index.ts";

/** The whole app. */
export function App(): JSX.Element {
  const person = me.value;
  useDeskDefault();
  useSeen();
  return (
    <>
      <a href="#main" class="govuk-skip-link">
        Skip to main content
      </a>
      <Header me={person} />
      {person === null ? (
        <div class="tm-header-edge" aria-hidden="true">
          <TideLine />
        </div>
      ) : (
        <StatusBar decided={unseen.value.length} />
      )}
      <main class="tm-main" id="main" tabIndex={-1}>
        <ErrorBoundary resetKey={path.value}>
          <Screen />
        </ErrorBoundary>
      </main>
      <footer class="tm-footer">
        <div class="tm-footer__inner">
          <span>Tidemark keeps what you do on this tablet until your school has received it.</span>
        </div>
      </footer>
      <Announcer />
    </>
  );
}

let defaulted = false;

/** The desk starts at the office's page; once, so that Today stays within reach. */
function useDeskDefault(): void {
  const role = me.value?.role;
  useEffect(() => {
    if (role === undefined || defaulted) return;
    defaulted = true;
    if (isDesk(role) && path.value === "/") navigate("/office", { replace: true });
  }, [role]);
}

function Screen(): JSX.Element {
  if (!ready.value) return <p class="tm-lede">Opening what is on this tablet…</p>;
  const person = me.value;
  const [, first = "", ...rest] = path.value.split("/");
  if (person === null || first === "sign-in") return <SignInScreen />;
  switch (first) {
    case "":
      return <TodayScreen />;
    case "register":
      return <RegisterScreen place={rest} />;
    case "fire":
      return <FireScreen />;
    case "entries":
      return <EntriesScreen />;
    case "office":
      return isDesk(person.role) ? <Office tail={rest.join("/")} /> : <NotFound />;
    default:
      return <NotFound />;
  }
}

/** The office's screens are their own part of the app: a teacher's tablet need not run them. */
function Office({ tail }: { tail: string }): JSX.Element {
  const [screen, setScreen] = useState<{ View: ComponentType<{ tail: string }> } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    import("./screens/office/index.ts").then(
      ({ OfficeScreen }) => setScreen({ View: OfficeScreen }),
      () => setFailed(true),
    );
  }, []);
  if (failed) {
    return (
      <Page title="Office">
        <p class="tm-lede">This page is not on this tablet yet. Load it again when there is a signal.</p>
      </Page>
    );
  }
  return screen === null ? <p class="tm-lede">Opening the office’s page…</p> : <screen.View tail={tail} />;
}

function NotFound(): JSX.Element {
  return (
    <Page title="Page not found" lede="There is no page at this address, or it is not one your role uses.">
      <p class="tm-small">
        <Link to="/">Go to today’s registers</Link>
      </p>
    </Page>
  );
}
