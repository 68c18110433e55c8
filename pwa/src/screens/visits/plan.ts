/** A visit's plan as a form: what it begins with, what is wrong with it, and the fact it becomes. Pure. */
import { momentAt, instant, localMoment } from "../../domain/time.ts";
import { shortDate, tidy } from "../../components/text.ts";
import type { FormError } from "../../components/error-summary.tsx";
import type { Case, VisitPlan } from "../../generated/types.ts";
import { factOf, itemsOf } from "./reading.ts";
import type { Cells, FactOf } from "./reading.ts";

/** The form, as it stands in its inputs. */
export interface PlanForm {
  purpose: string;
  type: VisitPlan["type"];
  announced: "" | "yes" | "no";
  date: string;
  starts: string;
  ends: string;
  address: string;
  risks: string;
  workers: readonly string[];
  buddy: string;
  authorisedBy: string;
  agreed: string;
}

interface Beginning {
  today: string;
  me: string;
  caseCells: Cells;
  /** What was agreed, from open actions and the last visit. */
  agreed: string;
}

/** A new plan, filled with what the case knows. */
export function newPlan({ today, me, caseCells, agreed }: Beginning): PlanForm {
  const addresses = itemsOf(caseCells, "address");
  const risks = itemsOf(caseCells, "risk").map(({ what }) => what);
  return {
    purpose: "",
    type: "attendance",
    announced: "",
    date: today,
    starts: "",
    ends: "",
    address: addresses[0]?.address ?? "",
    risks: risks.join("\n"),
    workers: [me],
    buddy: "",
    authorisedBy: "",
    agreed,
  };
}

/** A plan that is there, to be changed. */
export function formOf(plan: FactOf<"plan">, zone: string): PlanForm {
  const [starts, ends] = [localMoment(plan.starts, zone), localMoment(plan.ends, zone)];
  return {
    purpose: plan.purpose,
    type: plan.type,
    announced: plan.announced ? "yes" : "no",
    date: starts.date,
    starts: starts.time,
    ends: ends.time,
    address: plan.address,
    risks: plan.risks ?? "",
    workers: plan.workers,
    buddy: plan.buddy ?? "",
    authorisedBy: plan.authorised_by ?? "",
    agreed: plan.agreed_last_time ?? "",
  };
}

/** What must be put right before it can be saved. */
export function planErrors(form: PlanForm): FormError[] {
  const errors: FormError[] = [];
  const need = (wrong: boolean, field: string, text: string): void => {
    if (wrong) errors.push({ field, text });
  };
  need(tidy(form.purpose) === "", "purpose", "Enter what the visit is for");
  need(form.announced === "", "announced", "Choose whether the family knows that you come");
  need(form.date === "", "date", "Enter the day of the visit");
  need(form.starts === "", "starts", "Enter when you set out or are there");
  need(form.ends === "", "ends", "Enter when you will be back");
  const both = form.starts !== "" && form.ends !== "";
  need(both && form.ends <= form.starts, "ends", `The visit must end after it starts, at ${form.starts}`);
  need(tidy(form.address) === "", "address", "Enter the address");
  need(form.workers.length === 0, "workers", "Choose who goes");
  need(form.buddy !== "" && form.workers.includes(form.buddy), "buddy", "The buddy is somebody who does not go along");
  return errors;
}

/** The plan as a fact. Call it only for a form without errors. */
export function planOf(form: PlanForm, zone: string): FactOf<"plan"> {
  const text = (value: string): string | null => tidy(value) || null;
  return {
    fact: "plan",
    purpose: tidy(form.purpose),
    type: form.type,
    announced: form.announced === "yes",
    starts: instant(momentAt(form.date, form.starts, zone)),
    ends: instant(momentAt(form.date, form.ends, zone)),
    address: tidy(form.address),
    risks: text(form.risks),
    workers: [...form.workers],
    buddy: form.buddy === "" ? null : form.buddy,
    authorised_by: text(form.authorisedBy),
    agreed_last_time: text(form.agreed),
    cancelled: null,
  };
}

/** What was agreed with the family and is still to be done, a line each. */
export function agreedLines(caseCells: Cells): string[] {
  return itemsOf(caseCells, "action")
    .filter(({ status }) => (status ?? "open") === "open")
    .map(({ what, owner, due }) => `${what} (${owner}${due ? `, by ${shortDate(due)}` : ""})`);
}

/** The plan of a visit; where it is contested, as was said last. */
export function planIn(cells: Cells): FactOf<"plan"> | null {
  return factOf(cells, "plan");
}

/** Those of `going` who do not see the case as its workers; `known`: who sees it anyhow. */
export function strangersTo(of: Case | null, going: readonly string[], known: readonly string[]): string[] {
  if (of?.workers === undefined) return [];
  const see = new Set([...known, ...of.workers.map(({ person }) => person)]);
  return going.filter((person) => !see.has(person));
}
