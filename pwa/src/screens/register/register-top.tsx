// The register's top: whose, where, which session, when it closes, and its state in words.
import type { JSX } from "preact";
import { Tag } from "../../components/tag.tsx";
import { count, longDate, sessionWord } from "../../components/text.ts";
import { moment } from "../../components/words.ts";
import type { Group, Sheet } from "../../generated/types.ts";
import { nowLocal, today } from "../../state/app.ts";
import { checkWords, closing, sheetState } from "./sheet-words.ts";

interface RegisterTopProps {
  sheet: Sheet;
  group: Group | undefined;
  me: string;
  unsaved: number;
}

/** The lines below the h1. */
export function RegisterTop({ sheet, group, me, unsaved }: RegisterTopProps): JSX.Element {
  const state = sheetState(sheet, me, (instant) => moment(instant, today.value));
  const when = closing(sheet, today.value, nowLocal.value);
  const check = checkWords(state.counts);
  return (
    <div class="tm-register__top">
      <p class="tm-register__facts">
        {longDate(sheet.date)}, {sessionWord(sheet.session)}
        {group === undefined ? "" : ` · ${group.room}`}
        {sheet.taker === me || sheet.taker_name === null ? "" : ` · ${sheet.taker_name} takes it`}
      </p>
      <p class="tm-register__state">
        <Tag tone={when.phase === "open" ? "plain" : when.phase === "closed" ? "warning" : "quiet"}>{when.words}</Tag>
        <Tag tone={!state.taken ? "quiet" : state.counts.unmarked === 0 ? "success" : "warning"}>{stateSentence(state.words, state.where, state.by)}</Tag>
        {check === null ? null : <Tag tone="check">{check}</Tag>}
        {unsaved === 0 ? null : <Tag tone="warning">{count(unsaved, "mark")} not saved yet</Tag>}
      </p>
    </div>
  );
}

function stateSentence(words: string, where: string | null, by: string | null): string {
  if (where === null) return words;
  return by === null ? `${words}, ${where}` : `${words}, ${where} from ${by}`;
}
