// One register in a list: whose, where, when, and how far it is.
import type { JSX } from "preact";
import { Link } from "../../components/link.tsx";
import { Tag } from "../../components/tag.tsx";
import { count, sessionWord } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import type { Sheet } from "../../generated/types.ts";
import { groups, nowLocal, today } from "../../state/app.ts";
import { inWords } from "../register/marks.ts";
import { checkWords, closing, rollWords, sheetState } from "../register/sheet-words.ts";

interface SheetCardProps {
  sheet: Sheet;
  me: string;
  /** Marks chosen on this tablet and not saved. */
  unsaved: number;
  /** The one to take now: drawn large. */
  next?: boolean | undefined;
}

/** The whole card leads to the register. */
export function SheetCard({ sheet, me, unsaved, next = false }: SheetCardProps): JSX.Element {
  const group = groups.value.get(sheet.group);
  const state = sheetState(sheet, me, (instant) => moment(instant, today.value));
  const when = closing(sheet, today.value, nowLocal.value);
  const check = checkWords(state.counts);
  const overdue = !state.taken && (when.phase === "closed" || when.phase === "past");
  return (
    <article class={`tm-panel tm-sheet-card${next ? " tm-sheet-card--next" : ""}`}>
      <div class="tm-sheet-card__main">
        <h3 class="tm-sheet-card__title">
          <Link to={`/register/${sheet.date}/${sheet.session}/${sheet.group}`} class="tm-link tm-sheet-card__link">
            {group?.name ?? "A group"} <span class="tm-sheet-card__session">{sessionWord(sheet.session)}</span>
          </Link>
        </h3>
        <p class="tm-small tm-soft">
          {group === undefined ? "" : `${group.room} · `}
          {rollWords(state.counts)} · {when.words}
          {sheet.taker === me || sheet.taker_name === null ? "" : ` · ${sheet.taker_name} takes it`}
        </p>
        {state.taken ? <p class="tm-small">{inWords(state.counts)}</p> : null}
      </div>
      <p class="tm-sheet-card__state">
        <Tag tone={state.words === "All marked" ? "success" : overdue ? "alert" : state.taken ? "warning" : "quiet"}>
          {state.words}
        </Tag>
        {check === null ? null : <Tag tone="check">{check}</Tag>}
        {unsaved > 0 ? <Tag tone="warning">{count(unsaved, "mark")} not saved</Tag> : null}
        {state.where === null ? null : (
          <span class="tm-small tm-soft">
            {state.where}
            {state.by === null ? "" : `, from ${state.by}`}
          </span>
        )}
      </p>
      {next ? (
        <span class="govuk-button tm-sheet-card__go" aria-hidden="true">
          {unsaved > 0 || state.taken ? "Go on with the register" : "Take the register"}
        </span>
      ) : null}
    </article>
  );
}
