// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { kindsOf, percentage, sentencesOf, weeksOf } from "../../../pwa/src/components/history/weeks.ts";
import { counted } from "../../../pwa/src/domain/measures.ts";
import type { History, School } from "../../../pwa/src/generated/types.ts";
import { history, SCHOOL } from "../support/factory.ts";

const asked: string[] = [];
const holiday = { first: "2026-10-26", last: "2026-10-30", kind: "holiday" } as const;
const spring = { name: "Spring", first: "2027-01-05", last: "2027-03-24" };
const calendar = { ...SCHOOL.calendar, terms: [...SCHOOL.calendar.terms, spring], closures: [holiday] };

vi.mock("../../../pwa/src/state/app.ts", () => ({
  school: signal<School | null>(null),
  histories: signal<ReadonlyMap<string, readonly History[]>>(new Map()),
  today: signal("2026-11-23"),
  showHistory: (pupil: string) => {
    asked.push(pupil);
  },
}));

const state = await import("../../../pwa/src/state/app.ts");
const { HalfTerms } = await import("../../../pwa/src/components/history/half-terms.tsx");

const november = history([
  ["2026-11-18", "/", "?"],
  ["2026-11-19", "L", null],
  ["2026-11-20", "N", "\\"],
  ["2026-11-23", "I", "I"],
]);
const september = history([["2026-09-30", "/", "\\"]], { half: "2026-09-02" });

describe("weeks", () => {
  test("begin on Mondays, and count what counts", () => {
    const [first, second] = weeksOf(november);
    expect([first?.monday, second?.monday]).toEqual(["2026-11-16", "2026-11-23"]);
    expect([first?.attended, first?.possible]).toEqual([3, 4]);
    expect([second?.attended, second?.possible]).toEqual([0, 2]);
    expect(first?.days.get(2)?.map(({ state: at, code }) => [at, code])).toEqual([
      ["agreed", "/"],
      ["contested", null],
    ]);
    expect(first?.days.has(0)).toBe(false);
  });

  test("have a key to every letter that occurs, once", () => {
    const kinds = kindsOf(weeksOf(november)).map(({ state: at, code }) => code ?? at);
    expect(kinds.slice(0, 5)).toEqual(["/", "L", "\\", "I", "N"]);
    expect(kinds.slice(5).toSorted()).toEqual(["contested", "unmarked"]);
  });
});

describe("in words", () => {
  test("attended, absent and why, late, and what has no mark", () => {
    expect(sentencesOf(november)).toEqual([
      "Attended 3 of 6 possible sessions, 50.0%.",
      "Absent for 3: 2 authorised, 1 unauthorised.",
      "That is half of all sessions missed, or more.",
      "Late for 1.",
      "2 sessions have no agreed mark, and so not counted.",
    ]);
    expect(sentencesOf(september)).toEqual(["Attended 2 of 2 possible sessions, 100.0%."]);
    expect(sentencesOf(history([["2026-11-20", "I", "I"]]))[1]).toBe("Absent for 2, authorised.");
    expect(sentencesOf(history([["2026-11-20", "O", "\\"]]))[1]).toBe("Absent for 1, unauthorised.");
    expect(sentencesOf(history([["2026-11-20", null, null]]))[0]).toBe("No session counts.");
  });

  test("a tenth of sessions missed is said, less is not", () => {
    const said = (attended: number): boolean =>
      sentencesOf({ tally: { attended, unauthorised: 1 } }).some((one) => one.includes("a tenth"));
    expect([said(9), said(10)]).toEqual([true, false]);
  });

  test.each([
    [{ attended: 61, authorised: 3 }, "95.3%"],
    [{ attended: 2, authorised: 1 }, "66.7%"],
    [{ attended: 0, authorised: 1 }, "0.0%"],
    [{}, null],
  ])("a percentage: %o", (tally, words) => {
    expect(percentage(counted(tally))).toBe(words);
  });
});

describe("on a screen", () => {
  let root: HTMLElement;
  beforeEach(() => {
    asked.splice(0);
    root = document.createElement("div");
    put(state.school, { ...SCHOOL, calendar });
    put(state.histories, new Map());
    put(state.today, "2026-11-24");
  });

  function put<T>(where: { readonly value: T }, value: T): void {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the signals above can be written
    (where as { value: T }).value = value;
  }

  function show(): void {
    void act(() => render(<HalfTerms pupil="pup-1" name="Ada Example" level={2} open />, root));
  }

  test("asks for the pupil's histories, and shows both when they are there", () => {
    show();
    expect([asked, root.textContent]).toEqual([["pup-1"], ""]);
    void act(() => put(state.histories, new Map([["pup-1", [november, september]]])));
    expect([...root.querySelectorAll("h2")].map((one) => one.textContent)).toEqual([
      "This half-term Autumn, second half",
      "Last half-term Autumn, first half",
    ]);
    expect([...root.querySelectorAll("details")].map((one) => one.open)).toEqual([true, false]);
    expect(root.querySelector("caption")?.textContent).toBe("Ada Example, Autumn, second half, week by week");
    const friday = root.querySelector('[aria-label^="Fri 20 Nov morning"]');
    expect(friday?.textContent).toBe("N\\");
    expect(root.textContent).toContain("Reason not yet known");
  });

  test("says when there is nothing to show, and why", () => {
    put(state.histories, new Map([["pup-1", [november]]]));
    put(state.today, "2027-01-05");
    show();
    expect(root.textContent).toContain("No school day of it is over yet.");
    put(state.histories, new Map([["pup-1", []]]));
    show();
    expect(root.textContent).toContain("This tablet holds no marks of it.");
  });

  test("calls the half-term that has ended the last one in the holidays", () => {
    put(state.histories, new Map([["pup-1", [november, september]]]));
    put(state.today, "2026-12-25");
    show();
    expect([...root.querySelectorAll("h2")].map((one) => one.firstChild?.textContent)).toEqual([
      "Last half-term",
      "The half-term before",
    ]);
  });
});
