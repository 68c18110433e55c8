import { describe, expect, test } from "vitest";
import { findPupils } from "../../../../pwa/src/screens/register/find.ts";
import { claimWords, codeWords, fateWords } from "../../../../pwa/src/screens/register/claim-words.ts";
import type { Telling } from "../../../../pwa/src/screens/register/claim-words.ts";
import { markOfKey } from "../../../../pwa/src/screens/register/keyboard.ts";
import { arrivalNow, isSavedMark, minutesAfter, offersOf } from "../../../../pwa/src/screens/register/offers.ts";
import { closing, lastTaking, sheetState } from "../../../../pwa/src/screens/register/sheet-words.ts";
import { choose, openForm } from "../../../../pwa/src/screens/register/form.ts";
import { viewRows } from "../../../../pwa/src/screens/register/view.ts";
import type { RowView } from "../../../../pwa/src/screens/register/view.ts";
import type { RegisterTaking, Sheet, SheetRow } from "../../../../pwa/src/generated/types.ts";
import { claim, FRAME, row, tap } from "./factory.ts";

const clock = (instant: string): string => instant.slice(11, 16);
const TELLING: Telling = { frame: FRAME, me: "per-me", clock, group: () => "7B" };

function taking(more: Partial<RegisterTaking> = {}): RegisterTaking {
  return {
    entry: "entry:1",
    kind: "register.taken",
    author: "per-me",
    author_name: "Ms Me",
    role: "class_teacher",
    observed_at: "2026-11-23T08:46:00.000Z",
    received_at: "2026-11-23T08:52:00.000Z",
    claims: 2,
    paper: null,
    voided: null,
    ...more,
  };
}

function sheet(rows: SheetRow[], takings: RegisterTaking[] = []): Sheet {
  const { timeZone: _zone, ...frame } = FRAME;
  return {
    _id: "sheet:2026-11-23:AM:grp-7b",
    group: "grp-7b",
    n_due: "2026-11-30",
    taker: "per-me",
    taker_name: "Ms Me",
    as_at: "2026-11-23T08:52:00.000Z",
    rows,
    takings,
    ...frame,
  };
}

function view(one: SheetRow, code?: string): RowView {
  const form = openForm([one]);
  const [found] = viewRows(code === undefined ? form : choose(form, one.pupil, tap(code), FRAME), [one], FRAME);
  if (found === undefined) throw new Error("no row");
  return found;
}

describe("a register's state in words", () => {
  test("not taken, in part, in full; here or received; by whom", () => {
    const blank = [row("ada"), row("ben")];
    expect(sheetState(sheet(blank), "per-me", clock)).toMatchObject({ words: "Not taken", where: null, taken: false });
    const some = sheet([row("ada", [claim("/")]), row("ben")], [taking({ received_at: null })]);
    expect(sheetState(some, "per-me", clock)).toMatchObject({ words: "1 not marked", where: "on this tablet", by: null });
    const all = sheet([row("ada", [claim("/")]), row("ben", [claim("N")])], [taking()]);
    expect(sheetState(all, "per-other", clock)).toMatchObject({
      words: "All marked",
      where: "received 08:52",
      by: "Ms Me",
    });
  });

  test("a voided taking, or one of which nothing stands, takes nothing", () => {
    expect(lastTaking(sheet([], [taking({ voided: "Wrong group" }), taking({ claims: 0 })]))).toBeNull();
  });

  test("counts down to closing, and says what comes after", () => {
    const at = (time: string, today = FRAME.date): string => closing(FRAME, today, time).words;
    expect(at("08:30")).toBe("opens at 08:45");
    expect(at("09:03")).toBe("closes in 12 min");
    expect(at("09:15")).toBe("closes this minute");
    expect(at("09:16")).toBe("closed 09:15; arrivals now are U");
    expect(at("12:30")).toBe("closed 09:15");
    expect(at("08:50", "2026-11-24")).toBe("closed Mon 23 Nov, 09:15");
    expect(at("08:50", "2026-11-20")).toBe("opens Mon 23 Nov, 08:45");
  });
});

