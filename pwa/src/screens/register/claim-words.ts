/** Who said what, where and when, and what became of it: claims in plain words. */
import type { Role } from "../../domain/entry.ts";
import { meaning } from "../../domain/codes.ts";
import { roleName } from "../../domain/policy.ts";
import { codeAsRead, minutesLate } from "../../domain/register.ts";
import type { PublishedClaim } from "../../generated/types.ts";
import { count } from "../../components/text.ts";
import type { Frame, Pin } from "./form.ts";
import { markWord } from "./marks.ts";

/** What the words need beside the claim. */
export interface Telling {
  readonly frame: Frame;
  /** The person at the tablet: their own words are "you". */
  readonly me: string;
  readonly clock: (instant: string) => string;
  readonly group: (group: string) => string;
}

/** "Here", "Late 08:58 (13 min)", "M Leave: medical or dental appointment". */
export function codeWords(code: string, arrived: string | null, frame: Frame): string {
  const read = codeAsRead(code, arrived, frame);
  const word = markWord(read, frame.session);
  const named = word === read ? `${read} ${meaning(read, frame.date)}` : word;
  if (arrived === null) return named;
  const late = minutesLate(arrived, frame);
  return late > 0 ? `${named}, came ${arrived} (${count(late, "minute")})` : `${named}, came ${arrived}`;
}

/** "you" or "Mr Okafor, cover teacher". */
export function whoWords(author: string, name: string, role: Role, me: string): string {
  return author === me ? "you" : `${name}, ${roleName(role)}`;
}

/** "Not here, said by Mr Okafor, cover teacher, in 7B, seen 08:46, received 08:47". */
export function claimWords(claim: PublishedClaim, telling: Telling): string {
  const { frame, me, clock } = telling;
  const parts = [
    codeWords(claim.code, claim.arrived ?? null, frame),
    `said by ${whoWords(claim.author, claim.author_name, claim.role, me)}`,
    placeWords(claim, telling),
    claim.paper ? `on paper by ${claim.paper.taken_by} at ${claim.paper.taken_at}` : `seen ${clock(claim.observed_at)}`,
    claim.received_at ? `received ${clock(claim.received_at)}` : "on this tablet, not received yet",
  ];
  return parts.filter(Boolean).join(", ");
}

function placeWords(claim: PublishedClaim, telling: Telling): string {
  if (claim.kind === "arrival.recorded") return "at the late desk";
  if (claim.kind === "contest.settled") return "settling a contradiction";
  return claim.group ? `in ${telling.group(claim.group)}` : "at the office";
}

/** What became of a claim: "replaced by Ms Desk 10:02: Parent rang"; "" for one that speaks. */
export function fateWords(claim: PublishedClaim, all: Pin, telling: Telling): string {
  const verdict = claim.verdict ?? "stands";
  const why = claim.verdict_reason ? `: ${claim.verdict_reason}` : "";
  switch (verdict) {
    case "stands":
      return replacedWords(claim, all, telling);
    case "set_aside":
      return `Set aside${why}`;
    case "voided":
      return `Register voided${why}`;
    case "held":
      return `Held${why}`;
    case "declined":
      return `Declined${why}`;
    case "erased":
      return "Erased by law";
  }
}

function replacedWords(claim: PublishedClaim, all: Pin, telling: Telling): string {
  const by = all.findLast(
    (one) => one.id !== claim.id && (one.verdict ?? "stands") === "stands" && one.replaces?.includes(claim.id) === true,
  );
  if (by === undefined) return "";
  const why = by.reason ? `: ${by.reason}` : "";
  return `Replaced by ${whoWords(by.author, by.author_name, by.role, telling.me)}, ${telling.clock(by.written_at)}${why}`;
}

/** Whether a claim changed an earlier one. */
export function isAmendment(claim: PublishedClaim): boolean {
  return (claim.verdict ?? "stands") === "stands" && (claim.replaces ?? []).length > 0;
}
