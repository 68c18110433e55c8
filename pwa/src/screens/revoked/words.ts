/** What a revoked tablet has done and has yet to do, in plain words. Pure. */
import { count } from "../../components/text.ts";
import type { DepartureNews } from "../../state/app.ts";

export type StepState = "done" | "now" | "later";

export interface Step {
  readonly title: string;
  readonly state: StepState;
  readonly words: string;
}

const ORDER = ["handing-over", "emptying", "telling", "done"] as const;

/** The three steps, in order. */
export function steps(news: DepartureNews): Step[] {
  const at = ORDER.indexOf(news.stage);
  const state = (index: number): StepState => {
    if (index < at) return "done";
    return index === at ? "now" : "later";
  };
  return [
    { title: "Hand over what was not sent", state: state(0), words: handedOver(news) },
    { title: "Remove everything else", state: state(1), words: `${removed(state(1))}${photos(news, state(1))}` },
    { title: "Tell the school", state: state(2), words: told(state(2)) },
  ];
}

function handedOver({ stage, handedOver: done, left }: DepartureNews): string {
  if (stage !== "handing-over") {
    if (done === 0) return "Everything written on this tablet had been sent before.";
    const decides = done === 1 ? "it" : "each";
    return `${count(done, "entry was", "entries were")} handed over. The office decides on ${decides}; no entry is lost.`;
  }
  if (left === 0) return "Looking for entries that were not sent.";
  const before = done === 0 ? "" : `${count(done, "entry is", "entries are")} handed over. `;
  return `${before}${count(left, "entry is", "entries are")} kept safe on this tablet until the school has ${left === 1 ? "it" : "them"}.`;
}

function removed(state: StepState): string {
  if (state === "done") return "Registers, names, drafts and who used this tablet are removed.";
  return state === "now" ? "Registers, names, drafts and who used this tablet are being removed." : "Nothing is removed before that.";
}

function photos({ photosLost: lost }: DepartureNews, state: StepState): string {
  if (lost === 0) return "";
  const what = count(lost, "photo of a visit", "photos of visits");
  const one = lost === 1;
  if (state === "done") return ` ${what} that the server did not have ${one ? "is" : "are"} gone.`;
  return ` ${what} that the server does not have ${one ? "goes" : "go"} too: a revoked tablet cannot send ${one ? "it" : "them"}.`;
}

function told(state: StepState): string {
  if (state === "done") return "The school knows that this tablet is empty.";
  return state === "now" ? "Everything is removed. The school is told when there is a signal." : "Then the school sees that this tablet is empty.";
}
