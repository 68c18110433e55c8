// The school's tablets: who has which, when each was last heard, what waits on it; enrol, revoke.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { announce } from "../../components/announcer.tsx";
import { Button } from "../../components/button.tsx";
import { Page } from "../../components/page.tsx";
import { moment } from "../../components/words.ts";
import type { DeviceRow } from "../../generated/types.ts";
import { now, today } from "../../state/app.ts";
import { OfficeNav } from "../office/parts/office-nav.tsx";
import { Section } from "../office/parts/section.tsx";
import { EnrolDialog } from "./enrol-dialog.tsx";
import { Help } from "./help.tsx";
import { RevokeDialog } from "./revoke-dialog.tsx";
import { TabletLine } from "./tablet-line.tsx";
import { listing, useTablets } from "./use-tablets.ts";

/** The dialogs stand beside the list: what comes in meanwhile touches nothing that was typed. */
type Open = { what: "enrol"; replaces: DeviceRow | null } | { what: "revoke"; row: DeviceRow };

export function TabletsScreen(): JSX.Element {
  useTablets();
  const [open, setOpen] = useState<Open | null>(null);
  const [saved, setSaved] = useState("");
  const close = (words: string | null): void => {
    setOpen(null);
    if (words === null) return;
    setSaved(words);
    announce(words);
  };
  return (
    <Page
      title="Tablets"
      lede="Every tablet and browser that works with this school’s registers: who has it, when it was last heard, and what waits on it."
    >
      <OfficeNav here="tablets" />
      <div class="tm-office tm-tablets">
        <div class="tm-row tm-spread">
          <Button onClick={() => setOpen({ what: "enrol", replaces: null })}>Enrol a tablet</Button>
          <AsAt />
        </div>
        {saved === "" ? null : <output class="tm-panel tm-office-saved">{saved}</output>}
        <Lists onOpen={setOpen} />
        <Help />
      </div>
      {open?.what === "enrol" ? <EnrolDialog replaces={open.replaces} onClose={close} /> : null}
      {open?.what === "revoke" ? (
        <RevokeDialog row={open.row} onClose={close} onReplace={() => setOpen({ what: "enrol", replaces: open.row })} />
      ) : null}
    </Page>
  );
}

/** How old the list is, and why it is not newer. */
function AsAt(): JSX.Element | null {
  const { asAt, trouble } = listing.value;
  if (trouble !== null) {
    return (
      <p class="tm-panel tm-panel--warning tm-small" role="alert">
        {trouble}
        {asAt === null ? null : ` What you see is of ${moment(asAt, today.value)}.`}
      </p>
    );
  }
  return asAt === null ? null : <p class="tm-small tm-soft">As at {moment(asAt, today.value)}</p>;
}

const SECTIONS = [
  {
    state: "enrolled",
    title: "Enrolled",
    lede: "The school knows each by its key. Nobody else’s device can pass for one, and each can be revoked.",
    empty: "No tablet is enrolled. Begin with “Enrol a tablet”.",
  },
  {
    state: "revoked",
    title: "Revoked, not empty yet",
    lede: "The server refuses them. Each hands over what it has not sent, and empties itself, when it is next in touch.",
    empty: "No revoked tablet is still to be heard of.",
  },
  {
    state: "unenrolled",
    title: "Not enrolled",
    lede: "Browsers that somebody signed in on. They work, but they cannot be revoked: enrol those that are the school’s.",
    empty: "Nobody works on a browser that is not enrolled.",
  },
  {
    state: "gone",
    title: "Revoked and empty",
    lede: "They handed over what they had not sent, removed everything, and said so.",
    empty: "No tablet has been emptied yet.",
  },
] as const;

function Lists({ onOpen }: { onOpen: (open: Open) => void }): JSX.Element {
  const { rows, trouble } = listing.value;
  if (rows === null) return <p class="tm-lede">{trouble === null ? "Asking the school’s server…" : "The list has not been read yet."}</p>;
  return (
    <>
      {SECTIONS.map(({ state, title, lede, empty }) => {
        const found = rows.filter((row) => row.state === state);
        return (
          <Section
            key={state}
            id={state}
            title={title}
            count={found.length}
            empty={empty}
            lede={lede}
            tone={state === "revoked" ? "warning" : "plain"}
          >
            <ul class="tm-plain-list tm-office-lines">
              {found.map((row) => (
                <TabletLine
                  key={row.device}
                  row={row}
                  nowMs={now.value}
                  onRevoke={() => onOpen({ what: "revoke", row })}
                />
              ))}
            </ul>
          </Section>
        );
      })}
    </>
  );
}
