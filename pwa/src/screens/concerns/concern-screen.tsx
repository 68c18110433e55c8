// One concern, for whoever answers for it: read it, acknowledge it, say what was done, hand it on.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { mayRecord } from "../../components/allowed.ts";
import { Banner } from "../../components/banner.tsx";
import { Button } from "../../components/button.tsx";
import { ErrorSummary } from "../../components/error-summary.tsx";
import { Facts } from "../../components/facts.tsx";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { visits } from "../../components/router.ts";
import { Tag } from "../../components/tag.tsx";
import { listing } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import { roleName } from "../../domain/policy.ts";
import type { BodyOf } from "../../domain/entry.ts";
import type { Concern, ConcernNote } from "../../generated/types.ts";
import { concerns, entries, me, now, record, today } from "../../state/app.ts";
import type { OutboxItem } from "../../state/model.ts";
import { useSaving } from "../../components/saving.ts";
import { ExportPart } from "./export-part.tsx";
import { childName } from "./names.ts";
import { NoteForm } from "./note-form.tsx";
import { ToldField } from "./told-field.tsx";
import { ago, didWords, isOverdue, stateTag } from "./words.ts";

const STEPS = { lead: "the safeguarding lead", head: "the head", chair: "the chair of governors", duty: "the area’s duty team" } as const;
const MINE = new Set(["concern.acknowledged", "concern.noted", "concern.exported", "concern.told"]);

function when(at: string): string {
  return moment(at, today.value);
}

/** `name`: the concern, as the path names it. */
export function ConcernScreen({ name }: { name: string }): JSX.Element {
  const one = concerns.value.get(name);
  if (one === undefined) {
    return (
      <Page title="A concern" lede="This concern is not on this tablet, or not yours to see.">
        <p>
          <Link to="/concerns">All concerns</Link>
        </p>
      </Page>
    );
  }
  return <Shown one={one} />;
}

/** What was recorded here and is not in the concern as it was published. */
function waitingOn(one: Concern): OutboxItem[] {
  const known = new Set((one.notes ?? []).map(({ entry }) => entry));
  return entries.value.filter(({ id, body, state }) => {
    const mine = MINE.has(body.kind) && "concern" in body && body.concern === one.concern;
    return mine && !known.has(id) && (state === "waiting" || state === "refused" || state === "held");
  });
}

function Shown({ one }: { one: Concern }): JSX.Element {
  useNoted(one);
  const { busy, errors, fail, save } = useSaving();
  const tag = stateTag(one, now.value);
  const waiting = waitingOn(one);
  const acknowledged = one.state !== "new" || waiting.some(({ body }) => body.kind === "concern.acknowledged");
  const own = one.author === me.value?.person;
  const acknowledge: Pick<BodyOf<"concern.acknowledged">, "kind" | "concern"> = { kind: "concern.acknowledged", concern: one.concern };
  return (
    <Page title="A concern" heading={childName(one)}>
      <div class="tm-stack-l tm-below-h1">
        <ErrorSummary errors={errors} />
        <p class="tm-row">
          <Tag tone={tag.tone}>{tag.text}</Tag>
          {one.immediate === true ? <Tag tone="alert">In danger when it was raised</Tag> : null}
          <span>
            Received {when(one.received_at)}, {ago(one.received_at, now.value)}.
          </span>
        </p>
        {one.held ? (
          <Banner title="Ring its author" kind="warning">
            <p>
              {one.held} It is answered for like any other: ring {one.author_name}.
            </p>
          </Banner>
        ) : null}
        {acknowledged ? null : (
          <section class="tm-panel tm-panel--alert tm-stack" aria-label="Acknowledge it">
            <p>
              {isOverdue(one, now.value) ? "Nobody has acknowledged it in time, and it has gone on to the next. " : "Nobody has acknowledged it yet. "}
              {one.due_at ? `It goes to the next person ${when(one.due_at)}. ` : ""}
              {own ? "You raised it yourself: somebody else acknowledges it." : "Acknowledge it once you have read it: from then on it is yours."}
            </p>
            {own ? null : (
              <Button disabled={busy} onClick={() => save([{ ...acknowledge, note: null }], "concern", () => undefined)}>
                Acknowledge it
              </Button>
            )}
          </section>
        )}
        <section class="tm-stack" aria-labelledby="concern-said">
          <h2 class="tm-h2" id="concern-said">
            What was seen and heard
          </h2>
          <p class="tm-concern-words tm-keep-lines">{one.text === "" ? "It came without a word." : one.text}</p>
          <Facts items={factsOf(one)} />
        </section>
        <section class="tm-stack" aria-labelledby="concern-done">
          <h2 class="tm-h2" id="concern-done">
            What was done
          </h2>
          <ToldField
            told={one.told ?? []}
            onTold={(told) => save([{ kind: "concern.told", concern: one.concern, told }], "concern-told", () => undefined)}
          />
          <History notes={one.notes ?? []} waiting={waiting} />
          {mayRecord("concern.noted") ? <NoteForm one={one} busy={busy} errors={errors} fail={fail} save={save} /> : null}
        </section>
        {mayRecord("concern.exported") ? <ExportPart one={one} /> : null}
        <p>
          <Link to="/concerns">All concerns</Link>
        </p>
      </div>
    </Page>
  );
}

