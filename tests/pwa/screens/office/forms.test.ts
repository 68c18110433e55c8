import { describe, expect, test } from "vitest";
import { betterGroups, codeGroups, codeText } from "../../../../pwa/src/screens/office/forms/codes.ts";
import { explain, arrivalBody, arrivalErrors, codeAt, departureBody, departureErrors, rollAfter, sessionOf } from "../../../../pwa/src/screens/office/forms/late-desk.ts";
import type { ArrivalDraft } from "../../../../pwa/src/screens/office/forms/late-desk.ts";
import { leaveErrors } from "../../../../pwa/src/screens/office/forms/leave.ts";
import { codeOfDraft, isTouched, markBody, markClaim, markErrors, newMark, timeError } from "../../../../pwa/src/screens/office/forms/mark.ts";
import type { MarkSession } from "../../../../pwa/src/screens/office/forms/mark.ts";
import { amendToO, canBecomeO } from "../../../../pwa/src/screens/office/forms/overdue.ts";
import { newPlanned, plannedBody, plannedErrors } from "../../../../pwa/src/screens/office/forms/planned.ts";
import { findPupils } from "../../../../pwa/src/screens/office/forms/search.ts";
import { replacesOf, seenIn, unseen } from "../../../../pwa/src/screens/office/forms/seen.ts";
import { schoolDay } from "../../../../pwa/src/screens/office/day/school-day.ts";
import type { FormError } from "../../../../pwa/src/components/error-summary.tsx";
import type { UnexplainedRow } from "../../../../pwa/src/generated/types.ts";
import { at, card, claim, input, MONDAY, open, school, sheet, ZONE } from "./factories.ts";

const SPAN = { opens: "08:40", closes: "09:10", ends: "12:00" };
const HERE: MarkSession = { date: MONDAY, session: "AM", span: SPAN, today: MONDAY, time: "09:30" };
const NOW = at("09:30");
const LEAVE = { askedBy: "Mother", askedOn: "2026-11-16", authorisedBy: "Head", first: MONDAY, last: "2026-11-25" };

function fields(errors: FormError[]): string[] {
  return errors.map((error) => error.field);
}

describe("a mark the office decides", () => {
  test("needs a code and a reason, each error naming its field", () => {
    expect(fields(markErrors(newMark(MONDAY), HERE))).toEqual(["code", "reason"]);
    expect(markErrors(newMark(MONDAY, { code: "I", reason: "Mother rang" }), HERE)).toEqual([]);
    expect(fields(markErrors(newMark(MONDAY, { code: "I", reason: "  " }), HERE))).toEqual(["reason"]);
  });

  test("L and U need a time of arrival that has been, and lies in the session", () => {
    const late = (arrived: string): string[] => fields(markErrors(newMark(MONDAY, { code: "L", arrived, reason: "r" }), HERE));
    expect(late("")).toEqual(["arrived"]);
    expect(late("9:05")).toEqual(["arrived"]);
    expect(late("09:31")).toEqual(["arrived"]);
    expect(late("09:05")).toEqual([]);
    const yesterday = { ...HERE, date: "2026-11-20" };
    expect(timeError("11:59", yesterday, "arrival")).toBeNull();
    expect(timeError("12:01", yesterday, "arrival")).toContain("12:00");
  });

  test("which of L and U it is follows from the time", () => {
    expect(codeOfDraft(newMark(MONDAY, { code: "L", arrived: "09:11" }), SPAN)).toBe("U");
    expect(codeOfDraft(newMark(MONDAY, { code: "U", arrived: "09:10" }), SPAN)).toBe("L");
    expect(codeOfDraft(newMark(MONDAY, { code: "U", arrived: "" }), SPAN)).toBe("U");
    expect(codeOfDraft(newMark(MONDAY, { code: "I", arrived: "09:11" }), SPAN)).toBe("I");
  });

  test("leave asks for the decision behind it", () => {
    const draft = newMark(MONDAY, { code: "C", reason: "Granted" });
    expect(fields(markErrors(draft, HERE))).toEqual(["asked-by", "asked-on", "authorised-by"]);
    const whole = { ...draft, leave: LEAVE };
    expect(markErrors(whole, HERE)).toEqual([]);
    expect(markClaim("ada", whole, HERE, [], NOW).decision).toEqual({
      asked_by: "Mother",
      asked_on: "2026-11-16",
      authorised_by: "Head",
      first: MONDAY,
      last: "2026-11-25",
    });
  });

  test("the leave must cover the days marked, and not end before it begins", () => {
    expect(fields(leaveErrors({ ...LEAVE, first: "2026-11-24" }, MONDAY, MONDAY))).toEqual(["leave-first"]);
    expect(fields(leaveErrors({ ...LEAVE, last: "2026-11-20" }, MONDAY, MONDAY))).toEqual(["leave-last"]);
    expect(fields(leaveErrors({ ...LEAVE, first: "" }, MONDAY, MONDAY))).toEqual(["leave-first"]);
    expect(leaveErrors(LEAVE, MONDAY, "2026-11-25")).toEqual([]);
  });

  test("the claim carries only what was said", () => {
    const plain = markClaim("ada", newMark(MONDAY, { code: "I", reason: "r" }), HERE, ["a.0"], NOW);
    expect(plain).toEqual({ pupil: "ada", code: "I", observed_at: NOW, replaces: ["a.0"] });
    const late = newMark(MONDAY, { code: "L", arrived: "09:20", observedBy: " Gate ", reason: "r" });
    expect(markClaim("ada", late, HERE, [], NOW)).toMatchObject({ code: "U", arrived: "09:20", observed_by: "Gate" });
    expect(markBody("contest.settled", plain, HERE, " Saw her ")).toEqual({
      kind: "contest.settled",
      date: MONDAY,
      session: "AM",
      claims: [plain],
      reason: "Saw her",
    });
  });

  test("a form knows whether anything was typed", () => {
    expect(isTouched(newMark(MONDAY), newMark(MONDAY))).toBe(false);
    expect(isTouched(newMark(MONDAY, { reason: "x" }), newMark(MONDAY))).toBe(true);
  });
});

