// The shell: header, the status line, and the screen that the path names.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Announcer } from "./components/announcer.tsx";
import { mayDo, mayRecord, maySee, roles, seesCases } from "./components/allowed.ts";
import { Link } from "./components/link.tsx";
import { LoudBar } from "./components/concerns/loud-bar.tsx";
import { EndingSoon } from "./components/own-grants.tsx";
import { Page } from "./components/page.tsx";
import { Part } from "./components/part.tsx";
import { navigate, path } from "./components/router.ts";
import { ErrorBoundary } from "./components/shell/error-boundary.tsx";
import { firstPage, Header } from "./components/shell/header.tsx";
import { StatusBar } from "./components/shell/status-bar.tsx";
import { TideLine } from "./brand/wordmark.tsx";
import { departure, me, ready } from "./state/app.ts";
import { EntriesScreen, unseen, useSeen } from "./screens/entries/index.ts";
import { FireScreen } from "./screens/fire/index.ts";
import { RegisterScreen } from "./screens/register/index.ts";
import { SignInScreen } from "./screens/sign-in/index.ts";
import { NothingScreen } from "./screens/start/index.ts";
import { TodayScreen } from "./screens/today/index.ts";
import { WatchBar } from "./screens/visits/watch-bar.tsx";

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
      <LoudBar />
      {person === null ? null : <WatchBar />}
      <main class="tm-main" id="main" tabIndex={-1}>
        <EndingSoon />
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
  const isDesk = mayRecord("contest.settled");
  useEffect(() => {
    if (!isDesk || defaulted) return;
    defaulted = true;
    if (path.value === "/") navigate("/office", { replace: true });
  }, [isDesk]);
}

const LOAD = {
  concerns: () => import("./screens/concerns/index.ts").then(({ ConcernsScreen }) => ConcernsScreen),
  access: () => import("./screens/access/index.ts").then(({ AccessScreen }) => AccessScreen),
  figures: () => import("./screens/figures/index.ts").then(({ FiguresScreen }) => FiguresScreen),
  pupils: () => import("./screens/pupils/index.ts").then(({ PupilsScreen }) => PupilsScreen),
  cases: () => import("./screens/cases/index.ts").then(({ CasesScreen }) => CasesScreen),
  office: () => import("./screens/office/index.ts").then(({ OfficeScreen }) => OfficeScreen),
  visits: () => import("./screens/visits/index.ts").then(({ VisitsScreen }) => VisitsScreen),
  tablets: () => import("./screens/tablets/index.ts").then(({ TabletsScreen }) => TabletsScreen),
  enrol: () => import("./screens/enrol/index.ts").then(({ EnrolScreen }) => EnrolScreen),
  revoked: () => import("./screens/revoked/index.ts").then(({ RevokedScreen }) => RevokedScreen),
};

function Screen(): JSX.Element {
  if (!ready.value) return <p class="tm-lede">Opening what is on this tablet…</p>;
  const person = me.value;
  const [, first = "", ...rest] = path.value.split("/");
  const revoked = departure.value;
  // A revoked tablet does nothing else until it is empty; then it may be enrolled anew.
  if (revoked !== null && !(first === "enrol" && revoked.stage === "done")) {
    return <Part key="revoked" title="This tablet is revoked" load={LOAD.revoked} />;
  }
  if (first === "enrol") return <Part key="enrol" title="Enrol this tablet" load={LOAD.enrol} />;
  if (person === null || first === "sign-in") return <SignInScreen />;
  if (roles.value.length === 0 && !KEPT.has(first)) return <NothingScreen />;
  return <Place first={first === "" ? firstPage().slice(1) : first} rest={rest} />;
}

/** What somebody keeps whose every grant has ended: their own entries, and what is still on this tablet. */
const KEPT: ReadonlySet<string> = new Set(["entries", "register", "fire", "concerns"]);

function Place({ first, rest }: { first: string; rest: readonly string[] }): JSX.Element {
  const tail = rest.join("/");
  switch (first) {
    case "":
      return <TodayScreen />;
    case "register":
      return mayRecord("register.taken") || roles.value.length === 0 ? <RegisterScreen place={rest} /> : <NotFound />;
    case "fire":
      return <FireScreen />;
    case "entries":
      return <EntriesScreen />;
    case "concerns":
      return <Part key="concerns" title="Concerns" tail={tail} load={LOAD.concerns} />;
    case "cases":
      return seesCases() ? <Part key="cases" title="Cases" tail={tail} load={LOAD.cases} /> : <NotFound />;
    case "office":
      return maySee("office") || maySee("quarantine") ? <Part key="office" title="Office" tail={tail} load={LOAD.office} /> : <NotFound />;
    case "pupils":
      return maySee("pupils") ? <Part key="pupils" title="Pupils" tail={tail} load={LOAD.pupils} /> : <NotFound />;
    case "visits":
      return maySee("cases") ? <Part key="visits" title="Visits" tail={tail} load={LOAD.visits} /> : <NotFound />;
    case "figures":
      return mayDo("figures") ? <Part key="figures" title="Figures" load={LOAD.figures} /> : <NotFound />;
    case "access":
      return mayDo("access") ? <Part key="access" title="People and access" tail={tail} load={LOAD.access} /> : <NotFound />;
    case "tablets":
      return mayDo("access") ? <Part key="tablets" title="Tablets" load={LOAD.tablets} /> : <NotFound />;
    default:
      return <NotFound />;
  }
}

function NotFound(): JSX.Element {
  return (
    <Page title="Page not found" lede="There is no page at this address, or it is not one your role uses.">
      <p class="tm-small">
        <Link to="/">Go to your first page</Link>
      </p>
    </Page>
  );
}
