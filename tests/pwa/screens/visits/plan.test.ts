import { expect, test } from "vitest";
import { flagsOf } from "../../../../pwa/src/screens/visits/loud.tsx";
import { agreedLines, formOf, newPlan, planErrors, planOf, strangersTo } from "../../../../pwa/src/screens/visits/plan.ts";
import type { PlanForm } from "../../../../pwa/src/screens/visits/plan.ts";
import { leavingBody, leavingErrors } from "../../../../pwa/src/screens/visits/leave-form.tsx";
import { at, BEA, DAY, familyCase, MO, PLAN, said, TWO_MS, visit, ZONE } from "./factory.ts";

const HOME = said({ fact: "address", item: "h-1", address: "3 Fernhollow Rise", flags: ["domestic_abuse"] });
const GRAN = said({ fact: "address", item: "h-2", address: "8 Gull Street", of: "Grandmother" });
const DOG = said({ fact: "risk", item: "r-1", what: "A dog that bites", to: "visitor" });

function form(more: Partial<PlanForm> = {}): PlanForm {
  return { ...formOf({ ...PLAN, workers: [MO] }, ZONE), ...more };
}

test("a new plan is filled with what the case knows", () => {
  const { cells } = familyCase([HOME, DOG]);
  const made = newPlan({ today: DAY, me: MO, caseCells: cells, agreed: agreedLines(cells).join("\n") });
  expect(made).toMatchObject({ date: DAY, address: "3 Fernhollow Rise", risks: "A dog that bites", workers: [MO] });
  expect(made.agreed).toBe("Walk to school together (Carla Finch, by Mon 30 Nov)");
});

test("a plan that is there comes back as it was, and on the school's clock", () => {
  expect(form()).toMatchObject({ date: DAY, starts: "14:00", ends: "15:10", announced: "yes", buddy: BEA });
  expect(planErrors(form())).toEqual([]);
  expect(planOf(form(), ZONE)).toMatchObject({ starts: PLAN.starts, ends: PLAN.ends, purpose: PLAN.purpose, cancelled: null });
  const summer = planOf(form({ date: "2026-06-01" }), ZONE);
  expect(summer.starts).toBe("2026-06-01T13:00:00.000Z");
});

test.each([
  [{ ends: "14:00" }, "ends", "The visit must end after it starts, at 14:00"],
  [{ ends: "13:00" }, "ends", "The visit must end after it starts, at 14:00"],
  [{ purpose: " " }, "purpose", "Enter what the visit is for"],
  [{ announced: "" } as const, "announced", "Choose whether the family knows that you come"],
  [{ date: "" }, "date", "Enter the day of the visit"],
  [{ address: "" }, "address", "Enter the address"],
  [{ workers: [] }, "workers", "Choose who goes"],
  [{ buddy: MO }, "buddy", "The buddy is somebody who does not go along"],
])("%o is put right first", (change, field, text) => {
  expect(planErrors(form(change))).toEqual([{ field, text }]);
});

test("flags are those of the address that is visited; where it is none of theirs, of all", () => {
  const { cells } = familyCase([HOME, GRAN]);
  expect(flagsOf(cells, "3 Fernhollow Rise")).toEqual(["domestic_abuse"]);
  expect(flagsOf(cells, "8 Gull Street")).toEqual([]);
  expect(flagsOf(cells, "Somewhere else")).toEqual(["domestic_abuse"]);
});

test("whoever leaves says when they will be back, later than now", () => {
  const leaving = { back: "15:10", where: "3 Fernhollow Rise", buddy: BEA, phone: " 07700 900001 " };
  expect(leavingErrors(leaving, DAY, TWO_MS, ZONE)).toEqual([]);
  expect(leavingErrors({ ...leaving, back: "14:00" }, DAY, TWO_MS, ZONE)).toMatchObject([{ field: "leave-back" }]);
  expect(leavingErrors({ ...leaving, back: "", where: " " }, DAY, TWO_MS, ZONE).map(({ field }) => field)).toEqual(["leave-back", "leave-where"]);
  expect(leavingBody(leaving, { watch: "x-1", visit: visit(), today: DAY, zone: ZONE, offsetMs: 0 })).toEqual({
    kind: "watch.started",
    watch: "x-1",
    case: "c-1",
    visit: "v-1",
    where: "3 Fernhollow Rise",
    expected_back: PLAN.ends,
    buddy: BEA,
    phone: "07700 900001",
  });
});

test("a tablet whose clock is slow says the end by its own clock, as it says when that was written", () => {
  const leaving = { back: "15:10", where: "3 Fernhollow Rise", buddy: "", phone: "" };
  const slow = leavingBody(leaving, { watch: "x-1", visit: visit(), today: DAY, zone: ZONE, offsetMs: 600_000 });
  expect(slow).toMatchObject({ expected_back: at("15:00") });
});

test("who is to go and does not see the case is named, as far as the tablet knows", () => {
  const of = { ...familyCase([]), workers: [{ person: MO, name: "Mo Hart", role: "family_worker" as const }] };
  expect(strangersTo(of, [MO, BEA, "w-lead", "w-me"], ["w-me", "w-lead"])).toEqual([BEA]);
  const { workers: _, ...unknown } = of;
  expect(strangersTo(unknown, [BEA], [])).toEqual([]);
  expect(strangersTo(null, [BEA], [])).toEqual([]);
});