describe("what was on the screen", () => {
  const one = claim("/");
  const two = claim("N", { replaces: ["old.0"] });
  const page = sheet("g-8a", []);

  test("both sides of a contest are replaced, with what they had replaced", () => {
    expect(replacesOf([one, two], seenIn([one, two]), page, ZONE)).toEqual(["old.0", one.id, two.id].toSorted());
  });

  test("a claim that came after the form opened is unseen, and is not replaced", () => {
    const seen = seenIn([one]);
    expect(unseen([one, two], seen)).toEqual([two]);
    expect(replacesOf([one, two], seen, page, ZONE)).toEqual([one.id]);
  });

  test("one that cannot stand needs no looking at", () => {
    expect(unseen([claim("C", { verdict: "set_aside" })], new Set())).toEqual([]);
  });

  test("somebody else's settlement, once looked at, is replaced with all it had replaced", () => {
    const settled = claim("I", { kind: "contest.settled", replaces: [one.id, two.id] });
    const all = [one, two, settled];
    expect(unseen(all, seenIn([one, two]))).toEqual([settled]);
    expect(replacesOf(all, seenIn(all), page, ZONE)).toEqual(["old.0", one.id, two.id, settled.id].toSorted());
  });
});

describe("codes on offer", () => {
  test("the desk's, grouped, those of the session only, none of the whole school's or of the past", () => {
    const groups = codeGroups("attendance_officer", MONDAY, "AM");
    const codes = groups.flatMap((group) => group.codes.map((row) => row.code));
    expect(groups[0]).toMatchObject({ label: "Here, or came in" });
    expect(groups[0]?.codes.map((row) => row.code)).toEqual(["/", "L", "U"]);
    expect(codes).toEqual(expect.arrayContaining(["C", "C1", "C2", "J1", "S", "N", "O", "D", "Y1"]));
    for (const absent of ["\\", "#", "Z", "Y4", "H", "J"]) expect(codes).not.toContain(absent);
    expect(new Set(codes).size).toBe(codes.length);
  });

  test("a teacher's, and with some left out", () => {
    const teacher = codeGroups("class_teacher", MONDAY, "PM");
    expect(teacher.flatMap((group) => group.codes.map((row) => row.code))).toEqual(["\\", "L", "N"]);
    const planned = codeGroups("head", MONDAY, null, ["/", "\\", "L", "U"]);
    expect(planned.map((group) => group.label)).not.toContain("Here, or came in");
  });

  test("after closing: what may fit better than U, without leave, presence and absences nobody explains", () => {
    const better = betterGroups("attendance_officer", MONDAY, "AM").flatMap((group) => group.codes.map((row) => row.code));
    expect(better).toEqual(expect.arrayContaining(["M", "R", "I", "Y1"]));
    for (const code of ["/", "L", "U", "N", "O", "G", "C", "C1", "C2", "J1", "S"]) expect(better).not.toContain(code);
  });

  test("never a bare letter", () => {
    expect(codeText("I", MONDAY)).toBe("I: Illness");
    expect(codeText("?", MONDAY)).toBe("?");
  });
});

