// Cases: the list, one of them, a letter to print.
import type { JSX } from "preact";
import { Link } from "../../components/link.tsx";
import { Page } from "../../components/page.tsx";
import { cases } from "../../state/app.ts";
import { CaseList } from "./case-list.tsx";
import { CasePage } from "./case-page.tsx";
import { LetterPage } from "./letters/letter-page.tsx";
import { OpenCase } from "./open-case.tsx";
import "./cases.scss";

/** `tail`: what follows `/cases/` in the path. */
export function CasesScreen({ tail }: { tail: string }): JSX.Element {
  const [first = "", second = "", third = ""] = tail.split("/");
  if (first === "") return <CaseList />;
  if (first === "new") return <OpenCase />;
  const found = cases.value.get(first);
  if (found === undefined) return <NoCase />;
  if (second === "letter") return <LetterPage of={found} item={third} />;
  return <CasePage key={first} of={found} tab={second} />;
}

function NoCase(): JSX.Element {
  return (
    <Page title="Case not here" lede="This case is not on this tablet: it is not yours, or it has not come yet.">
      <p class="tm-small">
        <Link to="/cases">See your cases</Link>
      </p>
    </Page>
  );
}
