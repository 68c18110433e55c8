import { describe, expect, test } from "vitest";
import { isBegun } from "../../../../pwa/src/components/concerns/begun.ts";
import { isLoud, ownConcerns } from "../../../../pwa/src/components/concerns/own.ts";
import { isOpen, numbersOf, placeOf } from "../../../../pwa/src/components/concerns/whom.ts";
import { telLink } from "../../../../pwa/src/components/text.ts";
import { actionWords, basisWords, outcomeWords, supportWords } from "../../../../pwa/src/components/support/support-words.ts";
import type { ShownStatus } from "../../../../pwa/src/domain/concerns.ts";
import { childAsked, childrenOf, everyChild, findChildren } from "../../../../pwa/src/screens/concerns/children.ts";
import { about, aboutChild, blank, concernBody, concernErrors, justRang, told, untold } from "../../../../pwa/src/screens/concerns/form.ts";
import { ago, didWords, inOrder, isOverdue, stageWords, stateTag } from "../../../../pwa/src/screens/concerns/words.ts";
import { concern, DUTY, HEAD, household, item, LEAD, note, raised, SAFE, TEN, TEN_MS } from "./factories.ts";

const NOBODY = { people: [], staff: false, head: false, immediate: false };
const CLOCK = { nowMs: TEN_MS, offsetMs: 0, zone: "Europe/London" };
const names = (rings: readonly { name: string }[]): string[] => rings.map(({ name }) => name);

describe("whom to ring, from the tablet alone", () => {
  test("in a school: its own people, the duty team out of hours, and 999 first in danger", () => {
    const place = placeOf({}, SAFE, new Map());
    expect(place.name).toBe(SAFE.name);
    const now = numbersOf(NOBODY, place, true);
    expect([names(now.now), names(now.next)]).toEqual([["Lena Lead"], ["Hana Head", "Duty team"]]);
    expect(names(numbersOf(NOBODY, place, false).now)).toEqual(["Lena Lead", "Duty team"]);
    const danger = numbersOf({ ...NOBODY, immediate: true }, place, true).now;
    expect(names(danger)).toEqual(["Emergency services", "Lena Lead", "Hana Head", "Duty team"]);
    expect(danger[0]?.phone).toBe("999");
  });

  test("about staff, and about the head: with the designated officer, and never whom it concerns", () => {
    const place = placeOf({}, SAFE, new Map());
    expect(names(numbersOf({ ...NOBODY, staff: true }, place, true).now)).toEqual(["Hana Head", "Designated officer"]);
    expect(names(numbersOf({ ...NOBODY, head: true }, place, true).now)).toEqual(["Chi Chair", "Designated officer"]);
    expect(names(numbersOf({ ...NOBODY, people: ["lead"] }, place, true).now)).toEqual(["Hana Head", "Designated officer"]);
  });

  test("in an area: of the child's school, as its case names it; else the area's own", () => {
    const area = { ...SAFE, phase: "area" as const, name: "Tarn", staff: [], safeguarding: { duty: DUTY, leads: [HEAD] } };
    const cases = new Map([["k1", household()]]);
    const school = placeOf({ case: "k1", school: "sch-1" }, area, cases);
    expect([school.name, names(numbersOf(NOBODY, school, false).now)]).toEqual(["Fernhollow School", ["Lena Lead", "Duty team"]]);
    const none = placeOf({ case: "k1", school: null }, area, cases);
    expect([none.name, names(numbersOf(NOBODY, none, true).now)]).toEqual(["Tarn", ["Hana Head"]]);
    expect(placeOf({}, null, cases).name).toBe("your school");
  });

  test("open by the hours, and by nothing that is known", () => {
    const place = placeOf({}, SAFE, new Map());
    expect([isOpen(place, TEN), isOpen(place, "2026-11-23T20:00:00.000Z")]).toEqual([true, false]);
    expect(isOpen({ ...place, calendar: null }, "2026-11-23T20:00:00.000Z")).toBe(true);
    expect(telLink("01632 960-001")).toBe("tel:01632960001");
  });
});

