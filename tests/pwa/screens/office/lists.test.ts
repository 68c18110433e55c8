import { describe, expect, test } from "vitest";
import { isNew } from "../../../../pwa/src/screens/office/day/contests.ts";
import { proposal } from "../../../../pwa/src/screens/office/day/proposal.ts";
import { schoolDay } from "../../../../pwa/src/screens/office/day/school-day.ts";
import type { DayInput } from "../../../../pwa/src/screens/office/day/shapes.ts";
import { daysUntil } from "../../../../pwa/src/screens/office/day/unexplained.ts";
import type { Card, LastMark, SheetRow, UnexplainedRow } from "../../../../pwa/src/generated/types.ts";
import { at, card, claim, input, MONDAY, open, row, school, sheet } from "./factories.ts";

function day(rows: SheetRow[], more: Partial<DayInput> = {}): ReturnType<typeof schoolDay> {
  return schoolDay(input({ sheets: [sheet("g-8a", rows)], ...more }));
}

/** A card whose last sessions are these codes, oldest first, ending on the Friday before. */
function withLast(pupil: string, codes: (string | null)[]): Card {
  const last = codes.map((code, index): LastMark => ({
    date: `2026-11-${String(20 - Math.floor((codes.length - 1 - index) / 2)).padStart(2, "0")}`,
    session: (codes.length - 1 - index) % 2 === 0 ? "PM" : "AM",
    state: code === null ? "unmarked" : "agreed",
    code,
  }));
  return card(pupil, { last });
}

function cards(...list: Card[]): Map<string, Card> {
  return new Map(list.map((one) => [one.pupil, one]));
}

describe("to find", () => {
  test("an N, with who marked it and when", () => {
    const { toFind } = day([row("ada", [claim("N")]), row("ben", [claim("/")])]);
    expect(toFind).toMatchObject([
      { who: { name: "Ada Marsh", form: "8A" }, claim: { author_name: "Mr Ash", observed_at: at("08:45") }, contested: false },
    ]);
  });

  test("an arrival ends the search, a reason too, and an unmarked pupil is no N", () => {
    const arrived = [claim("N"), claim("L", { kind: "arrival.recorded", arrived: "09:02" })];
    const reasoned = [claim("N"), claim("I")];
    expect(day([row("ada", arrived), row("ben", reasoned), row("cai")]).toFind).toEqual([]);
  });

  test("contested with a live N and no arrival stays on the list; with an arrival it does not", () => {
    const unsettled = [claim("N"), claim("/")];
    expect(day([row("ada", unsettled)]).toFind).toMatchObject([{ contested: true }]);
    const early = [claim("N"), claim("L", { arrived: "08:30" })];
    expect(day([row("ada", early)]).contested).toHaveLength(1);
    expect(day([row("ada", early)]).toFind).toEqual([]);
  });

  test("an N that was replaced or set aside finds nobody", () => {
    const first = claim("N");
    expect(day([row("ada", [first, claim("I", { replaces: [first.id] })])]).toFind).toEqual([]);
    expect(day([row("ada", [claim("N", { verdict: "set_aside" })])]).toFind).toEqual([]);
  });

  test("sessions absent in a row count this one and stop at the last seen", () => {
    const rows = [row("ada", [claim("N")])];
    const three = day(rows, { cards: cards(withLast("ada", ["/", "\\", "N", "I"])) }).toFind[0];
    expect(three).toMatchObject({ absentInARow: 3, atLeast: false, lastSeen: { session: "PM", code: "\\" } });
    const none = day(rows, { cards: cards(withLast("ada", [])) }).toFind[0];
    expect(none).toMatchObject({ absentInARow: 1, atLeast: false, lastSeen: null });
    const all = day(rows, { cards: cards(withLast("ada", ["O", "N"])) }).toFind[0];
    expect(all).toMatchObject({ absentInARow: 3, atLeast: true });
  });

  test("not possible neither counts nor breaks; unmarked ends the run; U was here", () => {
    const rows = [row("ada", [claim("N")])];
    const run = (codes: (string | null)[]): number | undefined =>
      day(rows, { cards: cards(withLast("ada", codes)) }).toFind[0]?.absentInARow;
    expect(run(["/", "N", "D", "I"])).toBe(3);
    expect(run(["N", null])).toBe(1);
    expect(run(["N", "U"])).toBe(1);
    expect(run(["N", "?"])).toBe(1);
  });

  test("the afternoon knows the morning: here then, and missing now, comes first", () => {
    const morning = sheet("g-8a", [row("ada", [claim("/", { author_name: "Ms Birch" })]), row("ben", [claim("N")])]);
    const marks = [row("ben", [claim("N")], { session: "PM" }), row("ada", [claim("N")], { session: "PM" })];
    const afternoon = sheet("g-8a", marks, { session: "PM" });
    const known = cards(withLast("ada", ["N"]), withLast("ben", ["N", "N", "N"]));
    const { toFind } = schoolDay(input({ session: "PM", sheets: [morning, afternoon], cards: known }));
    expect(toFind.map((line) => line.who.pupil)).toEqual(["ada", "ben"]);
    expect(toFind[0]).toMatchObject({
      missingSinceArriving: true,
      absentInARow: 1,
      lastSeen: { date: MONDAY, session: "AM", code: "/", claim: { author_name: "Ms Birch" } },
    });
    expect(toFind[1]).toMatchObject({ missingSinceArriving: false, absentInARow: 5 });
  });

  test("the strip is read up to the session on show, whatever the card's day", () => {
    const later = card("ada", { last: [{ date: MONDAY, session: "AM", state: "agreed", code: "N" }] });
    expect(day([row("ada", [claim("N")])], { cards: cards(later) }).toFind[0]?.absentInARow).toBe(1);
  });

  test("longest absent first, then by form and surname", () => {
    const known = cards(
      withLast("ada", ["N"]),
      withLast("ben", ["N", "N"]),
      card("cai", { surname: "Alder" }),
      card("dot", { form_name: "7B" }),
    );
    const rows = ["ada", "ben", "cai", "dot"].map((pupil) => row(pupil, [claim("N")]));
    expect(day(rows, { cards: known }).toFind.map((line) => line.who.pupil)).toEqual(["ben", "ada", "dot", "cai"]);
  });

  test("a parent's message and the ask-office flag come with a proposal", () => {
    const said = claim("N", { parent_message: "Being sick since Sunday", ask_office: true });
    expect(day([row("ada", [said])]).toFind).toMatchObject([
      { parentMessage: "Being sick since Sunday", askOffice: true, proposed: { code: "I" } },
    ]);
    const planned = [{ entry: "e", code: "M", source: "Hospital letter", by_name: "Mrs Dale" }];
    expect(day([row("ada", [said], { planned })]).toFind[0]?.proposed).toEqual({
      code: "M",
      because: "planned: Hospital letter",
    });
  });
});