const looked = new Set<string>();

/** Whoever opens it is noted, once for each visit of the page. */
function useNoted({ _id: document, pupil = null }: Concern): void {
  const [visit] = useState(() => visits.peek());
  useEffect(() => {
    const key = `${visit} ${document}`;
    if (looked.has(key) || !mayRecord("record.viewed")) return;
    looked.add(key);
    // Without a place to keep it, the page says so wherever something is saved.
    record({ kind: "record.viewed", document, pupil, purpose: null }).catch(() => looked.delete(key));
  }, [document, pupil, visit]);
}

function factsOf(one: Concern): (readonly [string, string])[] {
  const about = [...(one.about_staff === true ? ["a member of staff"] : []), ...(one.about_head === true ? ["the head"] : [])];
  return [
    ["Raised by", `${one.author_name}, ${roleName(one.role)}, ${one.place_name}`],
    ["Seen or heard", when(one.observed_at)],
    ["Written", when(one.written_at)],
    ...(about.length === 0 ? [] : [["Also about", listing(about)] as const]),
    ["With", listing(one.answering.map((step) => STEPS[step]))],
    ["Why", one.route.because],
    ...(one.escalated ?? []).map((at) => ["Went on to the next", when(at)] as const),
  ];
}

function History({ notes, waiting }: { notes: readonly ConcernNote[]; waiting: readonly OutboxItem[] }): JSX.Element {
  if (notes.length === 0 && waiting.length === 0) return <p class="tm-soft">Nothing is recorded yet.</p>;
  return (
    <ol class="tm-plain-list tm-stack" aria-label="What was done, in order">
      {notes.map((note) => (
        <li key={note.entry}>
          <p>
            {when(note.at)}: <span class="tm-strong">{note.author_name}</span> {didWords(note)}.
            {note.held ? ` This is held: ${note.held}` : ""}
          </p>
          {note.text ? <p class="tm-concern-words tm-keep-lines">{note.text}</p> : null}
        </li>
      ))}
      {waiting.map(({ id, body, state }) => (
        <li key={id}>
          <p>
            {when(body.written_at)}: you {WAITING[body.kind] ?? "recorded something"}. {state === "waiting" ? "It waits on this tablet." : "It does not stand: see My entries."}
          </p>
        </li>
      ))}
    </ol>
  );
}

const WAITING: Readonly<Record<string, string>> = {
  "concern.acknowledged": "acknowledged it",
  "concern.noted": "recorded what was done",
  "concern.exported": "recorded that it was taken over",
  "concern.told": "told somebody",
};
