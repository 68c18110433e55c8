import { describe, expect, test } from "vitest";
import type { Fact } from "../../../../pwa/src/domain/facts.ts";
import { contradictions, missing } from "../../../../pwa/src/screens/visits/note/check.ts";
import { draftIdOf } from "../../../../pwa/src/screens/visits/note/drafts.ts";
import { known } from "../../../../pwa/src/screens/visits/note/family.ts";
import { flagOf, flagText, itemsIn, listOf, newItem } from "../../../../pwa/src/screens/visits/note/fields.ts";
import type { Fields } from "../../../../pwa/src/screens/visits/note/fields.ts";
import { handIn } from "../../../../pwa/src/screens/visits/note/hand-in.ts";
import { ownersOf } from "../../../../pwa/src/screens/visits/note/owners.ts";
import { readers } from "../../../../pwa/src/screens/visits/note/readers.ts";
import { stepNamed, stepsFor } from "../../../../pwa/src/screens/visits/note/steps.ts";
import { at, BEA, BUS, DAY, familyCase, frame, MO, PLAN, said, visit, WALK } from "./factory.ts";

const OF = familyCase();
const OWNERS = ownersOf(OF.cells, OF, MO);

/** A form in which everything is answered. */
const FULL: Fields = {
  date: DAY,
  arrived: "14:02",
  left: "15:00",
  outcome: "seen",
  "present.m-mum": "true",
  "present.m-ada": "true",
  "present.m-ben": "false",
  "adult.1-a.name": "A man in a red coat",
  "adult.1-a.relation": "uncle, they said",
  "adult.1-a.unknown": "true",
  "seen.m-ada": "true",
  "seen.m-ada.where": "in the kitchen",
  "seen.m-ada.how": "tired, and cheerful",
  "alone.m-ada": "true",
  "words.m-ada": "“I like the bus when Ben is on it.”",
  "seen.m-ben": "false",
  "seen.m-ben.why_not": "at football",
  parent_view: "She wants the pass.",
  observation: "The kitchen was warm.",
  analysis: "The journey is the barrier.",
  "barrier.b-bus": "still",
  "pin.barrier:b-bus": '["seen-before.0"]',
  "new_barrier.2-b.category": "money",
  "new_barrier.2-b.what": "The fare",
  "new_barrier.2-b.child": "m-ada",
  "strength.3-c.what": "They eat together",
  "action.a-walk": "done",
  "pin.action:a-walk": '["seen-too.0"]',
  "new_action.4-d.what": "Ask for a bus pass",
  "new_action.4-d.who": `staff:${MO}`,
  "new_action.4-d.due": "2026-12-01",
  "new_action.4-d.child": "m-ada",
  "interpreter.used": "false",
  basis: "consent",
  "shared.m-ada": "Ada has been ill.",
  "next.needed": "true",
  "next.on": "2026-11-30",
};

function facts(fields: Fields, more: Parameters<typeof frame>[0] = {}): Fact[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made with its kind
  return handIn(frame(more), fields, OWNERS).facts.map(({ says }) => says as Fact);
}

function sayings(fields: Fields, kind: Fact["fact"]): Fact[] {
  return facts(fields).filter(({ fact }) => fact === kind);
}

describe("fields", () => {
  test("are text as it is, and all else as JSON text", () => {
    expect(flagOf({ a: flagText(true) }, "a")).toBe(true);
    expect(flagOf({ a: flagText(false) }, "a")).toBe(false);
    expect(flagOf({ a: flagText(null) }, "a")).toBe(null);
    expect(listOf({ a: "[1]" }, "a")).toEqual([]);
    expect(listOf({ a: "{" }, "a")).toEqual([]);
    expect(listOf({ a: '["x"]' }, "a")).toEqual(["x"]);
  });

  test("list what was added, the oldest first, without what was taken away", () => {
    const [first, second, third] = [newItem(1000, "ffffffff"), newItem(2000, "aaaaaaaa"), newItem(3000, "00000000")];
    const fields = { [`call.${third}.name`]: "c", [`call.${first}.name`]: "a", [`call.${second}.name`]: "b", [`call.${second}.gone`]: "true" };
    expect(itemsIn(fields, "call")).toEqual([first, third]);
  });

  test("begin with what the author said at the door, and with nobody else's word", () => {
    const theirs = said({ fact: "outcome", outcome: "refused" }, { author: BEA });
    const mine = said({ fact: "arrived", at: at("14:02") });
    expect(known(frame({ visit: visit([said(PLAN), mine, theirs]) }))).toEqual({ date: DAY, arrived: "14:02" });
  });

  test("two tablets begin the same draft, and another after one was discarded", () => {
    expect(draftIdOf("v-1", MO)).toBe(draftIdOf("v-1", MO));
    expect(new Set([draftIdOf("v-1", MO), draftIdOf("v-1", BEA), draftIdOf("v-2", MO), draftIdOf("v-1", MO, 1)]).size).toBe(4);
    expect(draftIdOf("v-1", MO)).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/);
  });
});

