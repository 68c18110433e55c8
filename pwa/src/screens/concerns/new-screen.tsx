// Raise a concern: ring first, then write it down, then send it.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Button } from "../../components/button.tsx";
import { Checkbox } from "../../components/choices.tsx";
import { begun, dropBegun, isBegun, keepBegun } from "../../components/concerns/begun.ts";
import type { Begun } from "../../components/concerns/begun.ts";
import { isOpen, numbersOf, placeOf } from "../../components/concerns/whom.ts";
import { Details } from "../../components/details.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import type { FormError } from "../../components/error-summary.tsx";
import { TextArea, TextField } from "../../components/field.tsx";
import { Page } from "../../components/page.tsx";
import { people } from "../../components/people.ts";
import { guardLeaving, navigate } from "../../components/router.ts";
import { moment, timeZone } from "../../components/words.ts";
import { instant } from "../../domain/time.ts";
import type { Told } from "../../generated/types.ts";
import { cases, me, now, observedNow, record, school, status, today } from "../../state/app.ts";
import { Card } from "./card.tsx";
import { ChildField } from "./child-field.tsx";
import { childAsked, childrenOf, everyChild } from "./children.ts";
import { about, aboutChild, blank, concernBody, concernErrors, justRang, LONGEST, told, untold } from "./form.ts";
import type { Clock } from "./form.ts";
import { mint } from "../../components/mint.ts";
import { ToldField } from "./told-field.tsx";

/** Goes on with what was begun; else about whom the page was asked for. */
function opened(): Begun {
  if (begun.peek() !== null) return begun.peek() ?? blank(mint(), observedNow(), { visit: null, case: null });
  const query = new URLSearchParams(location.search);
  const form = blank(mint(), observedNow(), { visit: query.get("visit"), case: query.get("case") });
  const child = childAsked(everyChild(people.peek(), cases.peek()), query);
  return child === null ? form : aboutChild(form, child);
}

function clock(): Clock {
  return { nowMs: Date.now(), offsetMs: status.peek().offsetMs ?? 0, zone: timeZone.peek() };
}

/** The card and the form on one page. */
export function NewScreen(): JSX.Element {
  const [earlier] = useState(() => begun.peek());
  const [form, setForm] = useState(opened);
  const [said, setClosed] = useState<boolean | null>(null);
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [busy, setBusy] = useState(false);
  const [leaving, setLeaving] = useState<string | null>(null);
  const [removing, setRemoving] = useState(false);
  const latest = useRef(form);
  const change = (next: Begun): void => {
    latest.current = next;
    setForm(next);
    keepBegun(next).catch((error: unknown) => setErrors([failed(error)]));
  };
  useLeaving(latest, setLeaving);
  const place = placeOf(form, school.value, cases.value);
  const near = cases.value.get(form.case ?? "");
  const open = isOpen(place, instant(now.value));
  const closed = said ?? !open;
  const concerned = { people: form.about, staff: form.staff, head: form.head, immediate: form.immediate };
  const numbers = numbersOf(concerned, place, !closed);
  // The server goes by the hours alone: that nobody answered the telephone it cannot know.
  const { because } = numbersOf(concerned, place, open).route;
  const send = async (): Promise<void> => {
    const found = concernErrors(latest.current, clock());
    setErrors(found);
    if (found.length > 0 || busy) return;
    setBusy(true);
    try {
      const { concern } = latest.current;
      await record(concernBody(latest.current, clock()));
      latest.current = { ...latest.current, text: "", told: [] };
      await dropBegun();
      guardLeaving(null);
      navigate(`/concerns/mine/${concern}`);
    } catch (error) {
      setErrors([failed(error)]);
      setBusy(false);
    }
  };
  const remove = async (): Promise<void> => {
    await dropBegun();
    const fresh = blank(mint(), observedNow(), { visit: null, case: null });
    latest.current = fresh;
    setForm(fresh);
    setRemoving(false);
  };
  return (
    <Page title="Raise a concern about a child" lede="Ring first: a person hears more than a page. Then write it down here and send it.">
      <form
        class="tm-stack-l tm-below-h1 tm-concern-new"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <ErrorSummary errors={errors} />
        {earlier === null || form.concern !== earlier.concern ? null : (
          <p class="tm-panel tm-panel--warning">
            You began this {moment(earlier.beganAt, today.value)} and have not sent it. Nobody knows of it yet.
          </p>
        )}
        <Card
          form={form}
          place={place.name}
          numbers={numbers}
          because={because}
          closed={closed}
          onChange={(changed) => change({ ...form, ...changed })}
          onClosed={setClosed}
          onRang={(ring) => change(justRang(form, ring, observedNow()))}
        />
        <section class="tm-panel" aria-labelledby="concern-write">
          <h2 class="tm-h2" id="concern-write">
            2. Write it down
          </h2>
          <ChildField
            form={form}
            all={everyChild(people.value, cases.value)}
            near={near === undefined ? [] : childrenOf(near)}
            error={errorOf(errors, "concern-child")}
            onPick={(child) => change(aboutChild(form, child))}
            onName={(childName) => change({ ...form, childName })}
          />
          <TextArea
            id="concern-text"
            label="What did you see and hear?"
            hint="In your own words. Put what the child said as they said it. Say what you saw, not what you make of it."
            rows={8}
            maxLength={LONGEST}
            value={form.text}
            onInput={(text) => change({ ...form, text })}
            error={errorOf(errors, "concern-text")}
          />
          <About form={form} onChange={change} />
          <ToldField
            told={form.told}
            onTold={(one: Told) => change(told(form, one))}
            onUntold={(index) => change(untold(form, index))}
          />
          <When form={form} onChange={change} error={errorOf(errors, "concern-time")} />
        </section>
        <section class="tm-panel tm-stack" aria-labelledby="concern-send">
          <h2 class="tm-h2" id="concern-send">
            3. Send it
          </h2>
          <p>
            {because} Nobody whom it is about sees it. You are told when it has been received, and who has
            acknowledged it.
          </p>
          <div class="tm-row">
            <Button type="submit" kind="warning" disabled={busy}>
              {busy ? "Sending…" : "Send this concern"}
            </Button>
            {isBegun(form) ? (
              <Button kind="quiet" onClick={() => setRemoving(true)}>
                Remove what you wrote
              </Button>
            ) : null}
          </div>
        </section>
      </form>
      {leaving === null ? null : <Leaving to={leaving} onStay={() => setLeaving(null)} />}
      {removing ? (
        <Dialog
          title="Remove this concern without sending it?"
          onClose={() => setRemoving(false)}
          actions={
            <>
              <Button kind="warning" onClick={() => void remove()}>
                Remove it
              </Button>
              <Button kind="secondary" onClick={() => setRemoving(false)}>
                Keep it
              </Button>
            </>
          }
        >
          <p>What you wrote is gone then, and nobody will have read it. If anything worries you, send it.</p>
        </Dialog>
      ) : null}
    </Page>
  );
}

