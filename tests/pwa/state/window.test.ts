import { describe, expect, test } from "vitest";
import { isBefore, windowAt } from "../../../pwa/src/state/window.ts";
import { SCHOOL } from "../support/factory.ts";

const TERMS = [
  { name: "Autumn", first: "2026-09-02", last: "2026-12-18" },
  { name: "Spring", first: "2027-01-04", last: "2027-03-26" },
];
const CALENDAR = { ...SCHOOL.calendar, terms: TERMS };

describe("what a tablet keeps", () => {
  test("is two weeks of sheets and one of fire lists, in the middle of a term", () => {
    const window = windowAt("2026-11-25", CALENDAR);
    expect(window).toMatchObject({ sheetsFrom: "2026-11-11", rollsFrom: "2026-11-18" });
    expect(isBefore("sheet:2026-11-10:AM:form-1", window)).toBe(true);
    expect(isBefore("sheet:2026-11-11:AM:form-1", window)).toBe(false);
  });

  test("reaches across a holiday as far as what the server gives, which counts school days", () => {
    const window = windowAt("2027-01-04", CALENDAR);
    expect(window).toMatchObject({ sheetsFrom: "2026-12-14", rollsFrom: "2026-12-18" });
    expect(isBefore("sheet:2026-12-14:AM:form-1", window)).toBe(false);
    expect(isBefore("roll:2026-12-18:form-1", window)).toBe(false);
    expect(isBefore("roll:2026-12-17:form-1", window)).toBe(true);
  });

  test("keeps every half-term while no calendar is known", () => {
    const window = windowAt("2026-11-25", null);
    expect(isBefore("history:2020-01-01:pup-1", window)).toBe(false);
  });
});
