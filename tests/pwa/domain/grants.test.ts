import { expect, test } from "vitest";
import { endsMs, roleFor, rolesAt, stateOf } from "../../../pwa/src/domain/grants.ts";
import { momentAt } from "../../../pwa/src/domain/time.ts";
import type { Grant, MySchool, Role } from "../../../pwa/src/generated/types.ts";
import { NINE, NINE_MS } from "../support/factory.ts";

const MINUTE = 60_000;
const later = (minutes: number): string => new Date(NINE_MS + minutes * MINUTE).toISOString();

function grant(more: Partial<Grant>): Grant {
  return { id: "entry:1", person: "staff-1", role: "cover_teacher", ...more };
}

function school(...grants: Grant[]): MySchool {
  return { school: "sch-1", name: "Marsh Lane School", grants };
}

test("a grant is in force from its start up to its end, or until it was ended", () => {
  const given = grant({ starts: later(10), ends: later(60) });
  expect([0, 10, 59, 60].map((minutes) => stateOf(given, NINE_MS + minutes * MINUTE))).toEqual([
    "to_begin",
    "in_force",
    "in_force",
    "over",
  ]);
  const ended = grant({ ends: later(60), ended: { at: later(5), by: "staff-9", reason: "Back", entry: "entry:2" } });
  expect([endsMs(ended), stateOf(ended, NINE_MS + 5 * MINUTE)]).toEqual([NINE_MS + 5 * MINUTE, "over"]);
  expect([endsMs(grant({})), stateOf(grant({}), NINE_MS)]).toEqual([null, "in_force"]);
});

test("the role that may write most comes last", () => {
  const post = grant({ id: "post", role: "administrator" });
  const mine = school(grant({ role: "attendance_officer", ends: later(60) }), post, grant({ starts: NINE, ends: later(90) }));
  expect(rolesAt(mine, "administrator", NINE_MS)).toEqual(["administrator", "cover_teacher", "attendance_officer"]);
  expect(rolesAt(mine, "administrator", NINE_MS + 60 * MINUTE)).toEqual(["administrator", "cover_teacher"]);
  expect(rolesAt(mine, "administrator", NINE_MS + 90 * MINUTE)).toEqual(["administrator"]);
});

test("somebody with several roles makes an entry in one that may", () => {
  const roles: Role[] = ["administrator", "cover_teacher", "family_worker"];
  expect(roleFor("register.taken", roles)).toBe("cover_teacher");
  expect(roleFor("concern.raised", roles)).toBe("family_worker");
  expect(roleFor("grant.given", roles)).toBe("administrator");
  expect(roleFor("contest.settled", roles)).toBe("family_worker");
  expect(roleFor("contest.settled", [])).toBeUndefined();
});

test("with every grant ended there is none; what was kept before grants were told has the account's", () => {
  const over = school(grant({ ends: NINE }));
  expect(rolesAt(over, "cover_teacher", NINE_MS)).toEqual([]);
  expect(rolesAt({ ...school(), role: null }, "cover_teacher", NINE_MS)).toEqual([]);
  expect(rolesAt({ school: "sch-1", name: "Marsh Lane School" }, "cover_teacher", NINE_MS)).toEqual(["cover_teacher"]);
  expect(rolesAt({ ...school(), role: "head" }, "cover_teacher", NINE_MS)).toEqual(["head"]);
  expect(rolesAt(undefined, "cover_teacher", NINE_MS)).toEqual([]);
});

test("a time on the school's clock is a moment, in summer and in winter, and on the days between", () => {
  const at = (date: string, time: string): string => new Date(momentAt(date, time, "Europe/London")).toISOString();
  expect(at("2026-11-23", "15:20")).toBe("2026-11-23T15:20:00.000Z");
  expect(at("2026-06-01", "15:20")).toBe("2026-06-01T14:20:00.000Z");
  expect(at("2026-03-29", "00:30")).toBe("2026-03-29T00:30:00.000Z");
  expect(at("2026-03-29", "02:30")).toBe("2026-03-29T01:30:00.000Z");
  expect(at("2026-10-25", "09:00")).toBe("2026-10-25T09:00:00.000Z");
});
