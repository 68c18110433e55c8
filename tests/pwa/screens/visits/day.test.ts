import { describe, expect, test } from "vitest";
import { dayOf, isDue, stageOf } from "../../../../pwa/src/screens/visits/day.ts";
import type { DayParts } from "../../../../pwa/src/screens/visits/day.ts";
import { familyName } from "../../../../pwa/src/screens/visits/reading.ts";
import { account, at, BEA, familyCase, MO, PLAN, said, TWO_MS, visit, watch, ZONE } from "./factory.ts";

function parts(more: Partial<DayParts> = {}): DayParts {
  return { visits: [visit()], cases: new Map([["c-1", familyCase()]]), watches: [], person: MO, leads: false, nowMs: TWO_MS, zone: ZONE, ...more };
}

/** A visit under another id, with another plan. */
function planned(id: string, plan: Partial<typeof PLAN>): ReturnType<typeof visit> {
  return visit([said({ ...PLAN, ...plan })], { _id: `visit:${id}`, visit: id });
}

describe("the day", () => {
  test("lists one's own visits by day and time", () => {
    const day = dayOf(
      parts({
        visits: [
          planned("late", { starts: at("16:00"), ends: at("17:00") }),
          planned("early", { starts: at("09:00"), ends: at("20:00") }),
          planned("tomorrow", { starts: at("09:00", "2026-11-24"), ends: at("10:00", "2026-11-24") }),
          planned("later", { starts: at("09:00", "2026-11-30"), ends: at("10:00", "2026-11-30") }),
          planned("another's", { workers: [BEA] }),
        ],
      }),
    );
    expect(day.today.map(({ visit: one }) => one.visit)).toEqual(["early", "late"]);
    expect(day.tomorrow.map(({ visit: one }) => one.visit)).toEqual(["tomorrow"]);
    expect(day.later.map(({ visit: one }) => one.visit)).toEqual(["later"]);
    expect(day.today[0]?.family).toBe("Ben and Ada Finch");
  });

  test("shows a lead the team's visits too", () => {
    const theirs = planned("another's", { workers: [BEA] });
    expect(dayOf(parts({ visits: [theirs], leads: true })).today).toHaveLength(1);
    expect(dayOf(parts({ visits: [theirs] })).today).toHaveLength(0);
  });

  test("puts the visit one is at first", () => {
    const there = visit([said(PLAN), said({ fact: "arrived", at: at("14:02") })]);
    const day = dayOf(parts({ visits: [there] }));
    expect(day.now).toHaveLength(1);
    expect(day.today).toHaveLength(0);
  });

  test("tells of others who are out, whoever needs help first", () => {
    const out = [
      watch({ watch: "one", person: BEA }),
      watch({ watch: "two", person: "w-lead", state: "help" }),
      watch({ watch: "over", person: BEA, state: "safe" }),
      watch({ watch: "mine" }),
    ];
    expect(dayOf(parts({ watches: out })).out.map((one) => one.watch)).toEqual(["two", "one"]);
  });

  test("counts what people differ on", () => {
    const differ = visit([said(PLAN), said({ fact: "outcome", outcome: "seen" }), said({ fact: "outcome", outcome: "refused" }, { author: BEA })]);
    expect(dayOf(parts({ visits: [differ] })).contested).toMatchObject([{ contested: 1 }]);
  });
});

describe("a note", () => {
  const hours = (n: number): number => Date.parse(at("15:10")) + n * 3_600_000;

  test("is owed once the visit has ended, reminded of after a day, and the lead's after two", () => {
    expect(dayOf(parts({ nowMs: hours(-0.1) })).owed).toHaveLength(0);
    const [soon] = dayOf(parts({ nowMs: hours(1) })).owed;
    expect(soon).toMatchObject({ overdue: false, owedBy: [MO] });
    expect(soon !== undefined && isDue(soon, hours(1))).toBe(false);
    expect(soon !== undefined && isDue(soon, hours(24))).toBe(true);
    expect(dayOf(parts({ nowMs: hours(48) })).owed).toMatchObject([{ overdue: true }]);
    const lead = { person: "w-lead", leads: true };
    expect(dayOf(parts({ nowMs: hours(47), ...lead })).teamOwed).toHaveLength(0);
    expect(dayOf(parts({ nowMs: hours(48), ...lead })).teamOwed).toMatchObject([{ owedBy: [MO] }]);
  });

  test("of two workers is owed by whoever has not handed in", () => {
    const two = visit([said({ ...PLAN, workers: [MO, BEA] })], { contributions: [account(MO)] });
    expect(dayOf(parts({ visits: [two], nowMs: hours(1) })).owed).toHaveLength(0);
    expect(dayOf(parts({ visits: [two], nowMs: hours(1), person: BEA })).owed).toMatchObject([{ owedBy: [BEA] }]);
    expect(stageOf(two, MO)).toBe("written");
    expect(stageOf(two, BEA)).toBe("planned");
  });

  test("is never owed of a visit that was cancelled", () => {
    expect(dayOf(parts({ visits: [planned("v-1", { cancelled: "They asked for next week" })], nowMs: hours(50) })).owed).toHaveLength(0);
  });
});

test("a family is called by its children, or by whoever is known", () => {
  expect(familyName(familyCase().cells)).toBe("Ben and Ada Finch");
  expect(familyName([])).toBe("A family whose names are not on this tablet");
});
