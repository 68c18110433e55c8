// What is recorded of one kind: each thing with who said it, changed, ended, and settled where people differ.
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { mayRecord } from "../../../components/allowed.ts";
import { Button } from "../../../components/button.tsx";
import { Said } from "../../../components/claims/said.tsx";
import { SettleDialog } from "../../../components/claims/settle-dialog.tsx";
import { Details } from "../../../components/details.tsx";
import { Tag } from "../../../components/tag.tsx";
import { cellNamed, filled, isWaiting, itemsOf, liveClaims } from "../../../domain/facts.ts";
import type { FactCell, FactOf, FactSaid } from "../../../domain/facts.ts";
import type { Case } from "../../../generated/types.ts";
import { EndDialog } from "../forms/end-dialog.tsx";
import { FactDialog } from "../forms/fact-dialog.tsx";
import { factWords } from "../forms/specs.ts";
import type { CaseFactKind, Spec } from "../forms/specs.ts";
import { namesOf } from "../places.ts";
import { FactText } from "./fact-text.tsx";

interface FactsProps<K extends CaseFactKind> {
  of: Case;
  spec: Spec<K>;
  /** What stands where there is none. */
  none: string;
  /** Shown, and not changed, here. */
  readOnly?: boolean;
}

interface Shown<K extends CaseFactKind> {
  key: string;
  cell: FactCell;
  value: FactOf<K> | null;
}

/** Every thing of a kind, and a way to add one. */
export function FactList<K extends CaseFactKind>({ of, spec, none, readOnly = false }: FactsProps<K>): JSX.Element {
  const adding = useSignal(false);
  const shown = shownOf(of, spec).toSorted((a, b) => (orderOf(spec, a) < orderOf(spec, b) ? -1 : 1));
  const writes = !readOnly && mayRecord("case.noted");
  const more = writes && (spec.several || shown.length === 0);
  return (
    <>
      {shown.length === 0 ? <p class="tm-soft">{none}</p> : null}
      {shown.length > 0 ? (
        <ul class="tm-facts">
          {shown.map((one) => (
            <FactItem key={one.key} of={of} spec={spec} one={one} writes={writes} />
          ))}
        </ul>
      ) : null}
      {more ? (
        <Button kind="secondary" small onClick={() => (adding.value = true)} label={`Add ${spec.one}`}>
          Add {spec.one}
        </Button>
      ) : null}
      {adding.value ? <FactDialog of={of} spec={spec} before={null} onClose={() => (adding.value = false)} /> : null}
    </>
  );
}

function shownOf<K extends CaseFactKind>(of: Case, spec: Spec<K>): Shown<K>[] {
  if (spec.several) {
    return itemsOf(of.cells, spec.kind).map(({ item, cell, value }) => ({ key: item, cell, value }));
  }
  const cell = cellNamed(of.cells, spec.kind);
  if (cell === undefined) return [];
  // A cell is named by the fact that it holds.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const values = liveClaims(cell).map(({ says }) => says as FactOf<K>);
  return [{ key: spec.kind, cell, value: cell.state === "agreed" ? (values[0] ?? null) : null }];
}

/** What is open and due first, where the table says so; what people differ on before all. */
function orderOf<K extends CaseFactKind>(spec: Spec<K>, { value }: Shown<K>): string {
  return value === null || spec.order === undefined ? "" : spec.order(value);
}

interface FactItemProps<K extends CaseFactKind> {
  of: Case;
  spec: Spec<K>;
  one: Shown<K>;
  writes: boolean;
}

function FactItem<K extends CaseFactKind>({ of, spec, one, writes }: FactItemProps<K>): JSX.Element {
  const open = useSignal<"change" | "end" | "settle" | null>(null);
  const names = namesOf(of.cells);
  const words = (says: FactSaid["says"]): string => factWords(filled(says), names) ?? "";
  const { cell, value } = one;
  const close = (): void => {
    open.value = null;
  };
  const title = value === null ? spec.one : spec.title(value, names);
  return (
    <li class={`tm-facts__item${cell.state === "contested" ? " tm-facts__item--contested" : ""}`}>
      {value === null ? (
        <p>
          <Tag tone="check">People differ</Tag> Both are kept until somebody settles it.
        </p>
      ) : (
        <FactText spec={spec} fact={value} names={names} />
      )}
      {isWaiting(cell) ? <Tag tone="quiet">On this tablet, not received yet</Tag> : null}
      {value === null ? <Said cell={cell} words={words} live /> : null}
      <div class="tm-facts__acts">
        {writes ? (
          <>
            {value === null ? (
              <Button small onClick={() => (open.value = "settle")} label={`Settle it: ${title}`}>
                Settle it
              </Button>
            ) : (
              <Button kind="quiet" small onClick={() => (open.value = "change")} label={`Change: ${title}`}>
                Change
              </Button>
            )}
            {value !== null && spec.end !== undefined ? (
              <Button kind="quiet" small onClick={() => (open.value = "end")} label={`${spec.end.text}: ${title}`}>
                {spec.end.text}
              </Button>
            ) : null}
          </>
        ) : null}
        <Details summary="Who said so">
          <Said cell={cell} words={words} />
        </Details>
      </div>
      {open.value === "change" && value !== null ? <FactDialog of={of} spec={spec} before={value} onClose={close} /> : null}
      {open.value === "end" && value !== null ? <EndDialog of={of} spec={spec} fact={value} onClose={close} /> : null}
      {open.value === "settle" ? (
        <SettleDialog
          cell={cell}
          name={title}
          words={words}
          hint="It stays on the record with your name, and so does what does not hold. If neither is right, settle it on one and then change that."
          body={(settled) => ({ kind: "case.settled", case: of.case, ...settled })}
          onClose={close}
        />
      ) : null}
    </li>
  );
}
