import { describe, expect, test } from "vitest";
import { claimIds } from "../../../pwa/src/domain/entry.ts";
import { foldPublished, overlay } from "../../../pwa/src/domain/sheet.ts";
import type { Waiting } from "../../../pwa/src/domain/sheet.ts";
import { bodied, claim, entry, MONDAY, NINE, published, row, sheet, taken, waiting } from "../support/factory.ts";

const facts = { timeZone: "Europe/London", names: new Map([["staff-2", "Olu Officer"]]) };
const register = entry(taken([claim("pup-1", "/"), claim("pup-2", "N", { remark: "No word" })]));
const [first = "", second = ""] = claimIds(register);

describe("a register that waits", () => {
  test("is on the sheet at once, with its author, and not yet received", () => {
    const over = overlay(sheet(), [waiting(register)], facts);
    expect(over.rows.map(({ cell }) => cell.code)).toEqual(["/", "N"]);
    expect(over.rows[1]?.claims).toMatchObject([
      { id: second, author_name: "Tess Tutor", received_at: null, verdict: "stands", remark: "No word", group: "form-1" },
    ]);
    expect(over.takings).toMatchObject([{ entry: register._id, kind: "register.taken", claims: 2, received_at: null, voided: null }]);
  });

  test("adds nothing once it is published", () => {
    const there = sheet([row("pup-1", { claims: [published(first, "/")] }), row("pup-2", { claims: [published(second, "N")] })], {
      takings: overlay(sheet(), [waiting(register)]).takings ?? [],
    });
    const over = overlay(there, [waiting(register)], facts);
    expect(over.rows).toEqual(there.rows);
    expect(over.takings).toHaveLength(1);
  });

  test("adds nothing to a sheet published well after it was received: erased is erased", () => {
    const received = waiting(register, { receivedAt: NINE });
    const base = sheet(undefined, { as_at: "2026-11-23T09:00:01.000Z" });
    expect(overlay(base, [received]).rows[0]?.cell.code).toBe("/");
    const later = sheet(undefined, { as_at: "2026-11-23T09:00:03.000Z" });
    expect(overlay(later, [received])).toBe(later);
  });

  test("does not stand where the server set a claim aside or holds it", () => {
    const aside = overlay(sheet(), [waiting(register, { aside: new Map([[first, { verdict: "set_aside", reason: "Not on the roll." }]]) })]);
    expect(aside.rows.map(({ cell }) => cell.state)).toEqual(["unmarked", "agreed"]);
    expect(aside.rows[0]?.claims?.[0]).toMatchObject({ verdict: "set_aside", verdict_reason: "Not on the roll." });
    expect(aside.takings?.[0]?.claims).toBe(1);
    const held = overlay(sheet(), [waiting(register, { silent: { verdict: "held", reason: "Not yours." } })]);
    expect(held.rows.map(({ cell }) => cell.state)).toEqual(["unmarked", "unmarked"]);
    expect(held.takings?.[0]?.claims).toBe(0);
  });

  test("contradicts a published claim that it did not replace, and settles one that it did", () => {
    const base = sheet([row("pup-1", { claims: [published("their.0", "I")] })]);
    expect(overlay(base, [waiting(register)]).rows[0]?.cell).toMatchObject({ state: "contested", code: null });
    const knowing = entry(taken([claim("pup-1", "/", { replaces: ["their.0"] })]));
    expect(overlay(base, [waiting(knowing)]).rows[0]?.cell).toMatchObject({ state: "agreed", code: "/" });
  });

  test("is corrected by what the tablet knew of the server's time", () => {
    const late = entry(taken([claim("pup-1", "N")], { clock: { offset_ms: 90_000, contact: null } }));
    expect(overlay(sheet(), [waiting(late)]).rows[0]?.claims?.[0]).toMatchObject({
      observed_at: "2026-11-23T09:01:30.000Z",
      written_at: "2026-11-23T09:01:30.000Z",
    });
  });

  test("lists a pupil of another group after the members, and only in the register of this group", () => {
    const visitor = taken([claim("pup-9", "/"), claim("pup-0", "/")]);
    const over = overlay(sheet(), [waiting(entry(visitor))]);
    expect(over.rows.map(({ pupil, listed = true }) => [pupil, listed])).toEqual([
      ["pup-1", true],
      ["pup-2", true],
      ["pup-0", false],
      ["pup-9", false],
    ]);
    expect(overlay(sheet(), [waiting(entry({ ...visitor, group: "form-2" }))]).rows).toHaveLength(2);
  });

  test("of another session or day says nothing here", () => {
    const base = sheet();
    for (const more of [{ session: "PM" }, { date: "2026-11-24" }] as const) {
      expect(overlay(base, [waiting(entry(taken([claim("pup-1", "/")], more)))])).toBe(base);
    }
  });

  test("leaves the rows it does not touch as they are", () => {
    const base = sheet();
    const over = overlay(base, [waiting(entry(taken([claim("pup-1", "/")])))]);
    expect(over.rows[1]).toBe(base.rows[1]);
    expect(over.rows[0]).not.toBe(base.rows[0]);
  });
});

const act = { date: MONDAY, session: "AM" } as const;
const left = (time: string, n: number): Waiting =>
  waiting(entry(bodied({ kind: "departure.recorded", ...act, pupil: "pup-1", left: time, left_with: null, reason: "Dentist" }), n));
