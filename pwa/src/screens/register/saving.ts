/**
 * From choices to entries. First words on a cell are a `register.taken`; a claim that replaces what
 * was on the screen is a `mark.amended`, which keeps the original and says why (reg 10). Only pupils
 * with a choice in this form are spoken for.
 */
import type { BodyOf, Claim, NewBody } from "../../domain/entry.ts";
import { tidy } from "../../components/text.ts";
import type { Choice, Frame, RegisterForm } from "./form.ts";

type NewTaken = Omit<BodyOf<"register.taken">, "author" | "role" | "device" | "written_at" | "clock">;
type NewAmended = Omit<BodyOf<"mark.amended">, "author" | "role" | "device" | "written_at" | "clock">;

/** One entry to write, and the pupils it speaks for. */
export interface Plan {
  readonly body: NewBody;
  readonly pupils: readonly string[];
}

/** Why each amended pupil's mark is changed. */
export type Reasons = Readonly<Record<string, string>>;

/** Most claims an entry may carry. */
const MAX_CLAIMS = 500;

/** Whether a choice changes a mark that was on the screen. */
export function amends(choice: Choice): boolean {
  return choice.replaces.length > 0;
}

/** Pupils whose saved mark would be changed: each needs a reason. */
export function amendedPupils(form: RegisterForm): string[] {
  return Object.entries(form.choices)
    .filter(([, choice]) => amends(choice))
    .map(([pupil]) => pupil);
}

/** The entries that save `form` for `group`: the register first, then one amendment a reason. */
export function planEntries(form: RegisterForm, frame: Frame, group: string, reasons: Reasons): Plan[] {
  const { date, session } = frame;
  const all = Object.entries(form.choices);
  const first = all.filter(([, choice]) => !amends(choice));
  const paper = form.paper === null ? null : { taken_by: tidy(form.paper.takenBy), taken_at: form.paper.takenAt };
  const plans: Plan[] = chunks(first).map((part) => {
    const body: NewTaken = { kind: "register.taken", group, date, session, paper, claims: claimsOf(part, form) };
    return { body, pupils: part.map(([pupil]) => pupil) };
  });
  for (const [reason, part] of byReason(all.filter(([, choice]) => amends(choice)), reasons)) {
    for (const some of chunks(part)) {
      const body: NewAmended = { kind: "mark.amended", group, date, session, reason, claims: claimsOf(some, form) };
      plans.push({ body, pupils: some.map(([pupil]) => pupil) });
    }
  }
  return plans;
}

type Chosen = readonly [pupil: string, choice: Choice];

function byReason(amended: readonly Chosen[], reasons: Reasons): Map<string, Chosen[]> {
  const groups = new Map<string, Chosen[]>();
  for (const chosen of amended) {
    const reason = tidy(reasons[chosen[0]] ?? "");
    if (reason === "") throw new Error("A changed mark has no reason; say why it changes.");
    groups.set(reason, [...(groups.get(reason) ?? []), chosen]);
  }
  return groups;
}

function claimsOf(chosen: readonly Chosen[], form: RegisterForm): Claim[] {
  return chosen.map(([pupil, choice]) => claimOf(pupil, choice, form));
}

function claimOf(pupil: string, choice: Choice, form: RegisterForm): Claim {
  const described = form.added.find((child) => child.pupil === pupil && !child.onRoll);
  const remark = tidy([described?.note ?? "", choice.remark].filter(Boolean).join(". "));
  const message = tidy(choice.parentMessage);
  return {
    pupil,
    code: choice.code,
    observed_at: choice.observedAt,
    replaces: [...choice.replaces],
    ...(choice.arrived === null ? {} : { arrived: choice.arrived }),
    ...(remark === "" ? {} : { remark }),
    ...(message === "" ? {} : { parent_message: message }),
    ...(choice.askOffice ? { ask_office: true } : {}),
    ...(form.paper === null ? {} : { observed_by: tidy(form.paper.takenBy) }),
  };
}

function chunks(all: readonly Chosen[]): Chosen[][] {
  const parts: Chosen[][] = [];
  for (let at = 0; at < all.length; at += MAX_CLAIMS) parts.push(all.slice(at, at + MAX_CLAIMS));
  return parts;
}
