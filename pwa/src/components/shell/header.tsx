// Who is at the tablet, for which school, and where they can go.
import type { JSX } from "preact";
import { hasPower, isDesk, roleName } from "../../domain/policy.ts";
import { Wordmark } from "../../brand/wordmark.tsx";
import type { Me } from "../../generated/types.ts";
import { school, signOut } from "../../state/app.ts";
import { Link } from "../link.tsx";
import { isUnder, navigate, path } from "../router.ts";

interface Place {
  to: string;
  text: string;
  /** Also current on these. */
  also?: string;
}

const PLACES: readonly Place[] = [
  { to: "/", text: "Today", also: "/register" },
  { to: "/fire", text: "Fire list" },
  { to: "/entries", text: "My entries" },
];
const OFFICE: Place = { to: "/office", text: "Office", also: "/tablets" };
const TABLETS: Place = { to: "/tablets", text: "Tablets" };

/** The desk finds the tablets among the office's pages; an administrator has no other page of their own. */
function placesOf(role: Me["role"]): readonly Place[] {
  if (isDesk(role)) return [OFFICE, ...PLACES];
  return hasPower(role, "access") ? [TABLETS, ...PLACES] : PLACES;
}

async function leave(): Promise<void> {
  const elsewhere = await signOut();
  // The provider's own sign-out, which leads back to the sign-in page.
  if (elsewhere !== null && /^https?:/.test(elsewhere)) location.assign(elsewhere);
  else navigate("/");
}

/** `me` null: nobody is signed in. */
export function Header({ me }: { me: Me | null }): JSX.Element {
  const name = school.value?.name ?? me?.schools[0]?.name;
  return (
    <header class="tm-header">
      <div class="tm-header__inner">
        <Link to="/" class="tm-header__home">
          <Wordmark />
        </Link>
        {me === null ? null : (
          <div class="tm-header__where">
            <span class="tm-header__who">
              {name === undefined ? null : <span class="tm-header__school">{name}</span>}
              <span class="tm-header__person">
                {me.name}, {roleName(me.role)}
              </span>
            </span>
            <button type="button" class="tm-header__button" onClick={() => void leave()}>
              Sign out
            </button>
          </div>
        )}
      </div>
      {me === null ? null : <Navigation me={me} />}
    </header>
  );
}

function Navigation({ me }: { me: Me }): JSX.Element {
  const places = placesOf(me.role);
  const here = path.value;
  return (
    <nav class="tm-nav" aria-label="Main">
      <div class="tm-nav__inner">
        <ul class="tm-nav__list">
          {places.map(({ to, text, also }) => (
            <li key={to}>
              <Link to={to} class="tm-nav__link" current={isUnder(here, to) || (also !== undefined && isUnder(here, also))}>
                {text}
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </nav>
  );
}