describe("the late desk", () => {
  const draft: ArrivalDraft = { pupil: "ada", arrived: "09:05", better: "", remark: "" };

  test("before the start present, to the closing minute L, then U", () => {
    expect(["08:39", "08:40", "09:10", "09:11"].map((time) => codeAt(time, SPAN, "AM"))).toEqual(["/", "L", "L", "U"]);
    expect(codeAt("12:50", { opens: "13:00", closes: "13:30", ends: "15:15" }, "PM")).toBe("\\");
    expect(explain("08:41", SPAN, "AM")).toBe("L: before closing at 09:10, 1 minute late");
    expect(explain("09:20", SPAN, "AM")).toContain("U: after closing at 09:10");
    expect(explain("08:30", SPAN, "AM")).toContain("/: before the register opens at 08:40");
  });

  test("the time decides the session", () => {
    const { calendar } = school();
    expect(["08:00", "12:00", "12:01", "15:00"].map((time) => sessionOf(calendar, MONDAY, time))).toEqual(["AM", "AM", "PM", "PM"]);
  });

  test("needs the pupil and a time", () => {
    expect(fields(arrivalErrors({ ...draft, pupil: null, arrived: "" }, HERE))).toEqual(["pupil", "came-in"]);
    expect(arrivalErrors(draft, HERE)).toEqual([]);
    expect(fields(arrivalErrors({ ...draft, arrived: "09:20", better: "C" }, HERE))).toEqual(["better"]);
  });

  test("records the code of the time, and a better one only after closing", () => {
    expect(arrivalBody({ ...draft, remark: " Bus " }, HERE, ["a.0"], NOW)).toEqual({
      kind: "arrival.recorded",
      date: MONDAY,
      session: "AM",
      claims: [{ pupil: "ada", code: "L", arrived: "09:05", observed_at: NOW, replaces: ["a.0"], remark: "Bus" }],
    });
    const code = (arrived: string): unknown => arrivalBody({ ...draft, arrived, better: "M" }, HERE, [], NOW);
    expect(code("09:05")).toMatchObject({ claims: [{ code: "L" }] });
    expect(code("09:20")).toMatchObject({ claims: [{ code: "M", arrived: "09:20" }] });
    expect(arrivalBody({ ...draft, pupil: null }, HERE, [], NOW)).toBeNull();
  });

  test("says where the fire list would hold the pupil to be", () => {
    const times = ["08:30", "09:05", "09:20"];
    expect(times.map((arrived) => rollAfter({ ...draft, arrived }, HERE))).toEqual(["on_site", "on_site", "on_site"]);
    expect(rollAfter({ ...draft, better: "M" }, HERE)).toBe("on_site");
  });

  test("leaving early needs pupil, time, company and reason", () => {
    expect(fields(departureErrors({ pupil: null, left: "25:00", leftWith: " ", reason: "" }, HERE))).toEqual([
      "pupil",
      "left",
      "leaving-with",
      "leaving-why",
    ]);
    const leaving = { pupil: "ada", left: "09:20", leftWith: "Her father ", reason: " Unwell " };
    expect(departureErrors(leaving, HERE)).toEqual([]);
    expect(departureBody(leaving, HERE)).toEqual({
      kind: "departure.recorded",
      date: MONDAY,
      session: "AM",
      pupil: "ada",
      left: "09:20",
      left_with: "Her father",
      reason: "Unwell",
    });
    expect(departureBody({ ...leaving, pupil: null }, HERE)).toBeNull();
  });
});

