// Who it is about: the household, where they live, how to reach them, what to be careful of.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { mayRecord } from "../../../components/allowed.ts";
import { Button } from "../../../components/button.tsx";
import { Facts } from "../../../components/facts.tsx";
import { rateWords, shortDate } from "../../../components/text.ts";
import { attendanceHundredths, counted } from "../../../domain/measures.ts";
import type { FactOf } from "../../../domain/facts.ts";
import type { Case } from "../../../generated/types.ts";
import { school } from "../../../state/app.ts";
import { LinkDialog } from "../forms/link-dialog.tsx";
import { SPECS } from "../forms/specs.ts";
import { FactList } from "../parts/facts.tsx";
import { household, namesOf } from "../places.ts";
import { Section } from "./section.tsx";

export function FamilyTab({ of }: { of: Case }): JSX.Element {
  return (
    <div class="tm-stack-l">
      <Section title="Known risks">
        <FactList of={of} spec={SPECS.risk} none="No risk is recorded. That is not the same as none: ask before the first visit." />
      </Section>
      <Section title="Household">
        <FactList of={of} spec={SPECS.member} none="Nobody is named yet. Add the children first." />
        <Unlinked of={of} />
      </Section>
      <Section title="Where they live">
        <FactList of={of} spec={SPECS.address} none="No address yet." />
      </Section>
      <Section title="Phone numbers">
        <FactList of={of} spec={SPECS.phone} none="No number yet." />
      </Section>
      <Section title="Language">
        <FactList of={of} spec={SPECS.language} none="Not recorded. Letters are in English until it is." />
      </Section>
      <Attendance of={of} />
      <Section title="Legal basis" help="Why this record may be kept. Consent to support is something else, and stands below.">
        <FactList of={of} spec={SPECS.basis} none="No legal basis is recorded yet." />
      </Section>
      <Section title="Consent">
        <FactList of={of} spec={SPECS.consent} none="Nobody was asked yet." />
      </Section>
      <Section title="Where the case lies">
        <FactList of={of} spec={SPECS.placing} none="With no team." />
      </Section>
    </div>
  );
}

/** Children whose school has not been told which of its pupils they are. */
function Unlinked({ of }: { of: Case }): JSX.Element | null {
  const linking = useSignal<FactOf<"member"> | null>(null);
  const unlinked = household(of.cells).filter(({ child, pupil }) => child && (pupil ?? null) === null);
  if (unlinked.length === 0 || !mayRecord("case.noted") || (school.value?.schools ?? []).length === 0) return null;
  return (
    <div class="tm-stack">
      {unlinked.map((child) => (
        <p key={child.item}>
          {child.name} is not linked to a school’s register.{" "}
          <Button kind="secondary" small onClick={() => (linking.value = child)} label={`Link ${child.name} to a school’s register`}>
            Link
          </Button>
        </p>
      ))}
      {linking.value === null ? null : <LinkDialog of={of} child={linking.value} onClose={() => (linking.value = null)} />}
    </div>
  );
}

function Attendance({ of }: { of: Case }): JSX.Element {
  const lines = of.attendance ?? [];
  const { member } = namesOf(of.cells);
  const schools = new Map((of.schools ?? []).map((one) => [one.school, one.name]));
  return (
    <Section title="Attendance" help="From the schools’ registers, as they stand: a mark that is corrected changes them.">
      {lines.length === 0 ? (
        <p class="tm-soft">No school of these children shares its registers here.</p>
      ) : (
        <Facts
          items={lines.map((one) => [
            `${member(one.member)}, half-term from ${shortDate(one.half)}`,
            `${rateWords(attendanceHundredths(counted(one.tally)))} of sessions, ${schools.get(one.school) ?? "a school"}, as at ${shortDate(one.as_at.slice(0, 10))}`,
          ])}
        />
      )}
    </Section>
  );
}
