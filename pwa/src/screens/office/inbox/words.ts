/** The inbox in words: what an entry says, and what can be done with it. */
import type { Decided } from "../../../generated/types.ts";
import { sessionWord, shortDate } from "../../../components/text.ts";
import { kindWords } from "../words.ts";
import type { InboxItem, OwnDecision } from "./items.ts";

/** "A register of 8A, Mon 23 Nov, morning". `groupName` undefined: not known here. */
export function titleOf(item: InboxItem, groupName: string | undefined): string {
  if (item.unreadable) return "Something that is no entry";
  const group = item.group === null ? "" : ` of ${groupName ?? "another group"}`;
  const when = item.date === null ? "" : `, ${shortDate(item.date)}`;
  const half = item.session === null ? "" : `, ${sessionWord(item.session)}`;
  return `${kindWords(item.kind)}${group}${when}${half}`;
}

const DONE: Readonly<Record<Decided["what"], string>> = {
  released: "Released",
  corrected: "Corrected",
  declined: "Declined",
};

/** What a decision did, in one word. */
export function doneWord(what: Decided["what"]): string {
  return DONE[what];
}

/** Where one's own decision is. */
export function ownWords({ what, reason, state, problem }: OwnDecision): string {
  const done = `${doneWord(what)} by you: “${reason}”.`;
  switch (state) {
    case "waiting":
      return `${done} It waits on this tablet to be sent.`;
    case "refused":
      return `${done} The server refused it: ${problem ?? "no reason was given"}`;
    case "held":
    case "declined":
    case "corrected":
      return `${done} It does not count: ${problem ?? "it is held itself"}`;
    case "stored":
    case "released":
      break;
  }
  return `${done} The school has received it.`;
}

/** Why one may not decide; null where one may. */
export function notYours(item: InboxItem): string | null {
  return item.mine ? "You wrote this, so somebody else at the desk decides on it." : null;
}

/** Why it cannot be released as it is. */
export function notReleasable(item: InboxItem): string {
  if (item.reasonCode === "unknown_kind" || item.reasonCode === "unknown_shape") {
    return "It cannot be released before the server is updated and knows what it is.";
  }
  if (item.marks.length === 0) return "It cannot stand as it was written. If it is right, record it anew, and decline this.";
  return "It cannot stand as it was written: correct it, or decline it.";
}