describe("a note that is handed in", () => {
  test("says when, who, and what came of it", () => {
    expect(sayings(FULL, "arrived")).toEqual([{ fact: "arrived", at: at("14:02") }]);
    expect(sayings(FULL, "left")).toEqual([{ fact: "left", at: at("15:00") }]);
    expect(sayings(FULL, "outcome")).toMatchObject([{ outcome: "seen", card_left: false }]);
    expect(sayings(FULL, "present")).toMatchObject([
      { item: "m-mum", present: true, name: "Carla Finch", relation: "mother" },
      { item: "m-ben", present: false },
      { item: "m-ada", present: true },
      { item: "1-a", present: true, name: "A man in a red coat", unknown: true },
    ]);
    expect(sayings(FULL, "seen")).toMatchObject([
      { item: "m-ben", seen: false, why_not: "at football" },
      { item: "m-ada", seen: true, where: "in the kitchen", presentation: "tired, and cheerful" },
    ]);
    expect(sayings(FULL, "alone")).toMatchObject([{ item: "m-ada", alone: true, why_not: null }]);
    expect(sayings(FULL, "next_visit")).toMatchObject([{ on: "2026-11-30" }]);
    expect(sayings(FULL, "basis")).toMatchObject([{ basis: "consent" }]);
    expect(sayings(FULL, "interpreter")).toEqual([]);
  });

  test("says what it means for the case", () => {
    expect(sayings(FULL, "barrier")).toMatchObject([
      { item: "b-bus", removed: false, what: BUS.what },
      { item: "2-b", category: "money", what: "The fare", child: "m-ada" },
    ]);
    expect(sayings(FULL, "strength")).toMatchObject([{ item: "3-c", what: "They eat together" }]);
    expect(sayings(FULL, "action")).toMatchObject([
      { item: "a-walk", status: "done", what: WALK.what },
      { item: "4-d", what: "Ask for a bus pass", owner: "Mo Hart", person: MO, due: "2026-12-01", child: "m-ada" },
    ]);
    expect(sayings(FULL, "shared")).toMatchObject([{ child: "m-ada", text: "Ada has been ill.", basis: "consent" }]);
  });

  test("keeps observation apart from analysis, and a child's words as they were said", () => {
    expect(handIn(frame(), FULL, OWNERS).contribution).toEqual({
      observation: "The kitchen was warm.",
      analysis: "The journey is the barrier.",
      parent_view: "She wants the pass.",
      words: [{ child: "m-ada", words: "“I like the bus when Ben is on it.”" }],
    });
  });

  test("was observed as the visit was", () => {
    const all = handIn(frame(), FULL, OWNERS).facts;
    expect(new Set(all.map(({ observed_at: when }) => when))).toEqual(new Set([at("14:02")]));
  });

  test("replaces on the case what was on the screen, and on the visit its author's own word alone", () => {
    const mine = said({ fact: "arrived", at: at("14:10") });
    const theirs = said({ fact: "arrived", at: at("14:05") }, { author: BEA });
    const all = handIn(frame({ visit: visit([said(PLAN), mine, theirs]) }), FULL, OWNERS).facts;
    expect(all.find(({ says }) => says.fact === "arrived")?.replaces).toEqual([mine.id]);
    expect(all.find(({ says }) => says.fact === "barrier")?.replaces).toEqual(["seen-before.0"]);
    expect(all.find(({ says }) => says.fact === "action")?.replaces).toEqual(["seen-too.0"]);
  });

  test("does not say again what its author has said already", () => {
    const mine = said({ fact: "arrived", at: at("14:02") });
    expect(facts(FULL, { visit: visit([said(PLAN), mine]) }).filter(({ fact }) => fact === "arrived")).toEqual([]);
    const theirs = said({ fact: "arrived", at: at("14:02") }, { author: BEA });
    expect(facts(FULL, { visit: visit([said(PLAN), theirs]) }).filter(({ fact }) => fact === "arrived")).toHaveLength(1);
  });

  test("speaks by the tablet's clock, and knows what was said by the server's", () => {
    const slow = { offsetMs: 37 };
    const all = handIn(frame(slow), FULL, OWNERS).facts;
    expect(all.find(({ says }) => says.fact === "arrived")).toMatchObject({ says: { at: "2026-11-23T14:01:59.963Z" }, observed_at: "2026-11-23T14:01:59.963Z" });
    const mine = said({ fact: "arrived", at: at("14:02") });
    expect(facts(FULL, { ...slow, visit: visit([said(PLAN), mine]) }).filter(({ fact }) => fact === "arrived")).toEqual([]);
  });

  test("that saw nobody says the calls, and nothing of who was there", () => {
    const call = { "call.1-a.name": "Carla Finch", "call.1-a.at": "14:04", "call.1-a.how": "phone", "call.1-a.reached": "false" };
    const all = facts({ ...FULL, ...call, outcome: "no_answer", card_left: "true", outcome_note: "Curtains drawn" });
    expect(all.filter(({ fact }) => ["present", "seen", "alone"].includes(fact))).toEqual([]);
    expect(all.find(({ fact }) => fact === "outcome")).toMatchObject({ outcome: "no_answer", card_left: true, note: "Curtains drawn" });
    expect(all.find(({ fact }) => fact === "contact")).toMatchObject({ name: "Carla Finch", at: at("14:04"), how: "phone", reached: false });
  });

  test("names an adult whom nobody knew", () => {
    const all = facts({ ...FULL, "adult.1-a.name": " ", "adult.1-a.relation": "" });
    expect(all.find((one) => one.fact === "present" && one.item === "1-a")).toMatchObject({ name: "Name not known", relation: "not said" });
  });
});

