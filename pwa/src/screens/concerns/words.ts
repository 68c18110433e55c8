/** A concern in plain words. Pure. */
import type { OwnConcern } from "../../components/concerns/own.ts";
import type { Tone } from "../../components/tag.tsx";
import type { Concern, ConcernNote } from "../../generated/types.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** "just now", "12 minutes ago", "3 hours ago", "2 days ago". */
export function ago(at: string, now: number): string {
  const passed = Math.max(0, now - Date.parse(at));
  const words = (n: number, unit: string): string => `${n} ${unit}${n === 1 ? "" : "s"} ago`;
  if (passed < MINUTE_MS) return "just now";
  if (passed < HOUR_MS) return words(Math.floor(passed / MINUTE_MS), "minute");
  if (passed < 2 * DAY_MS) return words(Math.floor(passed / HOUR_MS), "hour");
  return words(Math.floor(passed / DAY_MS), "day");
}

/** Nobody has acknowledged it, and it has gone on to the next, or is past its time. */
export function isOverdue({ state, escalated, due_at: due }: Concern, now: number): boolean {
  return state === "new" && ((escalated ?? []).length > 0 || (due !== null && due !== undefined && Date.parse(due) <= now));
}

/** A concern's state, as a tag says it. */
export function stateTag(concern: Concern, now: number): { text: string; tone: Tone } {
  if (concern.state === "new") return isOverdue(concern, now) ? { text: "Overdue", tone: "alert" } : { text: "New", tone: "warning" };
  return {
    acknowledged: { text: "Acknowledged", tone: "success" as const },
    referred: { text: "Referred", tone: "elsewhere" as const },
    closed: { text: "Closed", tone: "quiet" as const },
  }[concern.state];
}

/** The queue: in danger and new, new, then open, then closed; each the latest first, but what is new the oldest first. */
export function inOrder(concerns: Iterable<Concern>): Concern[] {
  const rank = ({ state, immediate = false }: Concern): number =>
    state === "new" ? (immediate ? 0 : 1) : { acknowledged: 2, referred: 2, closed: 3 }[state];
  return [...concerns].toSorted((a, b) => {
    const order = a.received_at < b.received_at ? -1 : 1;
    return rank(a) - rank(b) || (a.state === "new" ? order : -order);
  });
}

/** What a line of a concern's history says was done, after the person's name. */
export function didWords({ kind, told, system, reference, status }: ConcernNote): string {
  switch (kind) {
    case "raised":
      return "raised it again";
    case "told":
      return `told ${told?.name ?? "somebody"}${told === null || told === undefined ? "" : `, ${{ phone: "by phone", in_person: "in person", message: "by message" }[told.how]}`}`;
    case "acknowledged":
      return "acknowledged it";
    case "exported":
      return `took it into ${system ?? "a safeguarding system"} under ${reference ?? "no reference"}`;
    case "noted":
      break;
  }
  if (status === "closed") return "closed it";
  return status === "referred" ? "referred it" : "noted";
}

/** How far one's own concern has come. `moment`: a time in words. */
export function stageWords(one: OwnConcern, moment: (at: string) => string): string {
  const at = one.receivedAt === null ? "" : ` ${moment(one.receivedAt)}`;
  switch (one.stage) {
    case "here":
      return "It has not reached the server. Nobody who answers for the child has it yet: ring them.";
    case "refused":
      return "The server would not take it. It is on this tablet only: ring them, and tell whoever looks after Tidemark.";
    case "held":
      return `The server received it${at} and holds it back. Ring them, so that they know.`;
    case "received":
      return `Received${at}.${one.goesTo === null ? "" : ` It is with ${one.goesTo}.`} Nobody has acknowledged it yet.`;
    case "acknowledged":
      break;
  }
  const by = one.acknowledgedBy ?? "somebody who answers for it";
  return `Received${at}. Acknowledged by ${by}${one.acknowledgedAt === null ? "" : `, ${moment(one.acknowledgedAt)}`}.`;
}
