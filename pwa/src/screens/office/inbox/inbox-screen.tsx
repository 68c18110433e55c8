// The quarantine inbox: everything held or set aside, and the decisions on it.
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { announce } from "../../../components/announcer.tsx";
import { Button } from "../../../components/button.tsx";
import { SelectField } from "../../../components/field.tsx";
import { Page } from "../../../components/page.tsx";
import { Tabs } from "../../../components/tabs.tsx";
import { count } from "../../../components/text.ts";
import { status } from "../../../state/app.ts";
import { useAnnounced } from "../parts/notes.ts";
import { OfficeNav } from "../parts/office-nav.tsx";
import { inbox } from "../state.ts";
import { countsOf, shownItems } from "./items.ts";
import type { Filter, Order } from "./items.ts";
import { DecideDialog } from "./decide-dialog.tsx";
import type { Deciding } from "./decide-dialog.tsx";
import { Line } from "./line.tsx";

const PAGE = 20;
const FILTERS: readonly (readonly [Filter, string])[] = [
  ["open", "To decide"],
  ["held", "Held"],
  ["set_aside", "Part set aside"],
  ["decided", "Decided"],
];
const EMPTY: Readonly<Record<Filter, string>> = {
  open: "Nothing waits for a decision.",
  held: "No whole entry is held.",
  set_aside: "No mark is set aside.",
  decided: "Nothing has been decided lately. A decision stays here until the end of its half-term.",
};

/** Oldest first: what waited longest wants deciding first. */
export function InboxScreen(): JSX.Element {
  const [filter, setFilter] = useState<Filter>("open");
  const [order, setOrder] = useState<Order>("oldest");
  const [shown, setShown] = useState(PAGE);
  const [deciding, setDeciding] = useState<Deciding | null>(null);
  const [saved, setSaved] = useState<{ id: string; words: string } | null>(null);
  const items = inbox.value;
  const n = countsOf(items);
  const list = shownItems(items, filter, order);
  useAnnounced(`${count(n.open, "entry", "entries")} to decide`);
  // Where somebody else decided differently meanwhile, the line itself says how it stands.
  const overtaken = items.some(({ id, standing }) => id === saved?.id && standing === "contested");
  const words = saved === null || overtaken ? "" : `Saved on this tablet. ${saved.words}`;
  const close = (done: string | null): void => {
    const id = deciding?.item.id;
    setDeciding(null);
    if (done === null || id === undefined) return;
    setSaved({ id, words: done });
    announce(`Saved on this tablet. ${done}`);
  };
  return (
    <Page
      title="Held entries"
      lede="What came in and cannot count as it is, with the reason. Nothing here is lost: release it, correct it, or decline it. Its author sees what you decide."
    >
      <OfficeNav here="inbox" />
      <div class="tm-office-when">
        <Tabs
          label="Which entries"
          value={filter}
          onChange={(key) => {
            setFilter(FILTERS.find(([one]) => one === key)?.[0] ?? "open");
            setShown(PAGE);
          }}
          tabs={FILTERS.map(([key, text]) => ({ key, text: `${text} (${n[key]})` }))}
        >
          <div class="tm-row tm-spread">
            <SelectField
              id="order"
              label="Order"
              value={order}
              onChange={(value) => setOrder(value === "newest" ? "newest" : "oldest")}
              options={[
                { value: "oldest", text: "Oldest first" },
                { value: "newest", text: "Newest first" },
              ]}
            />
          </div>
          {status.value.online ? null : (
            <p class="tm-panel tm-panel--warning tm-small">
              <strong>No connection.</strong> What you decide is kept on this tablet and sent later.
            </p>
          )}
          <output class={words === "" ? "tm-visually-hidden" : "tm-panel tm-office-saved"}>{words}</output>
          {list.length === 0 ? <p class="tm-office-empty">{EMPTY[filter]}</p> : null}
          <ul class="tm-plain-list tm-office-lines">
            {list.slice(0, shown).map((item) => (
              <Line key={item.id} item={item} onAct={(act) => setDeciding({ act, item })} />
            ))}
          </ul>
          {list.length > shown ? (
            <Button kind="secondary" onClick={() => setShown(shown + PAGE)}>
              Show {Math.min(PAGE, list.length - shown)} more
            </Button>
          ) : null}
        </Tabs>
      </div>
      {deciding === null ? null : <DecideDialog deciding={deciding} onClose={close} />}
    </Page>
  );
}
