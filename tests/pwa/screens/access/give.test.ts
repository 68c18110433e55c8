import { expect, test } from "vitest";
import { giveBody, giveErrors, newGrant, scopeOf, untilOf } from "../../../../pwa/src/screens/access/give.ts";
import type { GiveDraft } from "../../../../pwa/src/screens/access/give.ts";
import { NINE_MS, SCHOOL } from "../../support/factory.ts";

const { calendar } = SCHOOL;
const ZONE = "Europe/London";
const HOUR_MS = 3_600_000;

function draft(more: Partial<GiveDraft> = {}): GiveDraft {
  const begun = newGrant(calendar, NINE_MS, "staff-2", ["class_teacher", "cover_teacher"]);
  return { ...begun, groups: ["form-1"], purpose: " On a course ", ...more };
}

const fields = (more: Partial<GiveDraft>): string[] => giveErrors(draft(more), ZONE, NINE_MS).map(({ field }) => field);

test("a grant is for cover until the end of today's last session, unless somebody says otherwise", () => {
  expect(draft()).toMatchObject({ person: "staff-2", role: "cover_teacher", from: null, untilDate: "2026-11-23", untilTime: "15:20" });
  expect(untilOf(calendar, NINE_MS + 7 * HOUR_MS)).toEqual({ date: "2026-11-24", time: "15:20" });
  expect(untilOf(calendar, NINE_MS - 24 * HOUR_MS)).toEqual({ date: "2026-11-23", time: "15:20" });
  expect(newGrant(calendar, NINE_MS, "", ["class_teacher"]).role).toBe("");
});

test("the entry says all of it, in moments", () => {
  expect(giveBody(draft(), ZONE, NINE_MS)).toEqual({
    kind: "grant.given",
    person: "staff-2",
    grants: "cover_teacher",
    groups: ["form-1"],
    pupils: [],
    starts: "2026-11-23T09:00:00.000Z",
    ends: "2026-11-23T15:20:00.000Z",
    purpose: "On a course",
  });
  const summer = draft({ from: { date: "2026-06-01", time: "09:00" }, untilDate: "2026-12-01", untilTime: "09:00" });
  expect(giveBody(summer, ZONE, NINE_MS)).toMatchObject({ starts: "2026-06-01T08:00:00.000Z", ends: "2026-12-01T09:00:00.000Z" });
});

test("only what the role is granted over goes along", () => {
  expect((["cover_teacher", "virtual_school", "governor", "head", ""] as const).map((role) => scopeOf({ role, area: false }))).toEqual([
    "groups",
    "pupils",
    "none",
    "none",
    "none",
  ]);
  expect((["family_worker", "team_lead", "authority_coordinator"] as const).map((role) => scopeOf({ role, area: true }))).toEqual(["cases", "cases", "none"]);
  const worker = draft({ role: "family_worker", pupils: ["pup-1"] });
  expect(giveBody(worker, ZONE, NINE_MS)).toMatchObject({ groups: [], pupils: ["pup-1"] });
});

test("in an area a worker is granted cases, or teams", () => {
  const begun = newGrant(calendar, NINE_MS, "staff-2", ["family_worker"], true);
  expect(begun.role).toBe("family_worker");
  const empty = { ...begun, purpose: "Joint visits" };
  expect(giveErrors(empty, ZONE, NINE_MS)).toEqual([{ field: "case", text: "Choose at least one case, or a team" }]);
  expect(giveBody({ ...empty, cases: ["case-1"] }, ZONE, NINE_MS)).toMatchObject({ groups: [], pupils: [], cases: ["case-1"] });
  expect(giveBody({ ...empty, groups: ["team-1"] }, ZONE, NINE_MS)).toMatchObject({ groups: ["team-1"], cases: [] });
});

test("each mistake is told at its field", () => {
  expect(fields({})).toEqual([]);
  expect(fields({ person: "", role: "", purpose: " " })).toEqual(["person", "role", "purpose"]);
  expect(fields({ groups: [] })).toEqual(["group"]);
  expect(fields({ role: "team_lead" })).toEqual(["pupil"]);
  expect(fields({ from: { date: "", time: "09:00" } })).toEqual(["from-date"]);
  expect(fields({ untilTime: "" })).toEqual(["until-date"]);
  expect(fields({ untilTime: "08:00" })).toEqual(["until-date"]);
  expect(fields({ from: { date: "2026-11-24", time: "09:00" } })).toEqual(["until-date"]);
  expect(fields({ untilDate: "2027-11-25" })).toEqual(["until-date"]);
  expect(giveBody(draft({ purpose: "" }), ZONE, NINE_MS)).toBeNull();
});
