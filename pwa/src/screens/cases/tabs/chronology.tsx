// What happened, latest first: visits, contacts, registers, steps, in one line each.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { mayRecord } from "../../../components/allowed.ts";
import { Button } from "../../../components/button.tsx";
import { SelectField } from "../../../components/field.tsx";
import { Link } from "../../../components/link.tsx";
import { Tag } from "../../../components/tag.tsx";
import { shortDate } from "../../../components/text.ts";
import { timeZone } from "../../../components/words.ts";
import { localMoment } from "../../../domain/time.ts";
import type { Case, CaseEvent } from "../../../generated/types.ts";
import { FactDialog } from "../forms/fact-dialog.tsx";
import { SPECS } from "../forms/specs.ts";

const KINDS: Readonly<Record<CaseEvent["what"], string>> = {
  opened: "Opened",
  visit: "Visit",
  contact: "Contact",
  letter: "Letter",
  meeting: "Meeting",
  review: "Review",
  referral: "Referral",
  step: "Step",
  strategy: "Strategy",
  status: "Status",
  concern: "Concern",
  absence: "Absence",
};
const LATE_MS = 2 * 86_400_000;

export function ChronologyTab({ of }: { of: Case }): JSX.Element {
  const only = useSignal("");
  const adding = useSignal(false);
  const all = (of.chronology ?? []).toReversed();
  const shown = only.value === "" ? all : all.filter(({ what }) => what === only.value);
  const kinds = [...new Set(all.map(({ what }) => what))];
  return (
    <div class="tm-stack">
      <div class="tm-row">
        {mayRecord("case.noted") ? (
          <Button kind="secondary" onClick={() => (adding.value = true)}>
            Add a contact
          </Button>
        ) : null}
        <SelectField
          id="chronology-kind"
          label="Show"
          value={only.value}
          onChange={(value) => (only.value = value)}
          options={[{ value: "", text: "Everything" }, ...kinds.map((kind) => ({ value: kind, text: KINDS[kind] }))]}
        />
      </div>
      {shown.length === 0 ? <p class="tm-soft">Nothing has happened yet.</p> : null}
      <ol class="tm-chronology">
        {shown.map((one) => (
          <li key={`${one.at} ${one.what} ${one.ref ?? ""} ${one.text}`} class="tm-chronology__line">
            <p class="tm-chronology__when tm-number">{when(one.at)}</p>
            <div>
              <p>
                <Tag tone={one.what === "concern" ? "alert" : "plain"}>{KINDS[one.what]}</Tag> {one.text}
              </p>
              <p class="tm-small tm-soft">
                {one.by_name ?? ""}
                {isLate(one) ? `${one.by_name ? ", " : ""}recorded ${when(one.recorded_at)}` : ""}
              </p>
              {one.what === "visit" && one.ref?.startsWith("visit:") === true ? <Link to={`/visits/${one.ref.slice("visit:".length)}`}>Open the visit</Link> : null}
            </div>
          </li>
        ))}
      </ol>
      {adding.value ? <FactDialog of={of} spec={SPECS.contact} before={null} onClose={() => (adding.value = false)} /> : null}
    </div>
  );
}

/** "Mon 23 Nov 09:31"; of a day without a time, the day alone. */
function when(instant: string): string {
  const { date, time } = localMoment(instant, timeZone.value);
  return time === "00:00" ? shortDate(date) : `${shortDate(date)} ${time}`;
}

/** Recorded days after it happened: back-dating is allowed, and shows. */
export function isLate({ at, recorded_at: recorded }: Pick<CaseEvent, "at" | "recorded_at">): boolean {
  return Date.parse(recorded) - Date.parse(at) >= LATE_MS;
}