describe("offers", () => {
  test("three marks, then what is planned, then what else the mark is", () => {
    const planned = [{ entry: "e", code: "M", source: "Letter", by_name: "Ms Desk" }];
    const ill = view(row("ada", [claim("I")], { planned }));
    expect(offersOf(ill, FRAME).map(({ code, checked, source }) => [code, checked, source])).toEqual([
      ["/", false, null],
      ["N", false, null],
      ["L", false, null],
      ["M", false, "Letter (Ms Desk)"],
      ["I", true, null],
    ]);
  });

  test("a late pupil's button says when, and reads U after closing", () => {
    const late = offersOf(view(row("ada", [claim("L", { arrived: "09:20" })])), FRAME)[2];
    expect(late).toMatchObject({ code: "L", letter: "U", word: "Late", arrived: "09:20", checked: true });
  });

  test("a tap on the saved mark changes nothing; a contradiction has no saved mark", () => {
    expect(isSavedMark(view(row("ada", [claim("/")])), "/")).toBe(true);
    expect(isSavedMark(view(row("ada", [claim("/")])), "N")).toBe(false);
    expect(isSavedMark(view(row("ada", [claim("L", { arrived: "09:20" })])), "L")).toBe(true);
    expect(isSavedMark(view(row("ada", [claim("/"), claim("N")])), "N")).toBe(false);
  });

  test("now is an arrival only while the session runs, on its day, and not from paper", () => {
    const at = (time: string, today = FRAME.date, paper = false): string | null => arrivalNow(FRAME, today, time, paper);
    expect([at("08:44"), at("08:45"), at("12:00"), at("12:01")]).toEqual([null, "08:45", "12:00", null]);
    expect([at("09:00", "2026-11-24"), at("09:00", FRAME.date, true)]).toEqual([null, null]);
    expect(minutesAfter("08:50", 15)).toBe("09:05");
  });
});

describe("claims in words", () => {
  test("who said what, where and when", () => {
    expect(claimWords(claim("N"), TELLING)).toBe(
      "Not here, said by Ms Other, cover teacher, in 7B, seen 08:46, received 08:47",
    );
    const mine = claim("L", { author: "per-me", arrived: "08:58", received_at: null, kind: "arrival.recorded", group: null });
    expect(claimWords(mine, TELLING)).toBe(
      "Late, came 08:58 (13 minutes), said by you, at the late desk, seen 08:46, on this tablet, not received yet",
    );
    const paper = claim("/", { paper: { taken_by: "Mr Pryce", taken_at: "08:45" } });
    expect(claimWords(paper, TELLING)).toContain("on paper by Mr Pryce at 08:45");
  });

  test("what became of each", () => {
    const old = claim("N");
    const now = claim("/", { replaces: [old.id], reason: "Seen after all", kind: "mark.amended" });
    expect(fateWords(old, [old, now], TELLING)).toBe("Replaced by Ms Other, cover teacher, 08:46: Seen after all");
    expect(fateWords(now, [old, now], TELLING)).toBe("");
    const fates = (["set_aside", "voided", "held", "declined", "erased"] as const).map((verdict) =>
      fateWords(claim("C", { verdict, verdict_reason: "why" }), [], TELLING),
    );
    expect(fates).toEqual(["Set aside: why", "Register voided: why", "Held: why", "Declined: why", "Erased by law"]);
  });

  test("codes are named by the table of the day", () => {
    expect(codeWords("I", null, FRAME)).toBe("I Illness");
    expect(codeWords("L", "09:20", FRAME)).toBe("Late, after closing, came 09:20 (35 minutes)");
  });
});

test("keys mark only by themselves", () => {
  const key = (name: string, ctrlKey = false): string | null =>
    markOfKey({ key: name, ctrlKey, altKey: false, metaKey: false });
  expect([key("p"), key("N"), key("l"), key("x"), key("p", true)]).toEqual(["present", "absent", "late", null, null]);
});

test("pupils are found by the beginnings of their names, without accents", () => {
  const all = [
    { pupil: "1", knownAs: "Zoë", surname: "O’Brien", form: "7B" },
    { pupil: "2", knownAs: "Ann", surname: "Smith-Jones", form: "8A" },
    { pupil: "3", knownAs: "Hannah", surname: "Abbott", form: "7B" },
  ];
  const found = (typed: string): string[] => findPupils(all, typed).map(({ pupil }) => pupil);
  expect([found("zoe ob"), found("jones"), found("an"), found("7b"), found("a"), found("")]).toEqual([
    ["1"],
    ["2"],
    ["2"],
    ["3", "1"],
    [],
    [],
  ]);
});
