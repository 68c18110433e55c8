// The vectors that Python keeps too (`tests/sync/family/test_concern_routes.py`).
import { describe, expect, test } from "vitest";
import { further, inHours, routeOf, staffRoles, toRing } from "../../../pwa/src/domain/concern-route.ts";
import type { Concerned, Whom } from "../../../pwa/src/domain/concern-route.ts";
import type { Route, Safeguarding, School, SchoolCalendar } from "../../../pwa/src/generated/types.ts";
import vectors from "../../vectors/concern-route.json" with { type: "json" };

interface RouteCase extends Whom {
  name: string;
  about: Concerned;
  hours: boolean;
  expected: Route & { further: Route["to"] };
}

/* The file is JSON: its texts are known to be of narrower types than TypeScript can see. */
/* oxlint-disable typescript/no-unsafe-type-assertion */
const routes = vectors.routes as unknown as RouteCase[];
const calendar = vectors.calendar as SchoolCalendar;
const hours = vectors.hours as { name: string; hours: Safeguarding["hours"]; at: string; expected: boolean }[];
/* oxlint-enable typescript/no-unsafe-type-assertion */

describe("whom a concern goes to", () => {
  test.each(routes)("$name", ({ about, hours: open, expected, ...whom }) => {
    const { to, because } = routeOf(about, whom, open);
    expect({ to, because, further: further(to, about, whom) }).toEqual(expected);
  });
});

describe("whether a place can be reached", () => {
  test.each(hours)("$name", ({ hours: spans, at, expected }) => {
    expect(inHours(spans, calendar, at)).toBe(expected);
  });
});

test("whom to ring, by the step", () => {
  const one = (name: string): { name: string; role: string } => ({ name, role: name });
  const area = { duty: one("duty of the area") };
  const whom = { safeguarding: { leads: [one("lead")], head: one("head"), duty: one("own duty") }, staff: {}, area };
  expect(toRing(whom, "lead").map(({ name }) => name)).toEqual(["lead"]);
  expect(toRing(whom, "head").map(({ name }) => name)).toEqual(["head"]);
  expect(toRing(whom, "chair")).toEqual([]);
  expect(toRing(whom, "duty").map(({ name }) => name)).toEqual(["duty of the area"]);
  expect(toRing({ ...whom, area: null }, "duty").map(({ name }) => name)).toEqual(["own duty"]);
  expect(toRing({ ...whom, area: {} }, "duty").map(({ name }) => name)).toEqual(["own duty"]);
  expect(toRing({ safeguarding: {}, staff: {}, area: null }, "lead")).toEqual([]);
});

test("the staff of a school, by their roles", () => {
  expect(staffRoles(null)).toEqual({});
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  expect(staffRoles({ staff: [{ person: "p", name: "P", role: "head" }] } as unknown as School)).toEqual({ p: "head" });
});
