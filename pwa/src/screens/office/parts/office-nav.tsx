// The office's own pages, one beside the other.
import type { JSX } from "preact";
import { Link } from "../../../components/link.tsx";

export type OfficePage = "day" | "late" | "planned" | "inbox" | "pupil" | "tablets";

const PAGES = [
  { key: "day", to: "/office", text: "The school now" },
  { key: "late", to: "/office/late", text: "Late desk" },
  { key: "planned", to: "/office/planned", text: "Planned codes" },
  { key: "inbox", to: "/office/inbox", text: "Held entries" },
  { key: "pupil", to: "/office/pupil", text: "A pupil’s marks" },
  { key: "tablets", to: "/tablets", text: "Tablets" },
] as const;

/** `here` is the page that is open. */
export function OfficeNav({ here }: { here: OfficePage }): JSX.Element {
  return (
    <nav class="tm-office-nav" aria-label="Office">
      <ul class="tm-plain-list tm-office-nav__list">
        {PAGES.map(({ key, to, text }) => (
          <li key={key}>
            <Link to={to} class="tm-office-nav__link" current={key === here}>
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
