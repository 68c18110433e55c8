import { expect, test } from "vitest";
import { sortDays } from "../../../../pwa/src/screens/today/days.ts";
import type { Moment } from "../../../../pwa/src/screens/today/days.ts";
import type { Sheet } from "../../../../pwa/src/generated/types.ts";
import { claim, row } from "../register/factory.ts";

function sheet(date: string, session: "AM" | "PM", taker: string, marked: boolean, group = "grp-7b"): Sheet {
  const times =
    session === "AM"
      ? { opens: "08:45", closes: "09:15", ends: "12:00" }
      : { opens: "13:00", closes: "13:30", ends: "15:15" };
  const rows = [row("ada", marked ? [claim(session === "AM" ? "/" : "\\")] : [])];
  return {
    _id: `sheet:${date}:${session}:${group}`,
    date,
    session,
    group,
    taker,
    taker_name: taker,
    n_due: null,
    rows,
    as_at: "2026-11-23T08:00:00.000Z",
    ...times,
  };
}

const TODAY = "2026-11-23";
const ME = { person: "per-me" };
const at = (time: string): Moment => ({ today: TODAY, time, nameOf: (group) => group.replace("grp-", "") });

test("today's own registers come by time, and the next is the first not complete", () => {
  const all = [sheet(TODAY, "PM", "per-me", false), sheet(TODAY, "AM", "per-me", false), sheet(TODAY, "AM", "per-x", false, "grp-8a")];
  const morning = sortDays(all, ME, at("08:50"));
  expect(morning.mine.map(({ session }) => session)).toEqual(["AM", "PM"]);
  expect(morning.others.map(({ group }) => group)).toEqual(["grp-8a"]);
  expect(morning.next?.session).toBe("AM");
  expect(sortDays(all, ME, at("12:00")).next?.session).toBe("PM");
  expect(sortDays(all, ME, at("15:15")).next).toBeNull();
});

test("a register that is complete is not next", () => {
  const all = [sheet(TODAY, "AM", "per-me", true), sheet(TODAY, "PM", "per-me", false)];
  expect(sortDays(all, ME, at("08:50")).next?.session).toBe("PM");
});

test("other days come nearest first", () => {
  const all = ["2026-11-19", "2026-11-20"].map((date) => sheet(date, "AM", "per-me", true));
  const days = sortDays(all, ME, at("08:50"));
  expect(days.otherDays.map(([date]) => date)).toEqual(["2026-11-20", "2026-11-19"]);
  expect(days.mine).toEqual([]);
});

test("registers of one session come by the names of their groups", () => {
  const all = ["grp-10a", "grp-9b", "grp-9a"].map((group) => sheet(TODAY, "AM", "per-x", false, group));
  expect(sortDays(all, ME, at("08:50")).others.map(({ group }) => group)).toEqual(["grp-9a", "grp-9b", "grp-10a"]);
});

test("a register that somebody covers is theirs to take, while they do", () => {
  const all = [sheet(TODAY, "AM", "per-x", false, "grp-8a"), sheet(TODAY, "AM", "per-x", false, "grp-9b")];
  const covering = sortDays(all, ME, { ...at("08:50"), covered: new Set(["grp-8a"]) });
  expect([covering.mine, covering.others].map((some) => some.map(({ group }) => group))).toEqual([["grp-8a"], ["grp-9b"]]);
  expect(covering.next?.group).toBe("grp-8a");
});
