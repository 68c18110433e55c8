// A slim line on every screen while one is out: whether anybody watches, and the way to say more.
import type { JSX } from "preact";
import { Link } from "../../components/link.tsx";
import { path } from "../../components/router.ts";
import { clock } from "../../components/words.ts";
import { now } from "../../state/app.ts";
import { myWatch } from "./own-watch.ts";
import { staffMember } from "./staff.ts";
import { watchWords } from "./watch-words.ts";

/** Nothing while they are not out. */
export function WatchBar(): JSX.Element | null {
  const own = myWatch.value;
  // Those two pages say the same at length.
  if (own === null || path.value === `/visits/watch/${own.watch}` || path.value === `/visits/${own.visit}`) return null;
  const words = watchWords(own, { nowMs: now.value, clock, buddy: staffMember(own.buddy)?.name ?? null });
  return (
    <section class={`tm-watch-bar tm-watch-bar--${words.tone}`} aria-label="While you are out">
      <div class="tm-watch-bar__inner">
        <output class="tm-watch-bar__text" aria-live="polite">
          {words.title}
        </output>
        <Link to={`/visits/watch/${own.watch}`} class="tm-link tm-watch-bar__link">
          Longer, safe, or help
        </Link>
      </div>
    </section>
  );
}
