// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { describe, expect, test, vi } from "vitest";
import type { Me, MySchool } from "../../../pwa/src/generated/types.ts";

vi.mock("../../../pwa/src/state/app.ts", () => ({
  me: signal<Me | null>(null),
  now: signal(Date.parse("2026-11-23T09:30:00.000Z")),
  school: signal(null),
  signOut: () => Promise.resolve(null),
}));

const { me } = await import("../../../pwa/src/state/app.ts");
const { maySee, mayDo } = await import("../../../pwa/src/components/allowed.ts");
const { firstPage } = await import("../../../pwa/src/components/shell/header.tsx");

function comes(role: Me["role"], phase: NonNullable<MySchool["phase"]>): void {
  Object.assign(me, { value: { person: "p-1", name: "Pat Person", role, schools: [{ school: "place-1", name: "A place", phase }], expires_at: "2026-11-24T00:00:00.000Z" } });
}

describe("the first page", () => {
  test.each([
    ["family_worker", "area", "/visits"],
    ["team_lead", "area", "/visits"],
    ["safeguarding_lead", "area", "/concerns"],
    ["authority_coordinator", "area", "/cases"],
    ["safeguarding_lead", "primary", "/office"],
    ["chair_of_governors", "primary", "/concerns"],
    ["class_teacher", "primary", "/"],
    ["attendance_officer", "primary", "/"],
    ["governor", "secondary", "/figures"],
  ] as const)("of a %s in a place of the kind %s is %s", (role, phase, page) => {
    comes(role, phase);
    expect(firstPage()).toBe(page);
  });
});

test("an area has no registers, no fire list and no figures of them", () => {
  comes("safeguarding_lead", "area");
  expect([maySee("office"), maySee("roll"), mayDo("figures")]).toEqual([false, false, false]);
  expect([maySee("safeguarding"), mayDo("glass")]).toEqual([true, true]);
  comes("safeguarding_lead", "special");
  expect([maySee("office"), maySee("roll"), mayDo("figures")]).toEqual([true, true, true]);
});
