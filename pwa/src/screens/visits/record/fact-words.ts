/** A visit's facts in plain words. Pure. */
import { longDate } from "../../../components/text.ts";
import { localMoment } from "../../../domain/time.ts";
import { filled, isOfVisit } from "../../../domain/facts.ts";
import type { Fact, FactOf, FactSaid } from "../../../domain/facts.ts";
import { BASES, OUTCOMES, span } from "../words.ts";

type VisitFact = FactOf<"plan" | "arrived" | "left" | "outcome" | "present" | "seen" | "alone" | "interpreter" | "basis" | "next_visit">;

interface Around {
  zone: string;
  /** A child's name by the member's id. */
  member: (item: string) => string;
  staff: (person: string) => string;
}

/** What a fact of a visit is about: "Ada Finch, seen". */
export function factName(says: FactSaid["says"], { member }: Around): string {
  const fact = filled(says);
  if (!isVisitFact(fact)) return "";
  switch (fact.fact) {
    case "plan":
      return "Plan";
    case "arrived":
      return "Arrived";
    case "left":
      return "Left";
    case "outcome":
      return "At the door";
    case "present":
      return fact.name;
    case "seen":
      return `${member(fact.item)}, seen`;
    case "alone":
      return `${member(fact.item)}, seen alone`;
    case "interpreter":
      return "Interpreter";
    case "basis":
      return "Basis for sharing";
    case "next_visit":
      return "Next visit";
    default:
      return fact satisfies never;
  }
}

/** What was said of it: "Yes, in the kitchen: tired and cheerful". */
export function factWords(says: FactSaid["says"], { zone, staff }: Around): string {
  const fact = filled(says);
  if (!isVisitFact(fact)) return "";
  switch (fact.fact) {
    case "plan":
      return `${longDate(localMoment(fact.starts, zone).date)}, ${span(fact.starts, fact.ends, zone)}: ${fact.purpose}${fact.cancelled ? ` (cancelled: ${fact.cancelled})` : ""}; ${fact.workers.map(staff).join(", ")}; ${fact.address}`;
    case "arrived":
    case "left":
      return localMoment(fact.at, zone).time;
    case "outcome":
      return joined([OUTCOMES[fact.outcome], fact.card_left === true ? "a card was left" : null], fact.note);
    case "present":
      return fact.present ? `There (${fact.relation}${fact.unknown === true ? ", not known to the worker" : ""})` : "Not there";
    case "seen":
      return fact.seen ? joined(["Yes", fact.where ?? null], fact.presentation) : joined(["No"], fact.why_not);
    case "alone":
      return fact.alone ? "Yes" : joined(["No"], fact.why_not);
    case "interpreter":
      return joined([fact.language, fact.name ?? null], null);
    case "basis":
      return joined([BASES[fact.basis]], fact.note);
    case "next_visit":
      return joined([fact.on === null ? "Not needed" : longDate(fact.on)], fact.note);
    default:
      return fact satisfies never;
  }
}

function isVisitFact(fact: Fact): fact is VisitFact {
  return isOfVisit(fact);
}

function joined(first: readonly (string | null)[], rest: string | null | undefined): string {
  const words = first.filter((one) => one !== null && one !== "").join(", ");
  return rest ? `${words}: ${rest}` : words;
}
