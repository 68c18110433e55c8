/** Concerns, and a school that answers for them. */
import type { BodyOf } from "../../../../pwa/src/domain/entry.ts";
import type { Case, Concern, ConcernNote, FactCell, School, ToRing } from "../../../../pwa/src/generated/types.ts";
import type { OutboxItem } from "../../../../pwa/src/state/model.ts";
import { SCHOOL } from "../../support/factory.ts";

export const TEN = "2026-11-23T10:00:00.000Z";
export const TEN_MS = Date.parse(TEN);

export function ring(name: string, phone: string | null, person: string | null = null): ToRing {
  return { name, role: `The role of ${name}`, phone, email: null, person };
}

export const LEAD = ring("Lena Lead", "01632 960001", "lead");
export const HEAD = ring("Hana Head", "01632 960002", "head");
export const CHAIR = ring("Chi Chair", "01632 960003", "chair");
export const OFFICER = ring("Designated officer", "01632 960004");
export const DUTY = ring("Duty team", "01632 960005");

export const SAFE: School = {
  ...SCHOOL,
  staff: [
    { person: "lead", name: "Lena Lead", role: "safeguarding_lead" },
    { person: "head", name: "Hana Head", role: "head" },
    { person: "tutor", name: "Tess Tutor", role: "class_teacher" },
  ],
  safeguarding: { leads: [LEAD], head: HEAD, chair: CHAIR, designated_officer: OFFICER, duty: DUTY },
};

export function raised(more: Partial<BodyOf<"concern.raised">> = {}): BodyOf<"concern.raised"> {
  return {
    kind: "concern.raised",
    author: "staff-1",
    role: "class_teacher",
    device: "dev",
    written_at: TEN,
    concern: "c1",
    pupil: "pup-1",
    child_name: "Ada Finch",
    text: "A bruise.",
    observed_at: TEN,
    ...more,
  };
}

export function item(body: OutboxItem["body"], more: Partial<OutboxItem> = {}): OutboxItem {
  const id = `entry:${body.kind}`;
  return { log: "l", n: 1, id, body, state: "waiting", reason: null, receivedAt: null, setAside: [], outcome: null, backedUp: false, ...more };
}

export function note(kind: ConcernNote["kind"], more: Partial<ConcernNote> = {}): ConcernNote {
  return { entry: `entry:${kind}`, kind, author: "lead", author_name: "Lena Lead", at: TEN, received_at: TEN, ...more };
}

export function concern(more: Partial<Concern> = {}): Concern {
  return {
    _id: `concern:${more.concern ?? "c1"}`,
    type: "concern",
    concern: "c1",
    place: "sch-1",
    place_name: "Fernhollow School",
    entry: "entry:1",
    pupil: "pup-1",
    child_name: "Ada Finch",
    text: "A bruise on the arm.",
    author: "staff-1",
    author_name: "Tess Tutor",
    role: "class_teacher",
    observed_at: TEN,
    written_at: TEN,
    received_at: TEN,
    route: { to: ["lead"], because: "It goes to the safeguarding lead." },
    answering: ["lead"],
    state: "new",
    due_at: "2026-11-23T11:00:00.000Z",
    ...more,
  };
}

function member(item_: string, name: string, more: object): FactCell {
  const says = { fact: "member", item: item_, name, relation: "child", child: true, gone: false, ...more };
  const claim = { id: `${item_}.0`, entry: "e", kind: "case.opened", says, observed_at: TEN, written_at: TEN, author: "a", author_name: "A", role: "family_worker", device: "d" };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a fact as the server publishes it
  return { cell: `member:${item_}`, state: "agreed", live: [claim.id], claims: [claim] } as unknown as FactCell;
}

/** Two children, one of them at a school on this server, and their aunt. */
export function household(more: Partial<Case> = {}): Case {
  return {
    _id: "case:k1",
    type: "case",
    case: "k1",
    cells: [
      member("m1", "Ada Finch", { school: "sch-1", pupil: "pup-1" }),
      member("m2", "Bo Finch", { school_name: "A school elsewhere", school: "sch-9", pupil: "x" }),
      member("m3", "Aunt Finch", { child: false }),
    ],
    schools: [{ school: "sch-1", name: "Fernhollow School", safeguarding: { leads: [LEAD], head: HEAD } }],
    opened_at: TEN,
    as_at: TEN,
    ...more,
  };
}
