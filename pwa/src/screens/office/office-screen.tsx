// The office's part of the app: which of its screens the path names.
import type { JSX } from "preact";
import { Page } from "../../components/page.tsx";
import { Link } from "../../components/link.tsx";
import { DayScreen } from "./day-screen.tsx";
import { InboxScreen } from "./inbox/inbox-screen.tsx";
import { LateScreen } from "./late-screen.tsx";
import { PlannedScreen } from "./planned-screen.tsx";
import { opens } from "./parts/office-nav.tsx";
import { PupilScreen } from "./pupil-screen.tsx";

const HERE = ["day", "late", "planned", "inbox", "pupil"] as const;

function isPage(name: string): name is (typeof HERE)[number] {
  return HERE.some((one) => one === name);
}

/** `tail` is what follows `/office/` in the path. */
export function OfficeScreen({ tail }: { tail: string }): JSX.Element {
  const [first = "", second = ""] = tail.split("/");
  // Whoever has no school to look after, as who leads a team of an area, has what is held there.
  const page = first === "" ? (opens("day") ? "day" : "inbox") : first;
  switch (isPage(page) && opens(page) ? page : "none") {
    case "day":
      return <DayScreen />;
    case "late":
      return <LateScreen />;
    case "planned":
      return <PlannedScreen />;
    case "inbox":
      return <InboxScreen />;
    case "pupil":
      return <PupilScreen pupil={second} key={second} />;
    case "none":
      break;
  }
  return <NotFound />;
}

function NotFound(): JSX.Element {
  return (
    <Page title="Page not found">
      <p class="tm-lede">
        The office has no such page, or it is not one your role uses.{" "}
        <Link to="/office">{opens("day") ? "Go to the school now" : "Go to what is held"}</Link>.
      </p>
    </Page>
  );
}
