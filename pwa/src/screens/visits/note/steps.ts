/** The steps of the note's form, in the order in which a visit goes. Pure. */

export type StepKey = "door" | "who" | "children" | "account" | "plan" | "next" | "check";

/** A step, with its heading and its short name. */
export interface Step {
  readonly key: StepKey;
  readonly title: string;
  readonly short: string;
}

const ALL: readonly Step[] = [
  { key: "door", title: "At the door", short: "Door" },
  { key: "who", title: "Who was there", short: "Who" },
  { key: "children", title: "Each child", short: "Children" },
  { key: "account", title: "In your words", short: "Words" },
  { key: "plan", title: "Barriers, strengths, actions", short: "Actions" },
  { key: "next", title: "Leaving, and what comes next", short: "Leaving" },
  { key: "check", title: "Check and hand in", short: "Hand in" },
];

/** Where nobody was seen, the note is short. */
const SHORT: ReadonlySet<StepKey> = new Set(["door", "account", "next", "check"]);

/** The steps for what came of it at the door; all of them until that is said. */
export function stepsFor(outcome: string): readonly Step[] {
  return outcome === "" || outcome === "seen" ? ALL : ALL.filter(({ key }) => SHORT.has(key));
}

/** The step that a path names; the first for any other. */
export function stepNamed(name: string, steps: readonly Step[]): Step {
  const [first] = ALL;
  const found = steps.find(({ key }) => key === name) ?? steps[0] ?? first;
  if (found === undefined) throw new Error("A note has steps.");
  return found;
}