const moved = (group: string): Waiting =>
  waiting(entry(bodied({ kind: "register.reassigned", ...act, group, to: "staff-2", reason: "Ill" })));

describe("other acts that wait", () => {
  test("an arrival joins an N, on every sheet that the pupil is on", () => {
    const arrival = bodied({ kind: "arrival.recorded", ...act, claims: [claim("pup-1", "L", { arrived: "09:05" })] });
    const base = sheet([row("pup-1", { claims: [published("n.0", "N")] })], { group: "form-2" });
    const over = overlay(base, [waiting(entry(arrival))]);
    expect(over.rows[0]?.cell).toMatchObject({ state: "agreed", code: "L", joined: ["n.0"], arrived: "09:05" });
    expect(over.takings).toEqual([]);
  });

  test("an amendment is a taking with its reason on the claim", () => {
    const amended = bodied({ kind: "mark.amended", ...act, group: "form-1", reason: "Was in the hall", claims: [claim("pup-1", "/")] });
    const over = overlay(sheet(), [waiting(entry(amended))]);
    expect(over.takings).toMatchObject([{ kind: "mark.amended" }]);
    expect(over.rows[0]?.claims?.[0]?.reason).toBe("Was in the hall");
  });

  test("the latest departure counts", () => {
    expect(overlay(sheet(), [left("11:10", 1), left("10:00", 2)]).rows[0]?.left).toBe("11:10");
    expect(overlay(sheet([row("pup-1", { left: "11:30" })]), [left("11:10", 1)]).rows[0]?.left).toBe("11:30");
  });

  test("a voided register no longer speaks; only its author or the desk voids it", () => {
    const there = sheet([row("pup-1", { claims: [published("x.0", "/", { entry: register._id })] })], {
      takings: [{ ...(overlay(sheet(), [waiting(register)]).takings?.[0] ?? never()), author: "staff-9" }],
    });
    const voiding = { kind: "register.voided", ...act, entry: register._id, reason: "Wrong group" } as const;
    const byTeacher = overlay(there, [waiting(entry(bodied(voiding)))]);
    expect(byTeacher.rows[0]?.claims?.[0]?.verdict ?? "stands").toBe("stands");
    const byDesk = overlay(there, [waiting(entry(bodied(voiding, { author: "staff-2", role: "attendance_officer" })))]);
    expect(byDesk.rows[0]).toMatchObject({ cell: { state: "unmarked" }, claims: [{ verdict: "voided", verdict_reason: "Wrong group" }] });
    expect(byDesk.takings?.[0]?.voided).toBe("Wrong group");
    const own = overlay(sheet(), [waiting(register), waiting(entry(bodied(voiding), 2))]);
    expect(own.rows.map(({ cell }) => cell.state)).toEqual(["unmarked", "unmarked"]);
  });

  test("a planned code is a suggestion on the sheets of its days and sessions, until it is withdrawn", () => {
    const plan = entry(
      bodied({ kind: "planned.recorded", pupil: "pup-1", first: MONDAY, last: "2026-11-25", sessions: ["AM"], code: "M", source: "Letter" }),
    );
    const over = overlay(sheet(), [waiting(plan)]);
    expect(over.rows[0]).toMatchObject({ planned: [{ code: "M", source: "Letter", by_name: "Tess Tutor" }], cell: { state: "unmarked" } });
    expect(overlay(over, [waiting(plan)]).rows[0]?.planned).toHaveLength(1);
    expect(overlay(sheet(undefined, { session: "PM" }), [waiting(plan)]).rows[0]?.planned ?? []).toEqual([]);
    const base = sheet(undefined, { date: "2026-11-26" });
    expect(overlay(base, [waiting(plan)])).toBe(base);
    const withdrawn = bodied({ kind: "planned.withdrawn", entry: plan._id, pupil: "pup-1", first: MONDAY, last: "2026-11-25", reason: "Moved" });
    expect(overlay(over, [waiting(entry(withdrawn, 2))]).rows[0]?.planned).toEqual([]);
  });

  test("a reassigned register has another taker; another group's has not", () => {
    expect(overlay(sheet(), [moved("form-1")], facts)).toMatchObject({ taker: "staff-2", taker_name: "Olu Officer" });
    expect(overlay(sheet(), [moved("form-2")], facts)).toMatchObject({ taker: "staff-1" });
  });

  test("what the server holds says nothing", () => {
    const held = waiting(entry(bodied({ kind: "departure.recorded", ...act, pupil: "pup-1", left: "11:10", left_with: null, reason: "?" })), { silent: { verdict: "held", reason: "No." } });
    expect(overlay(sheet(), [held]).rows[0]?.left ?? null).toBeNull();
  });
});

test("an absence put on record on a later day is no sighting after an arrival", () => {
  const arrival = published("a.0", "U", { arrived: "09:30" });
  const seen = (at: string) => foldPublished([arrival, published("n.0", "N", { observed_at: at })], sheet(), "Europe/London");
  expect(seen("2026-11-23T10:15:00.000Z").recheck).toBe(true);
  expect(seen("2026-11-24T10:15:00.000Z").recheck).toBe(false);
});

function never(): never {
  throw new Error("The overlay shows no taking.");
}