function pointed(words: string): string | undefined {
  return proposal([], words)?.code;
}

test("words point to a code only where they plainly do", () => {
  expect(pointed("Dentist at 9")).toBe("M");
  expect(pointed("Poorly today")).toBe("I");
  expect(pointed("Gone on holiday to Spain")).toBe("G");
  expect(pointed("Celebrating Eid")).toBe("R");
  expect(pointed("Will be in later")).toBeUndefined();
  expect(pointed("Bill is skillful")).toBeUndefined();
  expect(proposal([], null)).toBeNull();
});

describe("contested", () => {
  test("all the claims that contradict, oldest first, and those they refine beside", () => {
    const n = claim("N");
    const late = claim("L", { arrived: "08:55", observed_at: at("08:55"), kind: "arrival.recorded", group: null });
    const ill = claim("I", { observed_at: at("08:50") });
    const [line] = day([row("ada", [late, n, ill])]).contested;
    expect(line?.claims.map((one) => one.code)).toEqual(["I", "L"]);
    expect(line?.joined.map((one) => one.code)).toEqual(["N"]);
  });
});

test("a contest is new for five minutes after it came up before somebody's eyes", () => {
  const opened = Date.parse(at("09:00"));
  const isFresh = (received: string | null, now: string): boolean | undefined => {
    const [line] = day([row("ada", [claim("/"), claim("I", { received_at: received })])]).contested;
    return line === undefined ? undefined : isNew(line, opened, Date.parse(at(now)));
  };
  expect(isFresh(at("08:59"), "09:01")).toBe(false);
  expect(isFresh(at("09:01"), "09:02")).toBe(true);
  expect(isFresh(at("09:01"), "09:06")).toBe(false);
  expect(isFresh(null, "09:02")).toBe(false);
});

describe("arrivals still marked absent", () => {
  test("seen absent after arriving", () => {
    const arrival = claim("L", { kind: "arrival.recorded", arrived: "08:50", observed_at: at("08:50") });
    const seen = claim("N", { observed_at: at("09:05") });
    expect(day([row("ada", [arrival, seen])]).rechecks).toMatchObject([
      { contested: false, arrival: { id: arrival.id }, absent: { id: seen.id } },
    ]);
  });

  test("an arrival and an absence that contradict are both contested and here", () => {
    const arrival = claim("L", { kind: "arrival.recorded", arrived: "08:30" });
    expect(day([row("ada", [arrival, claim("N")])]).rechecks).toMatchObject([{ contested: true }]);
  });

  test("an arrival that refines the N before it is settled, and so is a contest without an absence", () => {
    const arrival = claim("L", { kind: "arrival.recorded", arrived: "08:50", observed_at: at("08:50") });
    expect(day([row("ada", [claim("N"), arrival])]).rechecks).toEqual([]);
    expect(day([row("ada", [claim("/"), claim("I")])]).rechecks).toEqual([]);
  });
});

