// Who is at the tablet, for which school, and where they can go.
import type { JSX } from "preact";
import { roleName } from "../../domain/policy.ts";
import { Wordmark } from "../../brand/wordmark.tsx";
import type { Me } from "../../generated/types.ts";
import { entries, signOut } from "../../state/app.ts";
import { answers, inArea, mayDo, mayRecord, maySee, roles, seesCases } from "../allowed.ts";
import { Link } from "../link.tsx";
import { isUnder, navigate, path } from "../router.ts";
import { SchoolChoice } from "./school-choice.tsx";

interface Place {
  to: string;
  text: string;
  /** Also current on these. */
  also?: string | readonly string[];
}

const TODAY: Place = { to: "/", text: "Today", also: "/register" };
const FIRE: Place = { to: "/fire", text: "Fire list" };
const ENTRIES: Place = { to: "/entries", text: "My entries" };
const OFFICE: Place = { to: "/office", text: "Office" };
const VISITS: Place = { to: "/visits", text: "Visits" };
const HELD: Place = { to: "/office/inbox", text: "Held entries" };
const PUPILS: Place = { to: "/pupils", text: "Pupils" };
const CONCERNS: Place = { to: "/concerns", text: "Concerns" };
const CASES: Place = { to: "/cases", text: "Cases" };
const FIGURES: Place = { to: "/figures", text: "Figures" };
const ACCESS: Place = { to: "/access", text: "People and access" };
const TABLETS: Place = { to: "/tablets", text: "Tablets" };

/** Beside the office's own pages, which hold the figures, the people and the tablets as well. */
function placesOf(): readonly Place[] {
  const office = maySee("office");
  const takes = mayRecord("register.taken") || roles.value.length === 0;
  return [
    ...(office ? [{ ...OFFICE, also: ["/figures", "/access", "/tablets"] }] : []),
    ...(takes ? [TODAY] : []),
    ...(maySee("cases") ? [VISITS] : []),
    ...(seesCases() ? [CASES] : []),
    ...(maySee("pupils") ? [PUPILS] : []),
    ...(!office && maySee("quarantine") ? [HELD] : []),
    ...(!office && mayDo("figures") ? [FIGURES] : []),
    ...(!office && mayDo("access") ? [ACCESS, TABLETS] : []),
    ...(maySee("roll") ? [FIRE] : []),
    ...(answers() || entries.value.some(({ body }) => body.kind === "concern.raised") ? [CONCERNS] : []),
    ENTRIES,
  ];
}

/** The page that "/" stands for. */
export function firstPage(): string {
  if (mayRecord("register.taken") || roles.value.length === 0) return "/";
  if (maySee("office")) return "/office";
  if (maySee("cases")) return "/visits";
  if (maySee("pupils")) return "/pupils";
  if (maySee("summaries")) return "/cases";
  if (maySee("safeguarding") || maySee("chair") || inArea.value) return "/concerns";
  return mayDo("figures") ? "/figures" : "/access";
}

async function leave(): Promise<void> {
  const elsewhere = await signOut();
  // The provider's own sign-out, which leads back to the sign-in page.
  if (elsewhere !== null && /^https?:/.test(elsewhere)) location.assign(elsewhere);
  else navigate("/");
}

/** `me` null: nobody is signed in. */
export function Header({ me }: { me: Me | null }): JSX.Element {
  return (
    <header class="tm-header">
      <div class="tm-header__inner">
        <Link to="/" class="tm-header__home">
          <Wordmark />
        </Link>
        {me === null ? null : (
          <div class="tm-header__where">
            <span class="tm-header__who">
              <SchoolChoice me={me} />
              <span class="tm-header__person">
                {me.name}, {roles.value.length === 0 ? "nothing granted at present" : roleName(me.role)}
              </span>
            </span>
            {mayRecord("concern.raised") ? (
              <Link to="/concerns/new" class="tm-header__concern">
                Raise a concern
              </Link>
            ) : null}
            <button type="button" class="tm-header__button" onClick={() => void leave()}>
              Sign out
            </button>
          </div>
        )}
      </div>
      {me === null ? null : <Navigation />}
    </header>
  );
}

function Navigation(): JSX.Element {
  const places = placesOf();
  const here = path.value;
  const first = firstPage();
  return (
    <nav class="tm-nav" aria-label="Main">
      <div class="tm-nav__inner">
        <ul class="tm-nav__list">
          {places.map(({ to, text, also = [] }) => (
            <li key={to}>
              <Link to={to} class="tm-nav__link" current={[to, ...[also].flat()].some((one) => isUnder(here === "/" ? first : here, one))}>
                {text}
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </nav>
  );
}