describe("planned codes", () => {
  test("everything that must be said, in the order of the form", () => {
    const empty = { ...newPlanned(MONDAY), first: "", last: "", am: false, pm: false };
    expect(fields(plannedErrors(empty))).toEqual(["pupil", "first", "last", "am", "planned-code", "source"]);
  });

  test("the last day is not before the first", () => {
    const draft = { ...newPlanned(MONDAY, "ada"), last: "2026-11-20", code: "M", source: "Letter" };
    expect(fields(plannedErrors(draft))).toEqual(["last"]);
  });

  test("leave asks for its decision, over all of its days", () => {
    const draft = { ...newPlanned(MONDAY, "ada"), last: "2026-11-25", code: "C2", source: "Meeting" };
    expect(fields(plannedErrors(draft))).toContain("asked-by");
    expect(plannedErrors({ ...draft, leave: LEAVE })).toEqual([]);
    expect(plannedBody({ ...draft, leave: LEAVE })).toMatchObject({ decision: { authorised_by: "Head" } });
  });

  test("the entry, for one session or both", () => {
    const draft = { ...newPlanned(MONDAY, "ada"), code: "M", source: " Hospital letter ", pm: false };
    expect(plannedBody(draft)).toEqual({
      kind: "planned.recorded",
      pupil: "ada",
      first: MONDAY,
      last: MONDAY,
      sessions: ["AM"],
      code: "M",
      source: "Hospital letter",
    });
    expect(plannedBody({ ...draft, pm: true })).toMatchObject({ sessions: ["AM", "PM"] });
    expect(plannedBody(newPlanned(MONDAY))).toBeNull();
  });
});

function openN(pupil: string, date: string, due: string): UnexplainedRow {
  return { pupil, date, session: "AM", due, live: [`${pupil}.0`] };
}

test("amending to O: one entry a session, replacing what each line shows; offered from day 5 on", () => {
  const rows = [
    openN("ada", "2026-11-13", "2026-11-20"),
    openN("ben", "2026-11-13", "2026-11-20"),
    openN("ada", "2026-11-16", MONDAY),
    openN("ben", "2026-11-17", "2026-11-24"),
  ];
  const lines = schoolDay(input({ unexplained: open(rows) })).unexplained.filter(canBecomeO);
  const bodies = amendToO(lines, " Nothing heard ", NOW);
  expect(bodies).toMatchObject([
    { kind: "mark.amended", date: "2026-11-13", session: "AM", reason: "Nothing heard" },
    { kind: "mark.amended", date: "2026-11-16", session: "AM" },
  ]);
  expect(bodies[0]).toMatchObject({
    claims: [
      { pupil: "ada", code: "O", replaces: ["ada.0"] },
      { pupil: "ben", code: "O", replaces: ["ben.0"] },
    ],
  });
  expect(amendToO([], "r", NOW)).toEqual([]);
});

describe("finding a pupil", () => {
  const all = [
    card("ada", { known_as: "Zoë", surname: "O’Brien" }),
    card("ben", { known_as: "Ben", surname: "Smith-Jones", form_name: "10A" }),
    card("cai", { known_as: "Smilla", surname: "Adeyemi" }),
    card("dot", { known_as: "Smudge", surname: "Gone", enrolled_to: "2026-11-20" }),
  ];
  const found = (typed: string): string[] => findPupils(all, typed, MONDAY).map((one) => one.pupil);

  test("by any part, without accents, apostrophes or case", () => {
    expect(found("zoe")).toEqual(["ada"]);
    expect(found("obr")).toEqual(["ada"]);
    expect(found("jones 10a")).toEqual(["ben"]);
    expect(found("ben smith")).toEqual(["ben"]);
  });

  test("surnames first; leavers and the empty search find nobody", () => {
    expect(found("sm")).toEqual(["ben", "cai"]);
    expect(found("  ")).toEqual([]);
    expect(found("smudge")).toEqual([]);
    expect(findPupils(all, "s", MONDAY, 1)).toHaveLength(1);
  });
});