describe("off site, unconfirmed", () => {
  const trip = { entry: "e", code: "V", source: "Trip to the coast", by_name: "Mrs Dale" };
  const planned = [trip];

  test("marked by somebody here, with the plan's source or the marker's name", () => {
    expect(day([row("ada", [claim("V")], { planned })]).offSite).toMatchObject([
      { code: "V", source: "Trip to the coast", marked: true },
    ]);
    expect(day([row("ada", [claim("B")])]).offSite).toMatchObject([{ code: "B", source: "Marked by Mr Ash" }]);
  });

  test("confirmed once a standing claim names who saw the pupil there", () => {
    const first = claim("V");
    const confirmed = claim("V", { replaces: [first.id], observed_by: "Mr Reed, trip leader" });
    expect(day([row("ada", [first, confirmed], { planned })]).offSite).toEqual([]);
  });

  test("planned and nobody has marked the session; a plan against a mark is no list's business", () => {
    expect(day([row("ada", [], { planned })]).offSite).toMatchObject([{ code: "V", marked: false }]);
    expect(day([row("ada", [claim("/")], { planned })]).offSite).toEqual([]);
    expect(day([row("ada", [], { planned: [{ ...trip, code: "M" }] })]).offSite).toEqual([]);
  });
});

function old(date: string, due: string | null, live = ["a.0"]): UnexplainedRow {
  return { pupil: "ben", date, session: "AM", due, live };
}

describe("N, due and overdue", () => {
  test("days left are school days: day 4 warns, day 5 is due, then it is overdue", () => {
    const rows = [
      old("2026-11-13", "2026-11-20"),
      old("2026-11-16", MONDAY),
      old("2026-11-17", "2026-11-24"),
      old("2026-11-18", "2026-11-25"),
      { ...old("2026-11-19", null), session: "PM" as const },
    ];
    const { unexplained } = day([], { unexplained: open(rows) });
    expect(unexplained.map((line) => [line.date, line.daysLeft, line.state])).toEqual([
      ["2026-11-13", -1, "overdue"],
      ["2026-11-16", 0, "due"],
      ["2026-11-17", 1, "warning"],
      ["2026-11-18", 2, "open"],
      ["2026-11-19", null, "open"],
    ]);
  });

  test("holidays and weekends do not count, in either direction", () => {
    const { calendar } = school();
    expect(daysUntil(calendar, "2026-10-23", "2026-11-02")).toBe(1);
    expect(daysUntil(calendar, "2026-11-02", "2026-10-23")).toBe(-1);
    expect(daysUntil(calendar, "2026-11-20", "2026-11-22")).toBe(0);
    expect(daysUntil(calendar, MONDAY, MONDAY)).toBe(0);
  });

  test("today's come after, with what an amendment replaces; contested ones wait for the contest", () => {
    const first = claim("/");
    const n = claim("N", { replaces: [first.id] });
    const rows = [row("ada", [first, n]), row("cai", [claim("N"), claim("/")])];
    const { unexplained } = day(rows, { unexplained: open([old("2026-11-20", "2026-11-27")]) });
    expect(unexplained.map((line) => line.who.pupil)).toEqual(["ben", "ada"]);
    expect(unexplained[1]).toMatchObject({ due: "2026-11-30", daysLeft: 5, replaces: [first.id, n.id].toSorted() });
  });

  test("today's are those of both sessions, whichever day and session is on show", () => {
    const morning = sheet("g-8a", [row("ada", [claim("N")])]);
    const afternoon = sheet("g-8a", [row("ben", [claim("N")], { session: "PM" })], { session: "PM" });
    const sheets = [morning, afternoon];
    for (const more of [{}, { session: "PM" as const }, { date: "2026-11-20" }]) {
      const lines = schoolDay(input({ sheets, ...more })).unexplained;
      expect(lines.map((line) => [line.who.pupil, line.session])).toEqual([
        ["ada", "AM"],
        ["ben", "PM"],
      ]);
    }
  });

  test("the published list replaces what its line shows and what that had replaced", () => {
    const listed = { ...old("2026-11-20", "2026-11-27", ["b.0"]), replaced: ["a.0"], parent_message: "Sick" };
    expect(day([], { unexplained: open([listed]) }).unexplained).toMatchObject([
      { replaces: ["a.0", "b.0"], parentMessage: "Sick", proposed: { code: "I" } },
    ]);
  });

  test("one that this device has answered leaves the list at once; half an answer does not", () => {
    const two = open([old("2026-11-20", "2026-11-27", ["a.0", "b.0"])]);
    expect(day([], { unexplained: two, replacedHere: new Set(["a.0", "b.0"]) }).unexplained).toEqual([]);
    expect(day([], { unexplained: two, replacedHere: new Set(["a.0"]) }).unexplained).toHaveLength(1);
  });

  test("a cell on the published list and on the sheet is one line", () => {
    const n = claim("N");
    const listed = { ...old(MONDAY, "2026-11-30", [n.id]), pupil: "ada" };
    expect(day([row("ada", [n])], { unexplained: open([listed]) }).unexplained).toHaveLength(1);
  });
});
