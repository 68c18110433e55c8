import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CODES } from "../../../../pwa/src/domain/codes.ts";
import { choose, fill, openForm, pinNew, revealAll } from "../../../../pwa/src/screens/register/form.ts";
import { inWords, placeOf } from "../../../../pwa/src/screens/register/marks.ts";
import { blanks, countRows, undecided, viewRows } from "../../../../pwa/src/screens/register/view.ts";
import type { SheetRow } from "../../../../pwa/src/generated/types.ts";
import { claim, FRAME, row, tap } from "./factory.ts";

const code = fc.constantFrom(...CODES.map((one) => one.code), "?");
const anyRow = (pupil: string): fc.Arbitrary<SheetRow> =>
  fc
    .record({
      codes: fc.array(code, { maxLength: 3 }),
      verdict: fc.constantFrom("stands", "set_aside", "voided", "held", "declined", "erased"),
      listed: fc.boolean(),
      planned: fc.boolean(),
    })
    .map(({ codes, verdict, listed, planned }) =>
      row(
        pupil,
        codes.map((one, index) => claim(one, { verdict: index === 0 ? verdict : "stands" })),
        { listed, planned: planned ? [{ entry: "e", code: "M", source: "Letter", by_name: "Ms Desk" }] : [] },
      ),
    );
const anySheet = fc.tuple(...["ada", "ben", "cy", "dot", "eve"].map(anyRow));
const anyTaps = fc.array(fc.tuple(fc.constantFrom("ada", "ben", "cy", "dot", "eve"), code), { maxLength: 8 });

describe("counts", () => {
  test("always add up to the roll, whatever is marked, contested or filled", () => {
    fc.assert(
      fc.property(anySheet, anyTaps, fc.boolean(), (rows, taps, filling) => {
        let form = openForm(rows);
        for (const [pupil, chosen] of taps) form = choose(form, pupil, tap(chosen), FRAME);
        if (filling) form = fill(form, blanks(viewRows(form, rows, FRAME)), tap("/"), FRAME);
        const counts = countRows(viewRows(form, rows, FRAME));
        expect(counts.here + counts.late + counts.away + counts.elsewhere + counts.unmarked).toBe(counts.roll);
        expect(counts.roll).toBe(rows.filter(({ listed }) => listed).length);
        expect(counts.check).toBeLessThanOrEqual(counts.unmarked + counts.late);
      }),
    );
  });

  test("say it in a sentence", () => {
    expect(inWords({ here: 22, late: 2, away: 2, elsewhere: 1, unmarked: 0, roll: 27, check: 0 })).toBe(
      "24 here, 2 not here, 1 elsewhere: 27 of 27",
    );
    expect(inWords({ here: 3, late: 0, away: 0, elsewhere: 0, unmarked: 2, roll: 5, check: 1 })).toBe(
      "3 here, 0 not here, 2 not marked: 3 of 5. 1 to check",
    );
  });

  test("read codes by the table of the day", () => {
    const date = "2026-11-23";
    expect(["/", "\\", "L", "U", "V", "K", "D", "I", "N", "Y1", "X"].map((one) => placeOf(one, date))).toEqual([
      "here",
      "here",
      "late",
      "late",
      "elsewhere",
      "elsewhere",
      "elsewhere",
      "away",
      "away",
      "away",
      "away",
    ]);
    expect(placeOf("H", date)).toBe("unmarked");
    expect(placeOf(null, date)).toBe("unmarked");
  });
});

describe("what comes in while the register is open", () => {
  const before = [row("ada"), row("ben")];
  const came = [row("ada", [claim("N")]), row("ben")];

  test("is shown at once while nothing is chosen", () => {
    const [ada] = viewRows(openForm(before), came, FRAME);
    expect(ada).toMatchObject({ code: "N", news: [] });
  });

  test("waits to be shown while something is", () => {
    const form = choose(openForm(before), "ben", tap("/"), FRAME);
    const [ada] = viewRows(form, came, FRAME);
    expect(ada?.code).toBeNull();
    expect(ada?.news).toHaveLength(1);
  });

  test("is replaced by a tap only once it has been on the screen for a moment", () => {
    const opened = openForm(before);
    expect(choose(opened, "ada", tap("/"), FRAME).choices["ada"]?.replaces).toEqual([]);
    const seen = revealAll(opened, came);
    expect(choose(seen, "ada", tap("/"), FRAME).choices["ada"]?.replaces).toEqual([came[0]?.claims?.[0]?.id]);
    expect(revealAll(seen, came)).toBe(seen);
  });
});

