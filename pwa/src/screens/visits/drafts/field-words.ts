/** The fields of a note's form in plain words, for its author and for a lead who reads it. Pure. */
import type { Fields } from "../../../domain/draft-versions.ts";
import { capital } from "../../../components/text.ts";
import { isProse } from "../../../domain/draft-merge.ts";
import { BASES, OUTCOMES } from "../words.ts";

/** Names of the people and things that fields are about, by item. */
export type Names = ReadonlyMap<string, string>;

const PLAIN: Readonly<Record<string, string>> = {
  observation: "What you saw and heard",
  analysis: "What you make of it",
  parent_view: "The parent’s view",
  outcome: "What came of it",
  outcome_note: "What you noticed",
  date: "Day of the visit",
  arrived: "You arrived at",
  left: "You left at",
  card_left: "A card was left",
  "next.needed": "Somebody comes again",
  "next.on": "On which day",
  "next.note": "To know for then",
  basis: "Basis for sharing",
  "basis.note": "What was said about sharing",
  "interpreter.used": "An interpreter helped",
  "interpreter.language": "In which language",
  "interpreter.name": "Who interpreted",
};

/** By the first and the last part of a name with an item between them. */
const OF_ITEM: Readonly<Record<string, (name: string) => string>> = {
  words: (name) => `${name}’s own words`,
  seen: (name) => `${name} was seen`,
  "seen.how": (name) => `How ${name} was`,
  "seen.where": (name) => `Where ${name} was seen`,
  "seen.why_not": (name) => `Why ${name} was not seen`,
  alone: (name) => `You spoke with ${name} alone`,
  "alone.why_not": (name) => `Why not with ${name} alone`,
  present: (name) => `${name} was there`,
  shared: (name) => `Told to ${name}’s school`,
  barrier: (name) => `What is in the way: ${name}`,
  action: (name) => `Action: ${name}`,
  "adult.name": () => "Somebody else who was there",
  "adult.relation": () => "Who they are to the family",
  "adult.unknown": () => "Their name is not known",
  "call.name": () => "Whom you rang",
  "call.at": () => "You rang at",
  "call.how": () => "How you tried to reach them",
  "call.reached": () => "They answered",
  "new_barrier.what": () => "What is in the way",
  "new_barrier.category": () => "Of which kind",
  "new_barrier.child": () => "Whom it keeps from school",
  "strength.what": () => "What goes well",
  "new_action.what": () => "What is to be done",
  "new_action.who": () => "Who does it",
  "new_action.owner": () => "Their name",
  "new_action.due": () => "By when",
  "new_action.child": () => "For which child",
};

/** Fields that are asked as "you": the first in the label is their author, what comes later may be a name. */
const OF_THE_AUTHOR = /^(?:observation|analysis|outcome_note|arrived|left|call\.[^.]+\.(?:name|at|how)|alone\.[^.]+)$/u;

const CHOICES: Readonly<Record<string, string>> = {
  true: "Yes",
  false: "No",
  ...OUTCOMES,
  ...BASES,
};

/** What a field asks for, of its author. */
export function fieldLabel(field: string, names: Names): string {
  const plain = PLAIN[field];
  if (plain !== undefined) return plain;
  const [first = "", item = "", ...rest] = field.split(".");
  const words = OF_ITEM[[first, ...rest].join(".")];
  if (rest.at(-1) === "gone") return "Something that was taken away";
  return words === undefined ? "Something else in the note" : words(names.get(item) ?? names.get(`${first}.${item}`) ?? "somebody");
}

/** What a field asks for, where another reads it: "What they saw and heard". */
export function theirFieldLabel(field: string, names: Names): string {
  const label = fieldLabel(field, names);
  return OF_THE_AUTHOR.test(field) ? label.replace(/\byou\b/iu, (you) => (you === "You" ? "They" : "they")) : label;
}

/** What a field says; a choice in words. */
export function fieldValue(field: string, value: string, names: Names): string {
  if (value.trim() === "") return "Nothing";
  if (isProse(field)) return value;
  const known = CHOICES[value] ?? names.get(value);
  if (known !== undefined) return known;
  return /^[a-z_]+$/u.test(value) ? capital(value.replaceAll("_", " ")) : value;
}

/** What a reader is shown of a draft: not what the form keeps for itself, nor what says nothing. */
export function shownFields(fields: Fields): [field: string, value: string][] {
  const gone = new Set(Object.keys(fields).filter((name) => name.endsWith(".gone") && fields[name] === "true").map((name) => name.slice(0, -"gone".length)));
  return Object.entries(fields)
    .filter(([name, value]) => value.trim() !== "" && isShown(name) && ![...gone].some((one) => name.startsWith(one)))
    .toSorted(([one], [other]) => order(one) - order(other) || one.localeCompare(other));
}

/** Whether a field is its author's to see and to choose. */
export function isShown(field: string): boolean {
  return !field.startsWith("pin.");
}

/** As the form asks: the door, who was there, the account, the rest. */
function order(field: string): number {
  const at = Object.keys(PLAIN).indexOf(field);
  const prose = isProse(field) ? 0 : 100;
  return prose + (at === -1 ? 50 : at);
}
