// What each child's school sees of the case, and what it is told on purpose.
import type { JSX } from "preact";
import { listing } from "../../../components/text.ts";
import type { Case } from "../../../generated/types.ts";
import { SPECS } from "../forms/specs.ts";
import { FactList } from "../parts/facts.tsx";
import { household } from "../places.ts";
import { Section } from "./section.tsx";

export function SharingTab({ of }: { of: Case }): JSX.Element {
  const children = household(of.cells).filter(({ child, school }) => child && (school ?? null) !== null);
  const schools = new Map((of.schools ?? []).map(({ school, name }) => [school, name]));
  return (
    <div class="tm-stack-l">
      <Section title="What schools see by themselves">
        {of.restricted === true ? (
          <p>Nothing: this case is restricted. No school sees that it is there, nor what is written below. A concern reaches a school all the same.</p>
        ) : children.length === 0 ? (
          <p>Nothing: no child of the household is linked to a school here.</p>
        ) : (
          <>
            <p>
              The attendance office of each child’s school sees that there is a case, its lead practitioner, the dates of visits with what came of them at the door, and actions for
              that child or for the whole family. Never what was said or thought. Teachers see nothing.
            </p>
            <ul class="govuk-list govuk-list--bullet">
              {children.map(({ item, name, school }) => (
                <li key={item}>
                  {name}: {schools.get(school ?? "") ?? "a school that is not on this server, which sees nothing"}
                </li>
              ))}
            </ul>
          </>
        )}
      </Section>
      <Section
        title="What you tell a school"
        help={`For its safeguarding lead alone. Write only what ${children.length === 0 ? "the school" : listing([...new Set(children.map(({ school }) => schools.get(school ?? "") ?? "the school"))])} needs.`}
      >
        <FactList of={of} spec={SPECS.shared} none="Nothing was told yet." />
      </Section>
    </div>
  );
}
