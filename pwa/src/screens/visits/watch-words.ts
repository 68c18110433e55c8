/** What is said of one's own watch, and what to do: never more than is so. Pure. */
import { guardOf } from "../../domain/watches.ts";
import type { ShownWatch } from "../../domain/watches.ts";

export interface WatchWords {
  /** `good`: somebody watches. `alert`: nobody does, or it is an alarm. */
  readonly tone: "good" | "warning" | "alert";
  /** One line, for the bar. */
  readonly title: string;
  /** What follows from it, and what to do. */
  readonly text: string;
  /** The buddy is to be rung. */
  readonly ring: boolean;
  /** Nothing more is to be said of it. */
  readonly over: boolean;
}

interface Around {
  nowMs: number;
  /** The time of day of an instant: "15:10". */
  clock: (instant: string) => string;
  /** The buddy's name; null for none. */
  buddy: string | null;
}

type Said = Pick<WatchWords, "title" | "text"> & Partial<WatchWords>;

/** The words for one's own watch. */
export function watchWords(own: ShownWatch, around: Around): WatchWords {
  return { tone: "alert", ring: true, over: false, ...said(own, around) };
}

function said(own: ShownWatch, { nowMs, clock, buddy }: Around): Said {
  const guard = guardOf(own, nowMs);
  const told = buddy ?? "somebody you trust";
  const first = buddy === null ? "your team lead" : `${buddy}, then your team lead`;
  if (guard.by === "over" && own.safe_how) {
    return {
      tone: "warning",
      title: `${own.safe_by_name ?? "Somebody"} said that you are safe.`,
      text: `Nobody watches any more: if you are still out, say once more that you are leaving. Their words${own.safe_at ? ` at ${clock(own.safe_at)}` : ""}: “${own.safe_how}”`,
      ring: false,
      over: true,
    };
  }
  if (guard.by === "over") return { tone: "good", title: "You are marked safe.", text: "Nobody watches any more.", ring: false, over: true };
  if (guard.by === "alarm") {
    return { title: "The server has your call for help.", text: `It tells ${buddy === null ? "your team lead" : `${buddy}, your team lead`} and whoever is next, all at once. In danger, ring 999.` };
  }
  if (own.waiting.includes("watch.help")) {
    return { title: "Your call for help has not left this tablet.", text: `Ring 999 now, or ${told}. It is sent as soon as there is a signal.` };
  }
  if (guard.by === "nobody") return nobody(own, told, clock);
  const until = clock(guard.until);
  if (guard.over) {
    return {
      tone: "warning",
      title: "The server does not know yet that you are safe.",
      text: `It waits on this tablet for a signal. Ring ${told}, or the alarm ${guard.overdue ? "goes on" : `is raised at ${until}`}.`,
    };
  }
  if (guard.overdue) {
    return { title: `You were expected back at ${until}.`, text: `The server tells ${first}, again and again, until somebody says that you are safe.` };
  }
  if (guard.said !== null) {
    const text = `That you will be back at ${clock(guard.said)} has not reached it. Ring ${told}, or the alarm is raised at ${until}.`;
    return { tone: "warning", title: `The server still expects you at ${until}.`, text };
  }
  const text = `If you have not said by then that you are safe, it tells ${first}: also when this tablet is out of signal or switched off.`;
  return { tone: "good", title: `The server watches you until ${until}.`, text, ring: false };
}

function nobody(own: ShownWatch, told: string, clock: Around["clock"]): Said {
  if (own.waiting.includes("watch.ended")) return { tone: "good", title: "You are back, and safe.", text: "The server never watched: nothing had reached it.", ring: false, over: true };
  if (own.held !== null) return { title: "Nobody is watching: the server holds this.", text: `${own.held} Ring ${told} before you go.` };
  return {
    title: "Nobody is watching yet: this has not reached the server.",
    text: `Ring ${told} before you go, and say that you will be back by ${clock(own.said_back ?? own.expected_back)}. It is sent as soon as there is a signal.`,
  };
}

/** How it stands with somebody who is out, by the clock: the end may have passed before anybody said so. */
export function stateNow(one: ShownWatch, nowMs: number): ShownWatch["state"] {
  return one.state === "running" && Date.parse(one.expected_back) <= nowMs ? "overdue" : one.state;
}