describe("one's own concerns", () => {
  const status = (more: Partial<ShownStatus>): ReadonlyMap<string, ShownStatus> =>
    new Map([
      [
        "c1",
        { _id: "concern_status:c1", type: "concern_status", concern: "c1", entry: "entry:concern.raised", state: "new", received_at: TEN, goes_to: "the lead", held: null, ...more },
      ],
    ]);
  const also = { kind: "concern.told", author: "me", role: "class_teacher", device: "d", written_at: TEN, concern: "c1", told: { name: "L", how: "phone", at: TEN } } as const;
  const own = (state: "waiting" | "stored" | "held" | "refused", known: ReadonlyMap<string, ShownStatus> = new Map()) =>
    ownConcerns([item(also), item(raised(), { state })], known)[0];

  test("loud until the server has them, and while it holds them back", () => {
    const stages = [own("waiting"), own("refused"), own("held"), own("stored"), own("stored", status({ held: "No words." }))];
    expect(stages.map((one) => one?.stage)).toEqual(["here", "refused", "held", "received", "held"]);
    expect(stages.map((one) => one !== undefined && isLoud(one))).toEqual([true, true, true, false, true]);
  });

  test("calm once somebody acknowledged them, held or not", () => {
    const known = { state: "acknowledged", acknowledged_by: "Lena Lead", acknowledged_at: TEN } as const;
    expect([own("stored", status(known))?.stage, own("held", status(known))?.stage]).toEqual(["acknowledged", "acknowledged"]);
    expect(own("stored", status({ ...known, entry: "entry:another" }))?.stage).toBe("received");
  });

  test("in words", () => {
    const words = (one: ReturnType<typeof own>): string => (one === undefined ? "" : stageWords(one, () => "10:00"));
    expect(words(own("waiting"))).toMatch(/has not reached the server.*ring them/);
    expect(words(own("refused"))).toMatch(/on this tablet only/);
    expect(words(own("held"))).toMatch(/holds it back/);
    expect(words(own("stored", status({})))).toBe("Received 10:00. It is with the lead. Nobody has acknowledged it yet.");
    expect(words(own("stored"))).toBe("Received. Nobody has acknowledged it yet.");
    expect(words(own("stored", status({ state: "closed", acknowledged_by: "Lena Lead", acknowledged_at: TEN })))).toBe(
      "Received 10:00. Acknowledged by Lena Lead, 10:00.",
    );
    expect(words(own("stored", status({ state: "closed" })))).toMatch(/Acknowledged by somebody who answers for it\./);
  });
});

describe("the form", () => {
  const empty = blank("c1", TEN, { visit: "v1", case: "k1" });

  test("refuses what says nothing, with a sentence at the field", () => {
    expect(concernErrors(empty, CLOCK).map(({ field }) => field)).toEqual(["concern-child", "concern-text"]);
    const written = { ...empty, childName: "Ada", text: " \n " };
    expect(concernErrors(written, CLOCK).map(({ text }) => text)).toEqual(["Write what you saw and heard, in your own words"]);
    const half = { ...written, text: "A bruise.", date: "2026-11-20" };
    expect(concernErrors(half, CLOCK)[0]?.text).toMatch(/both the day and the time/);
    expect(concernErrors({ ...half, date: "2026-11-24", time: "09:00" }, CLOCK)[0]?.text).toMatch(/not come yet/);
    expect(concernErrors({ ...half, time: "09:00" }, CLOCK)).toEqual([]);
  });

  test("is begun once somebody would miss it", () => {
    expect([isBegun(empty), isBegun({ ...empty, text: "A" }), isBegun(justRang(empty, LEAD, TEN))]).toEqual([false, true, true]);
  });

  test("becomes the entry", () => {
    const [child] = childrenOf(household());
    const chosen = aboutChild(empty, child ?? null);
    const rang = untold(told(justRang(chosen, LEAD, TEN), { name: "X", how: "message", at: TEN }), 1);
    const form = about({ ...rang, text: " A bruise. ", date: "2026-11-23", time: "09:30" }, "tutor", true);
    expect(concernBody(form, { ...CLOCK, offsetMs: 60_000 })).toEqual({
      kind: "concern.raised",
      concern: "c1",
      case: "k1",
      visit: "v1",
      child: "m1",
      child_name: "Ada Finch",
      school: "sch-1",
      pupil: "pup-1",
      about: ["tutor"],
      about_head: false,
      about_staff: true,
      text: "A bruise.",
      immediate: false,
      told: [{ name: "Lena Lead", how: "phone", at: TEN }],
      observed_at: "2026-11-23T09:29:00.000Z",
    });
    expect(about(form, "tutor", false).about).toEqual([]);
    expect(concernBody(empty, CLOCK).observed_at).toBe(TEN);
    expect(aboutChild(form, null)).toMatchObject({ childName: "", pupil: null, child: null, case: "k1" });
  });
});

