import { expect, test } from "vitest";
import { givenBy, hasPower, mayUseAnyCode, mayWrite, sees } from "../../../pwa/src/domain/policy.ts";
import tables from "../../../pwa/src/generated/tables.json" with { type: "json" };
import type { Role } from "../../../pwa/src/generated/types.ts";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table's keys are the roles
const ROLES = Object.keys(tables.roles) as Role[];
const DESK = ["attendance_champion", "attendance_officer", "head"];

test("tablets are enrolled and revoked, and grants given, by the desk, an area's team leads and administrators alone", () => {
  expect(ROLES.filter((role) => hasPower(role, "access")).toSorted()).toEqual(["administrator", "team_lead", ...DESK].toSorted());
  expect(ROLES.filter((role) => givenBy(role).length > 0)).toEqual(ROLES.filter((role) => hasPower(role, "access")));
  expect(ROLES.filter((role) => givenBy("head").includes(role))).not.toContain("administrator");
});

test("who settles may use every code, and sees the whole school; a safeguarding lead only sees it", () => {
  expect(ROLES.filter((role) => mayWrite(role, "contest.settled")).toSorted()).toEqual(DESK);
  expect(ROLES.filter(mayUseAnyCode).toSorted()).toEqual(DESK);
  expect(ROLES.filter((role) => sees(role, "office")).toSorted()).toEqual([...DESK, "safeguarding_lead"]);
});
