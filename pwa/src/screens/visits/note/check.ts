/** What is missing from a note, and what contradicts itself. Nothing else keeps it from being handed in. Pure. */
import { tidy } from "../../../components/text.ts";
import { adultsOf, childrenOf, factOf } from "../reading.ts";
import type { NoteFrame } from "./family.ts";
import { flagOf, itemsIn, textOf } from "./fields.ts";
import type { Fields } from "./fields.ts";
import { momentOf } from "./hand-in.ts";
import type { StepKey } from "./steps.ts";

/** Something to look at, and the step of the form where it is. */
export interface Remark {
  readonly step: StepKey;
  readonly text: string;
}

/** What cannot both be so, or would be lost: it must be put right first. */
export function contradictions(frame: NoteFrame, fields: Fields): Remark[] {
  const [arrived, left] = [momentOf(frame, fields, "arrived"), momentOf(frame, fields, "left")];
  const found: Remark[] = [];
  const say = (wrong: boolean, step: StepKey, text: string): void => {
    if (wrong) found.push({ step, text });
  };
  say(textOf(fields, "outcome") === "", "door", "Choose what came of it at the door.");
  say(arrived !== null && Date.parse(arrived) > frame.nowMs, "door", "The arrival lies in the future.");
  say(left !== null && Date.parse(left) > frame.nowMs, "next", "You cannot have left in the future.");
  const backwards = arrived !== null && left !== null && left < arrived;
  say(backwards, "next", `You left at ${textOf(fields, "left")}, before you arrived at ${textOf(fields, "arrived")}.`);
  say(lacksWords(fields, "new_action", ["who", "owner", "due"]), "plan", "An action does not say what is to be done. Write it, or take the action away.");
  say(lacksWords(fields, "new_barrier", ["category"]), "plan", "A barrier has no words. Write what it is, or take it away.");
  say(uncategorised(fields), "plan", "A barrier has no category.");
  const next = textOf(fields, "next.on");
  say(flagOf(fields, "next.needed") === true && next !== "" && next < textOf(fields, "date"), "next", "The next visit lies before this one.");
  const sharing = childrenOf(frame.caseCells).some(({ item }) => tidy(textOf(fields, `shared.${item}`)) !== "");
  const basis = textOf(fields, "basis");
  say(sharing && (basis === "" || basis === "none"), "next", "Something is to be shared with a school, and the basis for sharing does not allow it.");
  return found;
}

function lacksWords(fields: Fields, kind: "new_action" | "new_barrier", others: readonly string[]): boolean {
  return itemsIn(fields, kind).some((item) => {
    const begun = others.some((name) => textOf(fields, `${kind}.${item}.${name}`) !== "");
    return begun && tidy(textOf(fields, `${kind}.${item}.what`)) === "";
  });
}

function uncategorised(fields: Fields): boolean {
  return itemsIn(fields, "new_barrier").some((item) => {
    return tidy(textOf(fields, `new_barrier.${item}.what`)) !== "" && textOf(fields, `new_barrier.${item}.category`) === "";
  });
}

/** What a reader would look for and not find. */
export function missing(frame: NoteFrame, fields: Fields): Remark[] {
  const outcome = textOf(fields, "outcome");
  const found: Remark[] = [];
  const say = (lacks: boolean, step: StepKey, text: string): void => {
    if (lacks) found.push({ step, text });
  };
  say(textOf(fields, "arrived") === "", "door", "When you arrived");
  if (outcome === "seen") found.push(...missingWhenSeen(frame, fields));
  if (outcome === "no_answer") say(itemsIn(fields, "call").length === 0, "door", "Whether you tried to ring them");
  say(textOf(fields, "left") === "", "next", "When you left");
  say(flagOf(fields, "next.needed") === null, "next", "Whether somebody comes again");
  say(flagOf(fields, "next.needed") === true && textOf(fields, "next.on") === "", "next", "On which day somebody comes again");
  return found;
}

function missingWhenSeen({ caseCells }: NoteFrame, fields: Fields): Remark[] {
  const empty = (name: string): boolean => tidy(textOf(fields, name)) === "";
  const members = [...adultsOf(caseCells), ...childrenOf(caseCells)];
  const nobody = members.every(({ item }) => flagOf(fields, `present.${item}`) !== true) && itemsIn(fields, "adult").length === 0;
  const interpreter = factOf(caseCells, "language")?.interpreter === true && flagOf(fields, "interpreter.used") === null;
  return [
    ...(nobody ? [{ step: "who", text: "Who was there" } as const] : []),
    ...childrenOf(caseCells).flatMap((child) => missingOfChild(child, fields)),
    ...(empty("observation") ? [{ step: "account", text: "What you saw and heard (observation)" } as const] : []),
    ...(empty("parent_view") ? [{ step: "account", text: "The parent’s view" } as const] : []),
    ...(interpreter ? [{ step: "who", text: "Whether somebody interpreted" } as const] : []),
    ...(empty("basis") ? [{ step: "next", text: "The basis for sharing" } as const] : []),
  ];
}

function missingOfChild({ item, name }: { item: string; name: string }, fields: Fields): Remark[] {
  const step = "children";
  const seen = flagOf(fields, `seen.${item}`);
  if (seen === null) return [{ step, text: `Whether ${name} was seen` }];
  const empty = (field: string): boolean => tidy(textOf(fields, field)) === "";
  if (!seen) return empty(`seen.${item}.why_not`) ? [{ step, text: `Why ${name} was not seen` }] : [];
  const alone = flagOf(fields, `alone.${item}`);
  return [
    ...(alone === null ? [{ step, text: `Whether ${name} was seen alone` } as const] : []),
    ...(alone === false && empty(`alone.${item}.why_not`) ? [{ step, text: `Why ${name} was not seen alone` } as const] : []),
    ...(empty(`words.${item}`) ? [{ step, text: `${name}’s own words` } as const] : []),
  ];
}
