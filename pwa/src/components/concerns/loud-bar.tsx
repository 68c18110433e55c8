// On every page: a concern that was begun and not sent, or that nobody who answers for the child has yet.
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { telLink } from "../text.ts";
import { cases, concernStatuses, entries, me, now, school, today } from "../../state/app.ts";
import { instant } from "../../domain/time.ts";
import { Link } from "../link.tsx";
import { isUnder, path } from "../router.ts";
import { moment } from "../words.ts";
import { begun, readBegun } from "./begun.ts";
import { isLoud, ownConcerns } from "./own.ts";
import type { OwnConcern } from "./own.ts";
import { isOpen, numbersOf, placeOf } from "./whom.ts";
import type { Ring } from "./whom.ts";

const KEPT_MS = 7 * 86_400_000;

/** Nothing while there is nothing to say. */
export function LoudBar(): JSX.Element | null {
  const person = me.value?.person ?? null;
  useEffect(() => {
    // Without a place to keep it nothing was begun; the form says so when it cannot keep what is written.
    if (person === null) begun.value = null;
    else void readBegun().catch(() => undefined);
  }, [person]);
  if (person === null) return null;
  const own = ownConcerns(entries.value, concernStatuses.value);
  const unsent = isUnder(path.value, "/concerns/new") ? null : begun.value;
  return (
    <>
      {unsent === null ? null : (
        <section class="tm-concern-bar" aria-label="A concern that is not sent" role="alert">
          <p class="tm-concern-bar__text">
            <span class="tm-strong">You began a concern and have not sent it.</span> Nobody knows of it yet.
          </p>
          <Link to="/concerns/new" class="tm-concern-bar__link">
            Go on with it and send it
          </Link>
        </section>
      )}
      {own.filter(isLoud).map((one) => (
        <Loud one={one} key={one.entry} />
      ))}
      {own.filter(isNews).map((one) => (
        <Calm one={one} key={one.entry} />
      ))}
    </>
  );
}

/** Received lately, and read by nobody yet. */
function isNews({ stage, receivedAt }: OwnConcern): boolean {
  return stage === "received" && receivedAt !== null && now.value - Date.parse(receivedAt) < KEPT_MS;
}

const WHAT = {
  here: "This concern has not reached the server.",
  refused: "The server would not take this concern: it is on this tablet only.",
  held: "The server holds this concern back.",
} as const;

function Loud({ one }: { one: OwnConcern }): JSX.Element {
  const what = one.stage === "refused" || one.stage === "held" ? WHAT[one.stage] : WHAT.here;
  return (
    <section class="tm-concern-bar" aria-label="A concern that nobody may have yet" role="alert">
      <p class="tm-concern-bar__text">
        <span class="tm-strong">{what}</span> Ring <Numbers rings={toRing(one)} />.{one.reason === null ? null : <> {one.reason}</>}
      </p>
      <Link to={`/concerns/mine/${one.concern}`} class="tm-concern-bar__link">
        See it
      </Link>
    </section>
  );
}

function Calm({ one }: { one: OwnConcern }): JSX.Element {
  const at = one.receivedAt === null ? "" : ` ${moment(one.receivedAt, today.value)}`;
  return (
    <section class="tm-concern-bar tm-concern-bar--calm" aria-label="A concern that is not acknowledged yet">
      <p class="tm-concern-bar__text">
        Your concern was received{at}. {one.goesTo === null ? "" : `It is with ${one.goesTo}. `}Nobody has acknowledged it yet.
      </p>
      <Link to={`/concerns/mine/${one.concern}`} class="tm-concern-bar__link">
        See it
      </Link>
    </section>
  );
}

/** Whom to ring about one's own concern, now. */
function toRing({ body }: OwnConcern): readonly Ring[] {
  const place = placeOf(body, school.value, cases.value);
  const about = {
    people: body.about ?? [],
    staff: body.about_staff ?? false,
    head: body.about_head ?? false,
    immediate: body.immediate ?? false,
  };
  return numbersOf(about, place, isOpen(place, instant(now.value))).now;
}

function Numbers({ rings }: { rings: readonly Ring[] }): JSX.Element {
  const dialling = rings.filter(({ phone }) => Boolean(phone));
  if (dialling.length === 0) return <>whoever answers for safeguarding, or speak to them</>;
  return (
    <>
      {dialling.map(({ name, phone }, index) => (
        <span key={name}>
          {index === 0 ? "" : index === dialling.length - 1 ? " or " : ", "}
          {name}{" "}
          <a class="tm-concern-bar__dial" href={telLink(phone ?? "")}>
            {phone}
          </a>
        </span>
      ))}
    </>
  );
}