describe("before it is handed in", () => {
  const lacks = (fields: Fields, more: Parameters<typeof frame>[0] = {}): string[] => missing(frame(more), fields).map(({ text }) => text);
  const wrong = (fields: Fields): string[] => contradictions(frame(), fields).map(({ text }) => text);

  test("nothing is missing from a full one", () => {
    expect(lacks(FULL)).toEqual([]);
    expect(wrong(FULL)).toEqual([]);
  });

  test("what is missing is said in words, and does not block", () => {
    const bare = { date: DAY, outcome: "seen" };
    expect(wrong(bare)).toEqual([]);
    expect(lacks(bare)).toEqual([
      "When you arrived",
      "Who was there",
      "Whether Ben Finch was seen",
      "Whether Ada Finch was seen",
      "What you saw and heard (observation)",
      "The parent’s view",
      "The basis for sharing",
      "When you left",
      "Whether somebody comes again",
    ]);
  });

  test("a child that was seen is asked about, and one that was not", () => {
    const { "alone.m-ada": _alone, "words.m-ada": _words, "seen.m-ben.why_not": _why, ...rest } = FULL;
    expect(lacks(rest)).toEqual(["Why Ben Finch was not seen", "Whether Ada Finch was seen alone", "Ada Finch’s own words"]);
    expect(lacks({ ...FULL, "alone.m-ada": "false" })).toEqual(["Why Ada Finch was not seen alone"]);
  });

  test("a visit that nobody answered is soon said", () => {
    expect(lacks({ date: DAY, outcome: "no_answer", arrived: "14:00", left: "14:05", "next.needed": "true", "next.on": "2026-11-24" })).toEqual(["Whether you tried to ring them"]);
  });

  test("the interpreter is asked for where the family needs one", () => {
    const cells = familyCase([said({ fact: "language", language: "pl", interpreter: true })]).cells;
    const { "interpreter.used": _used, ...rest } = FULL;
    expect(lacks(rest, { caseCells: cells })).toEqual(["Whether somebody interpreted"]);
  });

  test.each([
    [{ left: "13:00" }, "You left at 13:00, before you arrived at 14:02."],
    [{ arrived: "16:30", left: "" }, "The arrival lies in the future."],
    [{ left: "16:30" }, "You cannot have left in the future."],
    [{ outcome: "" }, "Choose what came of it at the door."],
    [{ "next.on": "2026-11-20" }, "The next visit lies before this one."],
    [{ "new_action.4-d.what": " " }, "An action does not say what is to be done. Write it, or take the action away."],
    [{ "new_barrier.2-b.what": "" }, "A barrier has no words. Write what it is, or take it away."],
    [{ "new_barrier.2-b.category": "" }, "A barrier has no category."],
    [{ basis: "none" }, "Something is to be shared with a school, and the basis for sharing does not allow it."],
  ])("%o cannot be", (change, text) => {
    expect(wrong({ ...FULL, ...change })).toEqual([text]);
  });

  test("it says who will read what", () => {
    const told = readers({ of: OF, cells: OF.cells, facts: handIn(frame(), FULL, OWNERS).facts, lead: "Lee Stone" });
    expect(told.narrative).toEqual(["Bea Lind", "Mo Hart", "Lee Stone (lead)"]);
    const led = readers({ of: OF, cells: OF.cells, facts: [], lead: "Bea Lind" });
    expect(led.narrative).toEqual(["Mo Hart", "Bea Lind (lead)"]);
    expect(told.offices).toEqual([
      { school: "Quillbrook Primary", actions: 1 },
      { school: "Marsh Lane School", actions: 0 },
    ]);
    expect(told.leads).toEqual([{ school: "Quillbrook Primary", child: "Ada Finch" }]);
  });

  test("a restricted case tells the schools nothing", () => {
    const told = readers({ of: { ...OF, restricted: true }, cells: OF.cells, facts: [], lead: "Lee Stone" });
    expect(told).toMatchObject({ offices: [], restricted: true, narrative: ["Bea Lind", "Mo Hart"] });
  });
});

test("the steps are few where nobody was seen", () => {
  expect(stepsFor("").map(({ key }) => key)).toEqual(["door", "who", "children", "account", "plan", "next", "check"]);
  expect(stepsFor("refused").map(({ key }) => key)).toEqual(["door", "account", "next", "check"]);
  expect(stepNamed("children", stepsFor("refused")).key).toBe("door");
  expect(stepNamed("account", stepsFor("seen")).key).toBe("account");
});
