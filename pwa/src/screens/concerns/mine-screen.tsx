// One's own concern: whether anybody has it, whom to ring while nobody does, and what one wrote.
import type { JSX } from "preact";
import { Banner } from "../../components/banner.tsx";
import { Button } from "../../components/button.tsx";
import { isLoud, ownConcerns } from "../../components/concerns/own.ts";
import type { OwnConcern } from "../../components/concerns/own.ts";
import { Rings } from "../../components/concerns/rings.tsx";
import { isOpen, numbersOf, placeOf } from "../../components/concerns/whom.ts";
import { Facts } from "../../components/facts.tsx";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { moment } from "../../components/words.ts";
import { instant } from "../../domain/time.ts";
import type { Told } from "../../generated/types.ts";
import { cases, concernStatuses, entries, now, observedNow, school, today } from "../../state/app.ts";
import { useSaving } from "../../components/saving.ts";
import { ErrorSummary } from "../../components/error-summary.tsx";
import { ToldField } from "./told-field.tsx";
import { stageWords } from "./words.ts";

function when(at: string): string {
  return moment(at, today.value);
}

/** `concern`: as the path names it. */
export function MineScreen({ concern }: { concern: string }): JSX.Element {
  const one = ownConcerns(entries.value, concernStatuses.value).find((own) => own.concern === concern);
  if (one === undefined) {
    return (
      <Page title="Your concern" lede="No concern of yours on this tablet has this address.">
        <p>
          <Link to="/concerns">All your concerns</Link>
        </p>
      </Page>
    );
  }
  return <Mine one={one} key={concern} />;
}

function Mine({ one }: { one: OwnConcern }): JSX.Element {
  const { busy, errors, save } = useSaving();
  const { body } = one;
  const place = placeOf(body, school.value, cases.value);
  const about = { people: body.about ?? [], staff: body.about_staff ?? false, head: body.about_head ?? false, immediate: body.immediate ?? false };
  const numbers = numbersOf(about, place, isOpen(place, instant(now.value)));
  const tell = (told: Told): void => save([{ kind: "concern.told", concern: one.concern, told }], "concern-told", () => undefined);
  const told = [...(body.told ?? []), ...entries.value.flatMap((item) => toldOf(item.body, one.concern))];
  return (
    <Page title="Your concern" heading={body.child_name ?? undefined}>
      <div class="tm-stack-l tm-below-h1">
        <ErrorSummary errors={errors} />
        <Banner title={isLoud(one) ? "Not with anybody yet" : "Where it is"} kind={isLoud(one) ? "warning" : "success"}>
          <p>{stageWords(one, when)}</p>
          {one.reason === null ? null : <p>{one.reason}</p>}
        </Banner>
        {one.stage === "acknowledged" ? null : (
          <section class="tm-stack" aria-labelledby="concern-ring">
            <h2 class="tm-h2" id="concern-ring">
              Whom to ring
            </h2>
            <Rings
              rings={numbers.now}
              label="Whom to ring, in this order"
              act={(ring) => (
                <Button
                  kind="secondary"
                  class="tm-concern-rang"
                  disabled={busy}
                  onClick={() => tell({ name: ring.name, how: "phone", at: observedNow() })}
                >
                  I have just rung {ring.name}
                </Button>
              )}
            />
          </section>
        )}
        <section class="tm-stack" aria-labelledby="concern-wrote">
          <h2 class="tm-h2" id="concern-wrote">
            What you wrote
          </h2>
          <p class="tm-concern-words tm-keep-lines">{body.text}</p>
          <Facts
            items={[
              ["Seen or heard", when(body.observed_at)],
              ["Written", when(body.written_at)],
              ["In danger then", body.immediate === true ? "Yes" : "No"],
            ]}
          />
          <ToldField told={told} onTold={tell} />
        </section>
        <p>
          <Link to="/concerns">All your concerns</Link>
        </p>
      </div>
    </Page>
  );
}

function toldOf(body: { kind: string } & Partial<{ concern: string; told: unknown }>, concern: string): Told[] {
  if (body.kind !== "concern.told" || body.concern !== concern) return [];
  // The kind says what it tells.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return [body.told as Told];
}
