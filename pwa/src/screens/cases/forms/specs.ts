/** What each fact of a case asks and says: one table, from which every form and every line is made. Pure. */
import { BARRIERS } from "../../../components/barriers.ts";
import type { Fact, FactKind, FactOf } from "../../../domain/facts.ts";
import { languageName, listing, shortDate } from "../../../components/text.ts";
import type { Field, Option } from "./fields.ts";

/** Facts of a case that people write through a form. */
export type CaseFactKind = Exclude<
  FactKind,
  "plan" | "arrived" | "left" | "outcome" | "present" | "seen" | "alone" | "interpreter" | "next_visit" | "letter"
>;

/** Whom and what ids stand for, on this tablet. */
export interface Names {
  member: (item: string) => string;
  person: (person: string) => string;
  team: (team: string) => string;
}

export interface Spec<K extends CaseFactKind> {
  kind: K;
  /** "action": what one of them is called; there may be several where `several`. */
  one: string;
  several: boolean;
  fields: readonly Field[];
  /** What it says, in one line, and what it says besides. */
  title: (fact: FactOf<K>, names: Names) => string;
  lines: (fact: FactOf<K>, names: Names) => readonly (readonly [label: string, text: string])[];
  /** What it is sorted by; absent: as recorded. */
  order?: (fact: FactOf<K>) => string;
  /** What makes it no more, and what that is called; absent where it only changes. */
  end?: { text: string; change: Partial<FactOf<K>> };
}

/** A spec for whatever fact it is given. */
interface Words {
  title: (fact: Fact, names: Names) => string;
  lines: (fact: Fact, names: Names) => readonly (readonly [label: string, text: string])[];
}

type Specs = { [K in CaseFactKind]: Spec<K> };

const yes = (value: boolean | undefined): boolean => value === true;
const options = (texts: Readonly<Record<string, string>>): readonly Option[] =>
  Object.entries(texts).map(([value, text]) => ({ value, text }));

export const BASES = {
  public_task: "Public task",
  legal_obligation: "Legal obligation",
  safeguarding: "Safeguarding a child",
  vital_interests: "Vital interests",
  consent: "Consent",
  none: "None yet",
} as const;
export const STATUSES = { open: "Open", paused: "Paused", closed: "Closed" } as const;
export const CLOSED_WITH = {
  goals_met: "Goals met",
  stepped_up: "Stepped up to social care",
  stepped_down: "Stepped down to the school",
  consent_withdrawn: "The family withdrew",
  moved: "The family moved away",
  other: "Something else",
} as const;
const DOMAINS = {
  education: "Education",
  health: "Health",
  home: "Home",
  family: "Family",
  safety: "Safety",
  money: "Money and work",
  other: "Other",
} as const;
const RISK_TO = { visitor: "Whoever visits", child: "A child", adult: "An adult" } as const;
const CONSENT_TO = { support: "Support", assessment: "An assessment", sharing: "Sharing information", photos: "Photos" } as const;
const ACTION = { open: "To do", done: "Done", dropped: "Dropped" } as const;
const REFERRAL = { sent: "Sent", waiting: "On a waiting list", accepted: "Accepted", declined: "Declined", ended: "Ended" } as const;
const EFFECT = { too_early: "Too early to say", helped: "It helped", no_change: "No change", worse: "It made things worse" } as const;
const REVIEWED = { continue: "Go on as planned", step_up: "Step up", step_down: "Step down", close: "Close" } as const;
const HOW = { phone: "Phone", text: "Text message", email: "E-mail", letter: "Letter", card: "Card through the door", in_person: "In person" } as const;
export const STEPS = {
  early_conversation: "Early conversation",
  voluntary_support: "Voluntary support offered",
  attendance_contract: "Attendance contract",
  support_meeting: "Support meeting",
  notice_to_improve: "Notice to improve",
  penalty_notice: "Penalty notice",
  supervision_order: "Education supervision order",
  parenting_order: "Parenting order",
  attendance_order: "School attendance order",
  prosecution: "Prosecution",
  social_care: "Referral to social care",
} as const;

