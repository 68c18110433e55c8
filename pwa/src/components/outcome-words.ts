/** What was decided on something held, in plain words: by whom, when, why. Pure. */
import type { Outcome } from "../generated/types.ts";

const DID: Readonly<Record<Exclude<Outcome["what"], "contested">, string>> = {
  released: "released it",
  corrected: "corrected it",
  declined: "declined it",
};

const SO: Readonly<Record<Outcome["what"], string>> = {
  released: "It counts as it was written.",
  corrected: "What was put in its place counts instead.",
  declined: "It does not count.",
  contested: "It stays held until somebody has seen both and decides.",
};

/** "Mrs Dale declined it, 09:40: “Not our pupil”. It does not count." */
export function outcomeWords(outcome: Outcome, clock: (instant: string) => string): string {
  const so = SO[outcome.what];
  if (outcome.what === "contested") return `Two people decided differently. ${so}`;
  return `${outcome.by_name} ${DID[outcome.what]}, ${clock(outcome.at)}: “${outcome.reason}”. ${so}`;
}
