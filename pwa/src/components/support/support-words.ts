/** What a school may know of a family's support, in plain words. Pure. */
import type { SharedLine, Support, SupportAction, SupportVisit } from "../../generated/types.ts";

const OUTCOMES: Readonly<Record<SupportVisit["outcome"], string>> = {
  planned: "planned",
  seen: "the family was seen",
  no_answer: "nobody answered",
  refused: "the visit was refused",
  wrong_address: "it was the wrong address",
  contested: "the workers differ on what came of it",
};
const STATUSES: Readonly<Record<Support["status"], string>> = {
  open: "Support is going on",
  paused: "Support is paused",
  closed: "Support has ended",
};
const BASES: Readonly<Record<SharedLine["basis"], string>> = {
  consent: "with the family’s consent",
  public_task: "as a public task",
  legal_obligation: "under a legal obligation",
  vital_interests: "for somebody’s life or safety",
  safeguarding: "for safeguarding",
  none: "without a basis that was said",
};

/** What came of a visit at the door. */
export function outcomeWords(outcome: SupportVisit["outcome"]): string {
  return OUTCOMES[outcome];
}

/** "Support is going on, led by Wren Worker (Tarn Council)." */
export function supportWords({ status, lead_name: lead, agency }: Support): string {
  if (!lead) return `${STATUSES[status]}.`;
  return `${STATUSES[status]}, led by ${lead}${agency ? ` (${agency})` : ""}.`;
}

/** "Ask for a later bus (the bus company, by Fri 22 May): open." */
export function actionWords({ what, owner, due, status }: SupportAction, date: (day: string) => string): string {
  const by = due === null ? "" : `, by ${date(due)}`;
  return `${what.replace(/\.$/, "")} (${owner}${by}): ${status}.`;
}

/** On which basis somebody was told. */
export function basisWords(basis: SharedLine["basis"]): string {
  return BASES[basis];
}
