/** Home visits in plain words. Pure. */
import { localMoment } from "../../domain/time.ts";
import { count } from "../../components/text.ts";
import type { DoorOutcome, FamilyAddress, VisitPlan } from "../../generated/types.ts";

export const VISIT_TYPES: Readonly<Record<VisitPlan["type"], string>> = {
  attendance: "Attendance",
  welfare: "Welfare check",
  plan: "Work on the plan",
  review: "Review",
  transition: "Transition",
  other: "Something else",
};

export const OUTCOMES: Readonly<Record<DoorOutcome["outcome"], string>> = {
  seen: "Seen",
  no_answer: "No answer",
  refused: "Refused",
  wrong_address: "Wrong address",
};

/** What each outcome means, below its button. */
export const OUTCOME_HINTS: Readonly<Record<DoorOutcome["outcome"], string>> = {
  seen: "Somebody of the family let you speak with them",
  no_answer: "Nobody came to the door",
  refused: "Somebody was there and would not speak with you",
  wrong_address: "The family does not live there",
};

export const BASES: Readonly<Record<Basis, string>> = {
  consent: "The family agreed",
  public_task: "Public task (the authority’s duty)",
  legal_obligation: "The law requires it",
  vital_interests: "Somebody’s life or health",
  safeguarding: "To keep a child safe",
  none: "Nothing may be shared",
};

export type Basis = "consent" | "public_task" | "legal_obligation" | "vital_interests" | "safeguarding" | "none";
type Flag = NonNullable<FamilyAddress["flags"]>[number];

/** What an address is flagged with, loud. */
export const FLAGS: Readonly<Record<Flag, { title: string; text: string }>> = {
  do_not_disclose: {
    title: "Do not disclose this address",
    text: "Say it to nobody, not to the family’s relatives and not to a school. Do not leave this page open.",
  },
  domestic_abuse: {
    title: "Domestic abuse",
    text: "Speak with the parent alone. Do not leave a card, a message or a number that somebody else may find.",
  },
  third_party: { title: "Somebody else’s address", text: "Others live or work there who must not learn why you come." },
  dog: { title: "Dog", text: "Ask for the dog to be shut away before you go in." },
};

/** Whether a flag forbids leaving a card. */
export function forbidsCard(flags: readonly string[]): boolean {
  return flags.includes("domestic_abuse") || flags.includes("third_party");
}

/** "aged 9", from a birthday and today's date; "" where it is not known. */
export function age(born: string | null | undefined, today: string): string {
  if (!born) return "";
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4)) - (today.slice(5) < born.slice(5) ? 1 : 0);
  if (years < 0) return "not born yet";
  return years === 0 ? "under 1" : `aged ${years}`;
}

/** "in 40 minutes", "40 minutes ago", "in 2 hours", "3 days ago"; to the minute below two hours. */
export function away(fromMs: number, toMs: number): string {
  const minutes = Math.round((toMs - fromMs) / 60_000);
  const size = Math.abs(minutes);
  if (size === 0) return "now";
  const words =
    size < 120
      ? count(size, "minute")
      : size < 48 * 60
        ? count(Math.round(size / 60), "hour")
        : count(Math.round(size / 1440), "day");
  return minutes > 0 ? `in ${words}` : `${words} ago`;
}

/** "14:00 to 15:10". */
export function span(starts: string, ends: string, zone: string): string {
  return `${localMoment(starts, zone).time} to ${localMoment(ends, zone).time}`;
}