describe("fill blanks", () => {
  test("touches blanks only: no mark, no choice, no planned code, nothing that came in meanwhile", () => {
    const planned = [{ entry: "e", code: "M", source: "Letter", by_name: "Ms Desk" }];
    const rows = [
      row("blank"),
      row("marked", [claim("N")]),
      row("contested", [claim("N"), claim("/")]),
      row("aside", [claim("C", { verdict: "set_aside" })]),
      row("planned", [], { planned }),
      row("guest", [], { listed: false }),
      row("voided", [claim("/", { verdict: "voided" })]),
      row("chosen"),
      row("news"),
    ];
    const form = choose(openForm(rows), "chosen", tap("N"), FRAME);
    const now = rows.map((one) => (one.pupil === "news" ? row("news", [claim("L", { arrived: "08:50" })]) : one));
    const views = viewRows(pinNew(form, now), now, FRAME);
    expect(blanks(views)).toEqual(["blank", "voided"]);
    expect(undecided(views).map(({ pupil }) => pupil)).toEqual(["contested", "aside", "planned", "news"]);
  });

  test("never changes a row that says something", () => {
    const spoken = (one: SheetRow): boolean =>
      (one.planned ?? []).length > 0 || (one.claims ?? []).some(({ verdict }) => verdict === "stands");
    fc.assert(
      fc.property(anySheet, anyTaps, (rows, taps) => {
        let form = openForm(rows);
        for (const [pupil, chosen] of taps) form = choose(form, pupil, tap(chosen), FRAME);
        const filled = fill(form, blanks(viewRows(form, rows, FRAME)), tap("/", "09:00"), FRAME);
        const touched = rows.filter(({ pupil }) => filled.choices[pupil] !== form.choices[pupil]);
        expect(touched.filter(spoken)).toEqual([]);
        expect(touched.filter(({ pupil }) => form.choices[pupil] !== undefined)).toEqual([]);
        expect(touched.flatMap(({ pupil }) => filled.choices[pupil]?.replaces ?? [])).toEqual([]);
      }),
    );
  });

  test("leaves a choice alone even when asked for it", () => {
    const form = choose(openForm([row("ada")]), "ada", tap("N"), FRAME);
    expect(fill(form, ["ada"], tap("/"), FRAME)).toBe(form);
  });
});

describe("a row", () => {
  test("shows an arrival over the absence it joins", () => {
    const absent = claim("N");
    const came = claim("L", { arrived: "08:58" });
    const [view] = viewRows(openForm([row("ada", [absent, came])]), [row("ada", [absent, came])], FRAME);
    expect(view).toMatchObject({ code: "L", arrived: "08:58", place: "late", check: false });
    expect(view?.cell.joined).toEqual([absent.id]);
  });

  test("is to check when contested, set aside, or seen absent after arriving", () => {
    const rows = [
      row("contested", [claim("/"), claim("N")]),
      row("aside", [claim("C", { verdict: "set_aside" })]),
      row("again", [claim("L", { arrived: "08:50" }), claim("N", { observed_at: "2026-11-23T09:05:00.000Z" })]),
      row("fine", [claim("/")]),
    ];
    const views = viewRows(openForm(rows), rows, FRAME);
    expect(views.map(({ check }) => check)).toEqual([true, true, true, false]);
  });

  test("keeps showing what is saved while news waits to be looked at", () => {
    const saved = claim("/");
    const rows = [row("ada", [saved]), row("ben")];
    const form = choose(openForm(rows), "ben", tap("/"), FRAME);
    const other = claim("N");
    const [view] = viewRows(form, [row("ada", [saved, other]), row("ben")], FRAME);
    expect(view).toMatchObject({ code: "/", place: "here" });
    expect(view?.news).toEqual([other]);
  });

  test("reads a late choice by its time", () => {
    const form = choose(openForm([row("ada")]), "ada", tap("L", "09:20", "09:20"), FRAME);
    expect(viewRows(form, [row("ada")], FRAME)[0]?.code).toBe("U");
  });
});
