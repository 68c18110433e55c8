// Who works with the family, when they meet, and what they asked of others.
import type { JSX } from "preact";
import { roleName } from "../../../domain/policy.ts";
import { maySee, mayDo } from "../../../components/allowed.ts";
import { Link } from "../../../components/link.tsx";
import type { Case } from "../../../generated/types.ts";
import { SPECS } from "../forms/specs.ts";
import { FactList } from "../parts/facts.tsx";
import { Section } from "./section.tsx";

export function TeamTab({ of }: { of: Case }): JSX.Element {
  const workers = of.workers ?? [];
  return (
    <div class="tm-stack-l">
      <Section title="Lead practitioner">
        <FactList of={of} spec={SPECS.lead} none="Nobody yet." />
      </Section>
      <Section title="Who may open this case">
        {workers.length === 0 ? (
          <p class="tm-soft">{of.restricted === true ? "Nobody was granted it by name." : "Its team. Nobody was granted it by name."}</p>
        ) : (
          <ul class="govuk-list">
            {workers.map((one) => (
              <li key={`${one.person} ${one.role}`}>
                {one.name}, {roleName(one.role)}
                {one.agency ? `, ${one.agency}` : ""}
              </li>
            ))}
          </ul>
        )}
        {mayDo("access") && maySee("cases") ? <Link to="/access">Give somebody this case, or end that</Link> : null}
      </Section>
      <Section title="Team around the family">
        <FactList of={of} spec={SPECS.partner} none="Nobody of another agency yet." />
      </Section>
      <Section title="Meetings">
        <FactList of={of} spec={SPECS.meeting} none="No meeting yet." />
      </Section>
      <Section title="Reviews">
        <FactList of={of} spec={SPECS.review} none="No review is planned." />
      </Section>
      <Section title="Referrals">
        <FactList of={of} spec={SPECS.referral} none="Nothing was asked of anybody yet." />
      </Section>
    </div>
  );
}
