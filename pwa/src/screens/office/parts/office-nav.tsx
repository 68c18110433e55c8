// The office's own pages, one beside the other.
import type { JSX } from "preact";
import { mayDo, mayRecord, maySee } from "../../../components/allowed.ts";
import { Link } from "../../../components/link.tsx";

const PAGES = [
  { key: "day", to: "/office", text: "The school now", open: () => maySee("office") },
  { key: "late", to: "/office/late", text: "Late desk", open: () => mayRecord("arrival.recorded") },
  { key: "planned", to: "/office/planned", text: "Planned codes", open: () => mayRecord("planned.recorded") },
  { key: "inbox", to: "/office/inbox", text: "Held entries", open: () => maySee("quarantine") },
  { key: "pupil", to: "/office/pupil", text: "A pupil’s marks", open: () => maySee("office") },
  { key: "figures", to: "/figures", text: "Figures", open: () => mayDo("figures") },
  { key: "access", to: "/access", text: "People and access", open: () => mayDo("access") },
  { key: "tablets", to: "/tablets", text: "Tablets", open: () => mayDo("access") },
] as const;

export type OfficePage = (typeof PAGES)[number]["key"];

/** Whether the person may open one of these pages now. */
export function opens(page: OfficePage): boolean {
  return PAGES.find(({ key }) => key === page)?.open() ?? false;
}

/** `here` is the page that is open. Nothing for somebody who sees no more than that page. */
export function OfficeNav({ here }: { here: OfficePage }): JSX.Element | null {
  const pages = PAGES.filter(({ open }) => open());
  if (pages.length < 2) return null;
  return (
    <nav class="tm-office-nav" aria-label="Office">
      <ul class="tm-plain-list tm-office-nav__list">
        {pages.map(({ key, to, text }) => (
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
