import { expect, test } from "vitest";
import { hasPower, isDesk } from "../../../pwa/src/domain/policy.ts";
import tables from "../../../pwa/src/generated/tables.json" with { type: "json" };
import type { Role } from "../../../pwa/src/generated/types.ts";

test("tablets are enrolled and revoked by the desk and by administrators, and by nobody else", () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table's keys are the roles
  const roles = Object.keys(tables.roles) as Role[];
  const may = roles.filter((role) => hasPower(role, "access"));
  expect(may.filter((role) => !isDesk(role))).toEqual(["administrator"]);
  expect(roles.filter((role) => isDesk(role) && !hasPower(role, "access"))).toEqual([]);
});