function failed(error: unknown): FormError {
  const text = error instanceof Error ? error.message : "This could not be kept on this tablet.";
  return { field: "concern-text", text: `${text} Ring now, and write it on paper.` };
}

/** Leaving is asked about once something was begun: by a link within the app, and by the browser. */
function useLeaving(latest: { readonly current: Begun }, ask: (to: string) => void): void {
  useEffect(() => {
    guardLeaving((to) => {
      if (!isBegun(latest.current)) return true;
      ask(to);
      return false;
    });
    const warn = (event: BeforeUnloadEvent): void => {
      if (isBegun(latest.current)) event.preventDefault();
    };
    addEventListener("beforeunload", warn);
    return () => {
      guardLeaving(null);
      removeEventListener("beforeunload", warn);
    };
  }, [latest, ask]);
}

function Leaving({ to, onStay }: { to: string; onStay: () => void }): JSX.Element {
  const leave = (): void => {
    guardLeaving(null);
    navigate(to);
  };
  return (
    <Dialog
      title="You have not sent this concern"
      onClose={onStay}
      actions={
        <>
          <Button kind="warning" onClick={onStay}>
            Go on, and send it
          </Button>
          <Button kind="secondary" onClick={leave}>
            Leave without sending
          </Button>
        </>
      }
    >
      <p>Nobody knows of it yet. If you leave, what you wrote stays on this tablet, and every page reminds you of it.</p>
    </Dialog>
  );
}

/** People with an account whom it is about: they never see it. */
function About({ form, onChange }: { form: Begun; onChange: (form: Begun) => void }): JSX.Element | null {
  const staff = (school.value?.staff ?? []).filter(({ person }) => person !== me.value?.person);
  if (!form.staff && !form.head && form.about.length === 0) return null;
  return (
    <fieldset class="govuk-fieldset tm-stack" id="concern-about">
      <legend class="govuk-fieldset__legend govuk-fieldset__legend--s">Whom is it about?</legend>
      <p class="govuk-hint">Tick anybody it is about, if you know. They will not see it, whatever else they may see here.</p>
      <div class="govuk-checkboxes govuk-checkboxes--small tm-concern-staff">
        {staff.map(({ person, name }) => (
          <Checkbox
            key={person}
            id={`concern-about-${person}`}
            label={name}
            checked={form.about.includes(person)}
            onChange={(is) => onChange(about(form, person, is))}
          />
        ))}
      </div>
    </fieldset>
  );
}

interface WhenProps {
  form: Begun;
  onChange: (form: Begun) => void;
  error: string | null;
}

function When({ form, onChange, error }: WhenProps): JSX.Element {
  return (
    <Details summary="It was not just now" open={form.date !== "" || form.time !== "" || error !== null}>
      <div class="tm-row">
        <TextField id="concern-date" label="Which day?" type="date" width={10} value={form.date} onInput={(date) => onChange({ ...form, date })} />
        <TextField
          id="concern-time"
          label="At about what time?"
          type="time"
          width={5}
          value={form.time}
          onInput={(time) => onChange({ ...form, time })}
          error={error}
        />
      </div>
    </Details>
  );
}
