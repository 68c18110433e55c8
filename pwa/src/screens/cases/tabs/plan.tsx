// What was found, what gets in the way, what will be different, and who does what for it.
import type { JSX } from "preact";
import type { Case } from "../../../generated/types.ts";
import { SPECS } from "../forms/specs.ts";
import { FactList } from "../parts/facts.tsx";
import { Section } from "./section.tsx";

export function PlanTab({ of }: { of: Case }): JSX.Element {
  return (
    <div class="tm-stack-l">
      <Section title="Actions">
        <FactList of={of} spec={SPECS.action} none="Nothing is agreed yet." />
      </Section>
      <Section title="Goals" help="Few, specific, measured, agreed with the family, with a day.">
        <FactList of={of} spec={SPECS.goal} none="No goal yet." />
      </Section>
      <Section title="Barriers to attendance">
        <FactList of={of} spec={SPECS.barrier} none="None recorded yet." />
      </Section>
      <Section title="Strengths">
        <FactList of={of} spec={SPECS.strength} none="None recorded yet." />
      </Section>
      <Section title="Strategies tried">
        <FactList of={of} spec={SPECS.strategy} none="None recorded yet." />
      </Section>
      <Section title="Assessment">
        <FactList of={of} spec={SPECS.assessment} none="Not assessed yet." />
      </Section>
      <Section title="Steps of the support ladder" help="Each is a person’s decision: the reason is kept with it.">
        <FactList of={of} spec={SPECS.step} none="None taken." />
      </Section>
    </div>
  );
}