/** Languages offered for a family, by BCP 47. */
const LANGUAGES = ["en", "ar", "bn", "cs", "fa", "fr", "gu", "hu", "ku", "lt", "pa", "pl", "ps", "pt", "ro", "sk", "so", "es", "ti", "tr", "uk", "ur", "zh"];
const FLAGS = { do_not_disclose: "Do not tell anyone this address", domestic_abuse: "Domestic abuse", third_party: "Somebody else’s address", dog: "Dog" } as const;

const what = (label: string, hint?: string): Field => ({ name: "what", label, type: "area", required: true, ...(hint === undefined ? {} : { hint }) });
const note: Field = { name: "note", label: "Note", type: "area" };
const child = (none: string): Field => ({ name: "child", label: "Which child", type: "member", children: true, none });
const gone = { text: "No longer so", change: { gone: true } } as const;
const said = (label: string, value: string | null | undefined): (readonly [string, string])[] => (value ? [[label, value]] : []);
const on = (date: string | null | undefined): string | null => (date ? shortDate(date) : null);

/** Every fact's form and words. */
export const SPECS: Specs = {
  placing: {
    kind: "placing",
    one: "team",
    several: false,
    fields: [
      { name: "team", label: "Team", type: "team", required: true },
      { name: "restricted", label: "Restricted: it leaves no trace for anyone but its own workers", type: "tick" },
      { name: "reason", label: "Reason", type: "text", hint: "For example: a colleague’s family, adoption, an address at risk." },
    ],
    title: (fact, { team }) => `${team(fact.team)}${yes(fact.restricted) ? ", restricted" : ""}`,
    lines: (fact) => said("Reason", fact.reason),
  },
  status: {
    kind: "status",
    one: "status",
    several: false,
    fields: [
      { name: "status", label: "Status", type: "choice", options: options(STATUSES), required: true },
      { name: "outcome", label: "What it ends with", type: "choice", options: options(CLOSED_WITH), required: true, when: (values) => values["status"] === "closed" },
      note,
    ],
    title: (fact) => `${STATUSES[fact.status]}${fact.outcome ? `: ${CLOSED_WITH[fact.outcome].toLowerCase()}` : ""}`,
    lines: (fact) => said("Note", fact.note),
  },
  lead: {
    kind: "lead",
    one: "lead practitioner",
    several: false,
    fields: [
      { name: "person", label: "A colleague with an account", type: "person", none: "Nobody here: of another agency" },
      { name: "name", label: "Name", type: "text", required: true },
      { name: "agency", label: "Agency", type: "text", required: true, hint: "Where they work: the council, a school, health." },
      { name: "phone", label: "Phone", type: "text", inputMode: "tel" },
    ],
    title: (fact) => `${fact.name}, ${fact.agency}`,
    lines: (fact) => said("Phone", fact.phone),
  },
  basis: {
    kind: "basis",
    one: "legal basis",
    several: false,
    fields: [{ name: "basis", label: "Legal basis for keeping this record", type: "choice", options: options(BASES), required: true }, note],
    title: (fact) => BASES[fact.basis],
    lines: (fact) => said("Note", fact.note),
  },
  language: {
    kind: "language",
    one: "language",
    several: false,
    fields: [
      { name: "language", label: "Language the family speaks and reads", type: "choice", options: languageOptions(), required: true },
      { name: "interpreter", label: "Bring an interpreter", type: "tick" },
    ],
    title: (fact) => languageName(fact.language),
    lines: (fact) => (yes(fact.interpreter) ? [["Interpreter", "Bring one"]] : []),
  },
  member: {
    kind: "member",
    one: "member of the household",
    several: true,
    fields: [
      { name: "name", label: "Name", type: "text", required: true },
      { name: "relation", label: "Who they are", type: "text", required: true, hint: "Mother, son, grandmother, lodger." },
      { name: "child", label: "A child", type: "tick" },
      { name: "born", label: "Date of birth", type: "date" },
      { name: "school_name", label: "School", type: "text", when: (values) => values["child"] === "yes" },
      { name: "district", label: "District or authority of the school", type: "text", when: (values) => values["child"] === "yes" },
      note,
    ],
    title: (fact) => `${fact.name}, ${fact.relation.toLowerCase()}`,
    lines: (fact) => [
      ...said("Born", fact.born === null || fact.born === undefined ? null : longYear(fact.born)),
      ...said("School", [fact.school_name, fact.district].filter(Boolean).join(", ")),
      ...said("Note", fact.note),
    ],
    end: { text: "No longer in the household", change: { gone: true } },
  },
  address: {
    kind: "address",
    one: "address",
    several: true,
    fields: [
      { name: "address", label: "Address", type: "area", required: true },
      { name: "of", label: "Whose, where there are several", type: "text" },
      { name: "flags", label: "Warnings", type: "ticks", options: options(FLAGS) },
    ],
    title: (fact) => fact.address.split("\n").join(", "),
    lines: (fact) => [
      ...said("Of", fact.of),
      ...(fact.flags ?? []).map((flag): readonly [string, string] => ["Warning", FLAGS[flag]]),
    ],
    end: { text: "They have left it", change: { gone: true } },
  },
  phone: {
    kind: "phone",
    one: "phone number",
    several: true,
    fields: [
      { name: "name", label: "Name", type: "text", required: true },
      { name: "relation", label: "Who they are", type: "text", required: true },
      { name: "number", label: "Number", type: "text", inputMode: "tel", required: true },
      { name: "language", label: "Language", type: "text" },
      { name: "do_not_contact", label: "Do not ring this number", type: "tick" },
    ],
    title: (fact) => `${fact.name}, ${fact.relation.toLowerCase()}: ${fact.number}`,
    lines: (fact) => [...said("Language", fact.language ? languageName(fact.language) : null), ...(yes(fact.do_not_contact) ? ([["Warning", "Do not ring"]] as const) : [])],
    end: { text: "No longer theirs", change: { gone: true } },
  },
  risk: {
    kind: "risk",
    one: "known risk",
    several: true,
    fields: [what("What the risk is"), { name: "to", label: "A risk to", type: "choice", options: options(RISK_TO), required: true }],
    title: (fact) => fact.what,
    lines: (fact) => [["To", RISK_TO[fact.to]]],
    end: gone,
  },
  consent: {
    kind: "consent",
    one: "consent",
    several: true,
    fields: [
      { name: "of", label: "Whose", type: "text", required: true },
      { name: "to", label: "To what", type: "choice", options: options(CONSENT_TO), required: true },
      { name: "given", label: "Given", type: "tick" },
      { name: "how", label: "How they said so", type: "text", required: true },
      { name: "on", label: "On", type: "date", required: true },
      note,
    ],
    title: (fact) => `${CONSENT_TO[fact.to]}: ${yes(fact.given) ? "given" : "not given"} by ${fact.of}`,
    lines: (fact) => [["How", `${fact.how}, ${shortDate(fact.on)}`], ...said("Note", fact.note)],
  },
  assessment: {
    kind: "assessment",
    one: "part of the assessment",
    several: true,
    fields: [
      { name: "domain", label: "About", type: "choice", options: options(DOMAINS), required: true },
      { name: "on", label: "On", type: "date", required: true },
      { name: "text", label: "What was found", type: "area", required: true },
    ],
    title: (fact) => `${DOMAINS[fact.domain]}, ${shortDate(fact.on)}`,
    lines: (fact) => [["Found", fact.text]],
  },
  barrier: {
    kind: "barrier",
    one: "barrier to attendance",
    several: true,
    fields: [
      { name: "category", label: "Kind", type: "choice", options: options(BARRIERS), required: true },
      what("What keeps them from school"),
      child("All the family’s children"),
    ],
    title: (fact) => `${BARRIERS[fact.category]}: ${fact.what}`,
    lines: (fact, { member }) => said("Child", fact.child ? member(fact.child) : null),
    end: { text: "Removed", change: { removed: true } },
  },
  strength: {
    kind: "strength",
    one: "strength",
    several: true,
    fields: [what("What goes well")],
    title: (fact) => fact.what,
    lines: () => [],
    end: gone,
  },
  goal: {
    kind: "goal",
    one: "goal",
    several: true,
    fields: [
      what("What will be different", "Specific: what somebody could see."),
      { name: "measure", label: "How you will know", type: "text", required: true, hint: "Measured: at school on 9 of 10 days." },
      { name: "by", label: "By when", type: "date", required: true },
      child("All the family’s children"),
      { name: "reached", label: "Reached", type: "tick" },
    ],
    title: (fact) => fact.what,
    lines: (fact, { member }) => [
      ["How we know", fact.measure],
      ["By", shortDate(fact.by)],
      ...said("Child", fact.child ? member(fact.child) : null),
      ...(yes(fact.reached ?? false) ? ([["Reached", "Yes"]] as const) : []),
    ],
  },
  action: {
    kind: "action",
    one: "action",
    several: true,
    fields: [
      what("What will be done", "The school of the child it is for sees this, or the schools of all of them. Name no other child."),
      { name: "owner", label: "Who does it", type: "text", required: true, hint: "A name: the mother, the school, you." },
      { name: "person", label: "A colleague with an account", type: "person", none: "Nobody here" },
      { name: "due", label: "By when", type: "date" },
      child("All the family’s children: their schools see it"),
      { name: "status", label: "How it stands", type: "choice", options: options(ACTION), required: true },
      note,
    ],
    order: (fact) => `${(fact.status ?? "open") === "open" ? 0 : 1} ${fact.due ?? "9999"}`,
    title: (fact) => fact.what,
    lines: (fact, { member }) => [
      ["Who", fact.owner],
      ...said("By", on(fact.due)),
      ["Stands", ACTION[fact.status ?? "open"]],
      ...said("Child", fact.child ? member(fact.child) : null),
      ...said("Note", fact.note),
    ],
  },
  partner: {
    kind: "partner",
    one: "member of the team around the family",
    several: true,
    fields: [
      { name: "name", label: "Name", type: "text", required: true },
      { name: "role", label: "What they do", type: "text", required: true },
      { name: "agency", label: "Agency", type: "text", required: true },
      { name: "phone", label: "Phone", type: "text", inputMode: "tel" },
      { name: "email", label: "E-mail", type: "text", inputMode: "email" },
    ],
    title: (fact) => `${fact.name}, ${fact.role}, ${fact.agency}`,
    lines: (fact) => [...said("Phone", fact.phone), ...said("E-mail", fact.email)],
    end: { text: "No longer in the team", change: { gone: true } },
  },
  meeting: {
    kind: "meeting",
    one: "meeting",
    several: true,
    fields: [
      { name: "on", label: "On", type: "date", required: true },
      { name: "at", label: "At", type: "time" },
      { name: "held", label: "It took place", type: "tick" },
      { name: "attended", label: "Who came, one a line", type: "lines", when: (values) => values["held"] === "yes" },
      { name: "notes", label: "What was agreed", type: "area", when: (values) => values["held"] === "yes" },
    ],
    title: (fact) => `${yes(fact.held) ? "Met" : "To meet"} on ${shortDate(fact.on)}${fact.at ? ` at ${fact.at}` : ""}`,
    lines: (fact) => [...said("Came", listing(fact.attended ?? [])), ...said("Agreed", fact.notes)],
  },
  review: {
    kind: "review",
    one: "review",
    several: true,
    fields: [
      { name: "due", label: "Due", type: "date", required: true },
      { name: "held", label: "Held on", type: "date" },
      { name: "outcome", label: "What came of it", type: "choice", options: options(REVIEWED), required: true, when: (values) => (values["held"] ?? "") !== "" },
      note,
    ],
    order: (fact) => `${fact.held ? 1 : 0} ${fact.due}`,
    title: (fact) => (fact.held ? `Held on ${shortDate(fact.held)}` : `Due on ${shortDate(fact.due)}`),
    lines: (fact) => [...said("Outcome", fact.outcome ? REVIEWED[fact.outcome] : null), ...said("Note", fact.note)],
  },
  referral: {
    kind: "referral",
    one: "referral",
    several: true,
    fields: [
      { name: "to", label: "To", type: "text", required: true, hint: "The service, and who there." },
      child("The whole family"),
      { name: "reason", label: "Why", type: "area", required: true },
      { name: "sent", label: "Sent on", type: "date", required: true },
      { name: "status", label: "How it stands", type: "choice", options: options(REFERRAL), required: true },
      { name: "replied", label: "Answered on", type: "date" },
      { name: "reply", label: "What they answered", type: "area" },
    ],
    title: (fact) => `${fact.to}: ${REFERRAL[fact.status ?? "sent"].toLowerCase()}`,
    lines: (fact, { member }) => [
      ["Sent", shortDate(fact.sent)],
      ["Why", fact.reason],
      ...said("Child", fact.child ? member(fact.child) : null),
      ...said("Answer", [on(fact.replied), fact.reply].filter(Boolean).join(": ")),
    ],
  },
  strategy: {
    kind: "strategy",
    one: "strategy",
    several: true,
    fields: [
      what("What is tried"),
      child("All the family’s children"),
      { name: "began", label: "Began", type: "date", required: true },
      { name: "ended", label: "Ended", type: "date" },
      { name: "effect", label: "What came of it", type: "choice", options: options(EFFECT), required: true },
      note,
    ],
    title: (fact) => fact.what,
    lines: (fact, { member }) => [
      ["Since", `${shortDate(fact.began)}${fact.ended ? ` to ${shortDate(fact.ended)}` : ""}`],
      ["What came of it", EFFECT[fact.effect ?? "too_early"]],
      ...said("Child", fact.child ? member(fact.child) : null),
      ...said("Note", fact.note),
    ],
  },
  contact: {
    kind: "contact",
    one: "contact",
    several: true,
    fields: [
      { name: "on", label: "On", type: "date", required: true },
      { name: "time", label: "At", type: "time", required: true },
      { name: "how", label: "How", type: "choice", options: options(HOW), required: true },
      { name: "name", label: "With whom", type: "text", required: true },
      { name: "reached", label: "Reached them", type: "tick" },
      note,
    ],
    title: (fact) => `${HOW[fact.how]}, ${fact.name}: ${yes(fact.reached) ? "reached" : "not reached"}`,
    lines: (fact) => said("Note", fact.note),
  },
  step: {
    kind: "step",
    one: "step of the support ladder",
    several: true,
    fields: [
      { name: "step", label: "Step", type: "choice", options: options(STEPS), required: true },
      { name: "on", label: "On", type: "date", required: true },
      child("The whole family"),
      { name: "reason", label: "Why, and who decided", type: "area", required: true },
    ],
    title: (fact) => `${STEPS[fact.step]}, ${shortDate(fact.on)}`,
    lines: (fact, { member }) => [...said("Child", fact.child ? member(fact.child) : null), ["Why", fact.reason]],
  },
  shared: {
    kind: "shared",
    one: "note to a school",
    several: true,
    fields: [
      { name: "child", label: "About which child", type: "member", children: true, none: "", required: true },
      { name: "text", label: "What the school’s safeguarding lead is told", type: "area", required: true },
      { name: "basis", label: "On which basis", type: "choice", options: options(BASES), required: true },
    ],
    title: (fact, { member }) => `To the school of ${member(fact.child)}`,
    lines: (fact) => [
      ["Told", fact.text],
      ["Basis", BASES[fact.basis]],
    ],
    end: { text: "Take it back", change: { withdrawn: true } },
  },
};

/** All that a fact says, in one line; null for one that has no form of its own. */
export function factWords(fact: Fact, names: Names): string | null {
  const found: unknown = Object.hasOwn(SPECS, fact.fact) ? Reflect.get(SPECS, fact.fact) : null;
  if (found === null) return null;
  // Each spec takes the facts of its own kind, by which it is found.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  const { title, lines } = found as Words;
  return [title(fact, names), ...lines(fact, names).map(([label, text]) => `${label}: ${text}`)].join(". ");
}

function languageOptions(): readonly Option[] {
  return LANGUAGES.map((value) => ({ value, text: languageName(value) }));
}

function longYear(date: string): string {
  return new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(date));
}
