// Take a concern over into the safeguarding system: once, with the reference it has there.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { announce } from "../../components/announcer.tsx";
import { Button } from "../../components/button.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { ErrorSummary, errorOf } from "../../components/error-summary.tsx";
import { TextField } from "../../components/field.tsx";
import { tidy } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import type { Concern, ConcernNote } from "../../generated/types.ts";
import { entries, me, status, today } from "../../state/app.ts";
import { useSaving } from "../../components/saving.ts";
import { savePdf } from "./pdf.ts";

const LONGEST = 500;

/** What is known of its exports: as published, and what waits here. */
function exportedBefore(one: Concern): { by: string; at: string; system: string; reference: string }[] {
  const known = one.exported ?? [];
  const ids = new Set(known.map(({ entry }) => entry));
  const mine = entries.value.flatMap(({ id, body }) => {
    if (body.kind !== "concern.exported" || body.concern !== one.concern || ids.has(id)) return [];
    return [{ by: "You", at: body.written_at, system: body.system, reference: body.reference }];
  });
  const line = ({ author_name: by, at, system, reference }: ConcernNote): { by: string; at: string; system: string; reference: string } => {
    return { by, at, system: system ?? "a safeguarding system", reference: reference ?? "no reference" };
  };
  return [...known.map(line), ...mine];
}

export function ExportPart({ one }: { one: Concern }): JSX.Element {
  const before = exportedBefore(one);
  const [asking, setAsking] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const [fetching, setFetching] = useState(false);
  const fetchIt = async (): Promise<void> => {
    setFetching(true);
    const words = await savePdf(me.value?.schools[0]?.school ?? "", one.concern);
    setTrouble(words);
    if (words === null) announce("The PDF was saved");
    setFetching(false);
  };
  return (
    <section class="tm-stack" aria-labelledby="concern-export">
      <h2 class="tm-h2" id="concern-export">
        Take it into the safeguarding system
      </h2>
      {before.map(({ by, at, system, reference }) => (
        <p key={`${at} ${reference}`} class="tm-panel tm-panel--tinted">
          {by} took it into {system} under the reference <span class="tm-strong">{reference}</span>, {moment(at, today.value)}.
        </p>
      ))}
      <p>The PDF holds everything: what was written, by whom, on which tablet and when, who was told, and what was done.</p>
      {trouble === null ? null : (
        <p class="tm-panel tm-panel--warning" role="alert">
          {trouble}
        </p>
      )}
      <div class="tm-row">
        <Button kind="secondary" disabled={fetching || !status.value.online} onClick={() => (before.length > 0 ? setAsking(true) : void fetchIt())}>
          {fetching ? "Fetching…" : "Save the PDF"}
        </Button>
        {status.value.online ? null : <span class="tm-soft">The PDF needs a connection.</span>}
      </div>
      {before.length === 0 ? <ReferenceForm one={one} /> : null}
      {asking ? (
        <Dialog
          title="It was taken over before"
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button
                onClick={() => {
                  setAsking(false);
                  void fetchIt();
                }}
              >
                Save it again
              </Button>
              <Button kind="secondary" onClick={() => setAsking(false)}>
                Leave it
              </Button>
            </>
          }
        >
          {before.map(({ by, at, system, reference }) => (
            <p key={`${at} ${reference}`}>
              {by} took it into {system} under the reference {reference}, {moment(at, today.value)}.
            </p>
          ))}
          <p>A second copy there may be read as a second concern. Save it again only if the first is missing or was wrong.</p>
        </Dialog>
      ) : null}
    </section>
  );
}

function ReferenceForm({ one }: { one: Concern }): JSX.Element {
  const { busy, errors, fail, save } = useSaving();
  const [system, setSystem] = useState("");
  const [reference, setReference] = useState("");
  const submit = (): void => {
    const found = [
      ...(tidy(system) === "" ? [{ field: "concern-system", text: "Say which system it was taken into" }] : []),
      ...(tidy(reference) === "" ? [{ field: "concern-reference", text: "Give the reference it has there" }] : []),
    ];
    fail(found);
    if (found.length > 0) return;
    save([{ kind: "concern.exported", concern: one.concern, system: tidy(system), reference: tidy(reference) }], "concern-system", () => undefined);
  };
  return (
    <form
      class="tm-panel"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <ErrorSummary errors={errors} />
      <TextField id="concern-system" label="Once it is there: in which system?" value={system} onInput={setSystem} maxLength={LONGEST} width={20} error={errorOf(errors, "concern-system")} />
      <TextField id="concern-reference" label="Under which reference?" value={reference} onInput={setReference} maxLength={LONGEST} width={20} error={errorOf(errors, "concern-reference")} />
      <Button type="submit" kind="secondary" disabled={busy}>
        Record the reference
      </Button>
    </form>
  );
}
