/** Which document somebody asks about, from a form that knows nothing of ids. Pure. */
import type { FormError } from "../../components/error-summary.tsx";
import { historyId } from "../../store/published.ts";

export type DocumentKind = "card" | "history" | "sheet" | "roll";

export const KINDS: readonly { kind: DocumentKind; text: string; of: "pupil" | "group" }[] = [
  { kind: "card", text: "A pupil’s card", of: "pupil" },
  { kind: "history", text: "A pupil’s marks of this half-term", of: "pupil" },
  { kind: "sheet", text: "A register of today", of: "group" },
  { kind: "roll", text: "A form’s fire list of today", of: "group" },
];

export interface ExplainDraft {
  readonly person: string;
  readonly kind: DocumentKind;
  readonly pupil: string;
  readonly group: string;
  readonly session: "AM" | "PM";
}

/** As a link named it: `card:<pupil>`, or nothing. */
export function draftOf(document: string): ExplainDraft {
  const [kind = "", id = ""] = document.split(":");
  const empty: ExplainDraft = { person: "", kind: "sheet", pupil: "", group: "", session: "AM" };
  return kind === "card" ? { ...empty, kind, pupil: id } : empty;
}

export function explainErrors({ person, kind, pupil, group }: ExplainDraft): FormError[] {
  const errors: FormError[] = [];
  if (person === "") errors.push({ field: "person", text: "Choose a person" });
  const isPupils = kind === "card" || kind === "history";
  if (isPupils && pupil === "") errors.push({ field: "pupil", text: "Choose a pupil" });
  if (!isPupils && group === "") errors.push({ field: "group", text: "Choose a group" });
  return errors;
}

/** The document's id; null where the calendar that a history is named by is not here. */
export function documentOf(draft: ExplainDraft, { today, half }: { today: string; half: string | null }): string | null {
  switch (draft.kind) {
    case "card":
      return `card:${draft.pupil}`;
    case "history":
      return half === null ? null : historyId(half, draft.pupil);
    case "sheet":
      return `sheet:${today}:${draft.session}:${draft.group}`;
    case "roll":
      break;
  }
  return `roll:${today}:${draft.group}`;
}
