import { describe, expect, test } from "vitest";
import { factName, factWords } from "../../../../pwa/src/screens/visits/record/fact-words.ts";
import { endedFor } from "../../../../pwa/src/screens/visits/own-watch.ts";
import { watchWords } from "../../../../pwa/src/screens/visits/watch-words.ts";
import { age, away } from "../../../../pwa/src/screens/visits/words.ts";
import { localMoment } from "../../../../pwa/src/domain/time.ts";
import { at, PLAN, said, TWO_MS, watch, ZONE } from "./factory.ts";
import { languageName, telLink } from "../../../../pwa/src/components/text.ts";

test.each([
  ["2017-03-02", "2026-03-01", "aged 8"],
  ["2017-03-02", "2026-03-02", "aged 9"],
  ["2026-01-02", "2026-11-23", "under 1"],
  ["2027-01-02", "2026-11-23", "not born yet"],
  [null, "2026-11-23", ""],
])("born %s, on %s: %s", (born, today, words) => {
  expect(age(born, today)).toBe(words);
});

test.each([
  [40, "in 40 minutes"],
  [1, "in 1 minute"],
  [0, "now"],
  [-90, "90 minutes ago"],
  [-180, "3 hours ago"],
  [-60 * 72, "3 days ago"],
])("%i minutes away: %s", (minutes, words) => {
  expect(away(TWO_MS, TWO_MS + minutes * 60_000)).toBe(words);
});

test("a number is rung by its digits, and a language has a name", () => {
  expect(telLink("+44 (0)7700 900-001")).toBe("tel:+4407700900001");
  expect(languageName("pl")).toBe("Polish");
});

describe("one's own watch", () => {
  const around = { nowMs: TWO_MS, clock: (instant: string) => localMoment(instant, ZONE).time, buddy: "Bea Lind" };

  test("is nobody's before the server has it, and says whom to ring", () => {
    const words = watchWords(watch({ received_at: null, waiting: ["watch.started"] }), around);
    expect(words).toMatchObject({ tone: "alert", ring: true, title: "Nobody is watching yet: this has not reached the server." });
    expect(words.text).toContain("Ring Bea Lind before you go, and say that you will be back by 15:10");
  });

  test("is the server's until the end that it has received", () => {
    expect(watchWords(watch(), around)).toMatchObject({ tone: "good", ring: false, title: "The server watches you until 15:10." });
  });

  test("that is held watches nobody", () => {
    const words = watchWords(watch({ received_at: null, held: "You hold no grant." }), around);
    expect(words).toMatchObject({ tone: "alert", title: "Nobody is watching: the server holds this." });
    expect(words.text).toContain("You hold no grant.");
  });

  test("goes by the old end while the new one waits", () => {
    const words = watchWords(watch({ waiting: ["watch.extended"], said_back: at("16:00") }), around);
    expect(words).toMatchObject({ tone: "warning", title: "The server still expects you at 15:10." });
    expect(words.text).toContain("16:00");
  });

  test("is an alarm once the end has passed, and while “safe” waits", () => {
    const late = { ...around, nowMs: Date.parse(at("15:11")) };
    expect(watchWords(watch(), late)).toMatchObject({ tone: "alert", title: "You were expected back at 15:10." });
    expect(watchWords(watch({ waiting: ["watch.ended"] }), around)).toMatchObject({
      tone: "warning",
      ring: true,
      title: "The server does not know yet that you are safe.",
    });
  });

  test("that somebody else ended says who, when and how they know, and that nobody watches", () => {
    const ended = watch({ state: "safe", safe_at: at("15:40"), safe_by_name: "Bea Lind", safe_how: "She rang from the car" });
    const words = watchWords(ended, around);
    expect(words).toMatchObject({ tone: "warning", over: true, title: "Bea Lind said that you are safe." });
    expect(words.text).toMatch(/^Nobody watches any more: if you are still out.* Their words at 15:40: “She rang from the car”$/);
    expect(watchWords(watch({ state: "safe", safe_at: at("15:40") }), around).title).toBe("You are marked safe.");
    const later = (hours: number): number => Date.parse(at("15:40")) + hours * 3_600_000;
    expect(endedFor([ended], ended.person, later(1))).toBe(ended);
    expect(endedFor([ended], ended.person, later(13))).toBeNull();
    expect(endedFor([ended], "w-else", later(1))).toBeNull();
    expect(endedFor([ended, watch({ started_at: at("16:00") })], ended.person, later(1))).toBeNull();
    expect(endedFor([{ ...ended, safe_how: null }], ended.person, later(1))).toBeNull();
  });

  test("says of a call for help whether it has gone out", () => {
    expect(watchWords(watch({ waiting: ["watch.help"] }), around).title).toBe("Your call for help has not left this tablet.");
    expect(watchWords(watch({ received_at: null, waiting: ["watch.started", "watch.help"] }), around).title).toBe("Your call for help has not left this tablet.");
    expect(watchWords(watch({ state: "help" }), around).title).toBe("The server has your call for help.");
  });

  test("without a buddy names the team lead", () => {
    expect(watchWords(watch(), { ...around, buddy: null }).text).toContain("it tells your team lead");
  });

  test("is over once the server knows, or where it never began", () => {
    expect(watchWords(watch({ state: "safe" }), around)).toMatchObject({ tone: "good", over: true });
    expect(watchWords(watch({ received_at: null, waiting: ["watch.started", "watch.ended"] }), around)).toMatchObject({ over: true });
  });
});

describe("a fact in words", () => {
  const around = { zone: ZONE, member: () => "Ada Finch", staff: (person: string) => person };

  test.each([
    [{ fact: "arrived", at: at("14:05") } as const, "Arrived", "14:05"],
    [{ fact: "outcome", outcome: "no_answer", card_left: true, note: "Curtains drawn" } as const, "At the door", "No answer, a card was left: Curtains drawn"],
    [{ fact: "present", item: "x", present: true, name: "A man in a red coat", relation: "uncle", unknown: true } as const, "A man in a red coat", "There (uncle, not known to the worker)"],
    [{ fact: "present", item: "x", present: false, name: "Carla Finch", relation: "mother" } as const, "Carla Finch", "Not there"],
    [{ fact: "seen", item: "m-ada", seen: true, where: "in the kitchen", presentation: "tired" } as const, "Ada Finch, seen", "Yes, in the kitchen: tired"],
    [{ fact: "seen", item: "m-ada", seen: false, why_not: "asleep" } as const, "Ada Finch, seen", "No: asleep"],
    [{ fact: "alone", item: "m-ada", alone: false, why_not: "her mother stayed" } as const, "Ada Finch, seen alone", "No: her mother stayed"],
    [{ fact: "interpreter", language: "Polish", name: "Ola" } as const, "Interpreter", "Polish, Ola"],
    [{ fact: "basis", basis: "consent" } as const, "Basis for sharing", "The family agreed"],
    [{ fact: "next_visit", on: null } as const, "Next visit", "Not needed"],
    [{ fact: "left", at: at("15:00") } as const, "Left", "15:00"],
    [PLAN, "Plan", "Monday 23 November, 14:00 to 15:10: Why Ada has been away since Monday; w-mo; 3 Fernhollow Rise"],
  ])("%o", (says, name, words) => {
    const claim = said(says);
    expect(factName(claim.says, around)).toBe(name);
    expect(factWords(claim.says, around)).toBe(words);
  });
});
