/**
 * A code that a plan or a parent's words point to. It is shown as a proposal with its source; a
 * person decides (a teacher may attach what a parent said to an `N`, and no more).
 */
import type { Planned } from "../../../generated/types.ts";
import type { Proposal } from "./shapes.ts";

/** Plain words that parents use, and the code they point to. The first that matches is taken. */
const WORDS: readonly (readonly [code: string, words: RegExp])[] = [
  ["M", /\b(dentist|dental|orthodontist|doctor|gp|hospital|clinic|appointment|optician|surgery)\b/i],
  ["I", /\b(ill|sick|sickness|unwell|poorly|vomit\w*|temperature|fever|cold|flu|headache|migraine|tummy|cough|covid|virus|throat)\b/i],
  ["G", /\b(holiday|abroad|flight)\b/i],
  ["R", /\b(eid|diwali|vaisakhi|yom kippur|rosh hashanah|religious)\b/i],
];

/** A plan for the session first, then what a parent said; null when neither points anywhere. */
export function proposal(planned: readonly Planned[], message: string | null): Proposal | null {
  const plan = planned[0];
  if (plan !== undefined) return { code: plan.code, because: `planned: ${plan.source}` };
  if (message === null) return null;
  const match = WORDS.find(([, words]) => words.test(message));
  return match === undefined ? null : { code: match[0], because: `a parent said “${message}”` };
}
