/** One's own entries in plain words: what was done, to whom, and what became of it. Pure. */
import type { Body, ClaimBody, Session } from "../../domain/entry.ts";
import { hasClaims, isFamily } from "../../domain/entry.ts";
import { roleName } from "../../domain/policy.ts";
import { meaning } from "../../domain/codes.ts";
import type { OutboxItem } from "../../state/app.ts";
import { outcomeWords } from "../../components/outcome-words.ts";
import { count, sessionWord, shortDate } from "../../components/text.ts";
import { markWord } from "../register/marks.ts";
import { familyTitle } from "./family-words.ts";

/** Names, looked up on this tablet. */
export interface Names {
  pupil(pupil: string): string;
  group(group: string): string;
  staff(person: string): string;
}

/** What an entry did, in one line. */
export function entryTitle(body: Body, names: Names): string {
  if (isFamily(body)) return familyTitle(body);
  switch (body.kind) {
    case "register.taken":
      return `Register of ${names.group(body.group)}, ${when(body)}: ${marks(body)}`;
    case "mark.amended":
      return `${who(body, names)}: ${count(body.claims.length, "mark")} changed, ${when(body)}`;
    case "arrival.recorded":
      return `${who(body, names)}: signed in at the late desk, ${when(body)}`;
    case "contest.settled":
      return `${who(body, names)}: contradiction settled, ${when(body)}`;
    case "departure.recorded":
      return `${names.pupil(body.pupil)}: left the site at ${body.left}, ${shortDate(body.date)}`;
    case "register.voided":
      return `A register taken in error was voided, ${when(body)}`;
    case "planned.recorded":
      return `${names.pupil(body.pupil)}: ${body.code} planned, ${span(body.first, body.last)}`;
    case "planned.withdrawn":
      return `${names.pupil(body.pupil)}: planned code withdrawn, ${span(body.first, body.last)}`;
    case "register.reassigned":
      return `Register of ${names.group(body.group)}, ${when(body)}: given to ${names.staff(body.to)}`;
    case "grant.given":
      return `${names.staff(body.person)}: may act as ${roleName(body.grants)}`;
    case "grant.ended":
      return `${names.staff(body.person)}: a grant was ended`;
    case "record.viewed":
      return body.pupil ? `${names.pupil(body.pupil)}: restricted record opened` : "A restricted record was opened";
    case "quarantine.released":
      return "A held entry was released";
    case "quarantine.corrected":
      return `${who(body, names)}: a held entry was corrected, ${when(body)}`;
    case "quarantine.declined":
      return "A held entry was declined";
  }
}

/** What an entry says in detail, a line each. */
export function entryLines(body: Body, names: Names): string[] {
  const lines = hasClaims(body) ? body.claims.map((claim) => claimLine(claim, body, names)) : [];
  if ("paper" in body && body.paper) lines.unshift(`From paper, taken by ${body.paper.taken_by} at ${body.paper.taken_at}`);
  if ("source" in body) lines.push(`${meaning(body.code, body.first)}: ${body.source}`);
  if (body.kind === "departure.recorded" && body.left_with !== null) lines.push(`With: ${body.left_with}`);
  if ("reason" in body) lines.push(`Because: ${body.reason}`);
  return lines;
}

function claimLine(claim: ClaimBody["claims"][number], body: ClaimBody, names: Names): string {
  const parts = [`${names.pupil(claim.pupil)}: ${codeWord(claim.code, body.date, body.session)}`];
  if (claim.arrived) parts.push(`came ${claim.arrived}`);
  if (claim.remark) parts.push(`remark “${claim.remark}”`);
  if (claim.parent_message) parts.push(`a parent said “${claim.parent_message}”`);
  if (claim.ask_office === true) parts.push("office asked to look");
  return parts.join(", ");
}

function codeWord(code: string, date: string, session: Session): string {
  const word = markWord(code, session);
  return word === code ? `${code} ${meaning(code, date)}` : word;
}

function when({ date, session }: { date: string; session: Session }): string {
  return `${shortDate(date)} ${sessionWord(session)}`;
}

function span(first: string, last: string): string {
  return first === last ? shortDate(first) : `${shortDate(first)} to ${shortDate(last)}`;
}

function marks(body: ClaimBody): string {
  return count(body.claims.length, "mark");
}

function who(body: ClaimBody, names: Names): string {
  const [first] = body.claims;
  if (first === undefined) return "Nobody";
  const more = body.claims.length - 1;
  return more === 0 ? names.pupil(first.pupil) : `${names.pupil(first.pupil)} and ${count(more, "other")}`;
}

/** What became of an entry: a short state, and for a person what to do about it. */
export function fateOf(item: OutboxItem, clock: (instant: string) => string): { state: string; advice: string | null } {
  const decided = item.outcome === null ? null : outcomeWords(item.outcome, clock);
  switch (item.state) {
    case "released":
      return { state: "Released", advice: decided };
    case "corrected":
      return { state: "Corrected", advice: decided };
    case "declined":
      return { state: "Declined", advice: decided };
    case "waiting":
      return { state: "Waits on this tablet", advice: null };
    case "stored":
      return { state: item.receivedAt === null ? "Received" : `Received ${clock(item.receivedAt)}`, advice: null };
    case "held":
      return {
        state: "Held",
        advice:
          decided ??
          "The school has it, and it does not count yet. The office sees it with this reason and releases, corrects or declines it.",
      };
    case "refused":
      return {
        state: "Refused",
        advice:
          "The server would not take it, so it is only on this tablet. Show this page to whoever looks after Tidemark at your school, and tell the office what it says.",
      };
  }
}

/** Whether the school has a backup of an entry that it received; null for one that it has not. */
export function backupWords({ receivedAt, backedUp }: OutboxItem): string | null {
  if (receivedAt === null) return null;
  return backedUp ? "backed up" : "kept on this tablet until it is backed up";
}

/** The pupil a set-aside claim is about: its id ends in its number within the entry. */
export function pupilOfClaim(item: OutboxItem, claim: string): string | null {
  if (!hasClaims(item.body)) return null;
  return item.body.claims[Number(claim.split(".").at(-1))]?.pupil ?? null;
}
