import { describe, expect, it } from "vitest";
import { instant, momentAt } from "../../../pwa/src/domain/time.ts";

describe("an instant", () => {
  it("is the first or the last there is, of a moment beyond", () => {
    expect(instant(-1)).toBe("1970-01-01T00:00:00.000Z");
    expect(instant(Date.parse("2999-12-31T23:59:59.999Z") + 1)).toBe("2999-12-31T23:59:59.999Z");
  });

  it("comes of a year that was typed with two digits", () => {
    expect(instant(momentAt("0026-11-23", "09:00", "Europe/London"))).toBe("1970-01-01T00:00:00.000Z");
    expect(instant(momentAt("0001-01-01", "00:00", "Europe/London"))).toBe("1970-01-01T00:00:00.000Z");
    expect(instant(momentAt("9999-12-31", "09:00", "Europe/London"))).toBe("2999-12-31T23:59:59.999Z");
  });
});