describe("the child", () => {
  const people = new Map([["pup-1", { pupil: "pup-1", knownAs: "Ada", surname: "Finch", form: "5B" }]]);
  const cases = new Map([["k1", household()]]);
  const all = everyChild(people, cases);

  test("is found by any part of the name, with what tells them apart", () => {
    expect(all.map(({ name, detail }) => `${name}, ${detail}`)).toEqual([
      "Ada Finch, 5B",
      "Ada Finch, Fernhollow School",
      "Bo Finch, A school elsewhere",
    ]);
    expect(findChildren(all, "fin bo").map(({ child }) => child)).toEqual(["m2"]);
    expect(findChildren(all, "")).toEqual([]);
    expect(findChildren(all, "nobody")).toEqual([]);
  });

  test("of a school that is not on this server has none", () => {
    expect(childrenOf(household()).map(({ school, pupil }) => [school, pupil])).toEqual([
      ["sch-1", "pup-1"],
      [null, null],
    ]);
  });

  test("is known by the page that one comes from", () => {
    const asked = (query: string): string | undefined => childAsked(all, new URLSearchParams(query))?.name;
    expect(asked("pupil=pup-1")).toBe("Ada Finch");
    expect(asked("case=k1&child=m2")).toBe("Bo Finch");
    expect(asked("visit=v&case=k1")).toBeUndefined(); // two children: the person says which
    expect(asked("")).toBeUndefined();
    expect(asked("case=k1&child=m9")).toBeUndefined();
  });
});

describe("the queue", () => {
  test("what is in danger first, then what has waited longest, then what is open", () => {
    const made = (name: string, more: object): ReturnType<typeof concern> => concern({ concern: name, ...more });
    const list = [
      made("closed", { state: "closed" }),
      made("open", { state: "acknowledged" }),
      made("new", { received_at: "2026-11-23T10:05:00.000Z" }),
      made("old", {}),
      made("danger", { immediate: true, received_at: "2026-11-23T10:09:00.000Z" }),
      made("referred", { state: "referred", received_at: "2026-11-23T10:09:00.000Z" }),
    ];
    expect(inOrder(list).map((one) => one.concern)).toEqual(["danger", "old", "new", "referred", "open", "closed"]);
  });

  test("is overdue once it has gone on, or its time is past", () => {
    expect([isOverdue(concern(), TEN_MS), isOverdue(concern(), TEN_MS + 3_600_000)]).toEqual([false, true]);
    expect(isOverdue(concern({ escalated: [TEN], due_at: null }), TEN_MS)).toBe(true);
    expect(isOverdue(concern({ state: "closed", escalated: [TEN] }), TEN_MS)).toBe(false);
    expect([stateTag(concern(), TEN_MS).text, stateTag(concern({ escalated: [TEN] }), TEN_MS).text]).toEqual(["New", "Overdue"]);
    expect(stateTag(concern({ state: "referred" }), TEN_MS).text).toBe("Referred");
  });

  test("says since when", () => {
    const since = (ms: number): string => ago(TEN, TEN_MS + ms);
    expect([since(-5), since(61_000), since(600_000), since(2 * 3_600_000), since(50 * 3_600_000)]).toEqual([
      "just now",
      "1 minute ago",
      "10 minutes ago",
      "2 hours ago",
      "2 days ago",
    ]);
  });

  test("says what was done", () => {
    const said = { name: "Dev", how: "in_person", at: TEN } as const;
    expect(
      [
        note("raised"),
        note("told", { told: said }),
        note("told"),
        note("acknowledged"),
        note("noted"),
        note("noted", { status: "closed" }),
        note("noted", { status: "referred" }),
        note("exported", { system: "MyConcern", reference: "R-1" }),
        note("exported"),
      ].map(didWords),
    ).toEqual([
      "raised it again",
      "told Dev, in person",
      "told somebody",
      "acknowledged it",
      "noted",
      "closed it",
      "referred it",
      "took it into MyConcern under R-1",
      "took it into a safeguarding system under no reference",
    ]);
  });
});

test("support, as far as a school may know of it", () => {
  const base = { _id: "s", type: "support", pupil: "p", case: "c", as_at: TEN } as const;
  expect(supportWords({ ...base, status: "closed" })).toBe("Support has ended.");
  expect(supportWords({ ...base, status: "paused", lead_name: "W" })).toBe("Support is paused, led by W.");
  expect(actionWords({ item: "i", what: "Ring.", owner: "Aunt", due: null, status: "done" }, String)).toBe("Ring (Aunt): done.");
  expect(outcomeWords("contested")).toMatch(/differ/);
  expect(basisWords("safeguarding")).toBe("for safeguarding");
});
