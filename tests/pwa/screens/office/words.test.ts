import { rateWords } from "../../../../pwa/src/components/text.ts";
import { describe, expect, test, vi } from "vitest";
import "fake-indexeddb/auto";
import { fetchContacts, readContacts } from "../../../../pwa/src/screens/office/contacts.ts";
import {
  dueWords,
  flagWords,
  kindWords,
  lastSeenWords,
  latenessWords,
  placeOf,
  runWords,
  speaker,
} from "../../../../pwa/src/screens/office/words.ts";
import { claim, group, MONDAY } from "./factories.ts";

const GROUPS = new Map([["g-8a", group("g-8a", [])]]);
const ONE = { person: "t-ash", name: "Mr Ash", device: "tab-1", last_contact: "2026-11-23T09:29:00.000Z", waiting: 0 };

describe("what the office reads", () => {
  test("who spoke, and where", () => {
    expect(speaker(claim("/"))).toBe("Mr Ash, class teacher");
    expect(placeOf(claim("/"), GROUPS)).toBe("Register of 8A");
    expect(placeOf(claim("/", { group: "g-gone" }), GROUPS)).toBe("Register of another group");
    expect(placeOf(claim("N", { kind: "mark.amended" }), GROUPS)).toBe("Register of 8A, amended");
    expect(placeOf(claim("N", { kind: "mark.amended", group: null }), GROUPS)).toBe("Office, amending a mark");
    expect(placeOf(claim("L", { kind: "arrival.recorded", group: null }), GROUPS)).toBe("Late desk");
    expect(placeOf(claim("I", { kind: "contest.settled", group: null }), GROUPS)).toBe("Office, settling a contradiction");
  });

  test("flags and kinds, also ones that are newer than this app", () => {
    expect(flagWords("clock_skewed")).toContain("corrected");
    expect(flagWords("moon_phase")).toBe("moon phase");
    expect(kindWords("register.taken")).toBe("A register");
    expect(kindWords("visit.submitted")).toContain("does not know");
    expect(kindWords(null)).toContain("does not know");
  });

  test("how late, how long absent, last seen", () => {
    expect(latenessWords({ kind: "upcoming", opens: "13:00" })).toBe("opens at 13:00");
    expect(latenessWords({ kind: "open", closes: "09:10" })).toBe("open until 09:10");
    expect(latenessWords({ kind: "late", minutes: 1 })).toBe("1 minute late");
    expect(latenessWords({ kind: "late", minutes: 125 })).toBe("2 h 05 min late");
    expect(latenessWords({ kind: "earlier_day" })).toBe("never taken");
    expect([runWords(1, false), runWords(3, false), runWords(11, true)]).toEqual([
      "First session absent",
      "3 sessions absent in a row",
      "At least 11 sessions absent in a row",
    ]);
    expect(lastSeenWords(null, MONDAY)).toBe("Not seen in the last ten sessions");
    expect(lastSeenWords({ date: MONDAY, session: "AM", code: "/", claim: null }, MONDAY)).toBe("Here this morning");
    expect(lastSeenWords({ date: "2026-11-20", session: "PM", code: "\\", claim: null }, MONDAY)).toBe(
      "Last here Fri 20 Nov, afternoon",
    );
  });

  test("when an N is due", () => {
    expect(dueWords({ due: null, daysLeft: null, state: "open" })).toBe("No due day in the calendar");
    expect(dueWords({ due: MONDAY, daysLeft: 0, state: "due" })).toBe("Due today: day 5 of 5");
    expect(dueWords({ due: "2026-11-24", daysLeft: 1, state: "warning" })).toBe("Due Tue 24 Nov: 1 school day left");
    expect(dueWords({ due: "2026-11-26", daysLeft: 3, state: "open" })).toBe("Due Thu 26 Nov: 3 school days left");
    expect(dueWords({ due: "2026-11-19", daysLeft: -2, state: "overdue" })).toContain("2 school days ago");
  });

  test("a rate to one decimal place, half up, and words while there is none", () => {
    expect([9312, 9315, 10_000, 0, null].map(rateWords)).toEqual(["93.1%", "93.2%", "100.0%", "0.0%", "Not known yet"]);
  });
});

describe("when tablets were last heard", () => {
  test("what is no contact is left out; what is no answer is not known", () => {
    expect(readContacts({ contacts: [ONE, { person: "t-ash" }, null, "x"] })).toEqual([ONE]);
    for (const answer of [null, "x", {}, { contacts: 3 }]) expect(readContacts(answer)).toBeNull();
  });

  test("asked of the school's own database; no answer, or a refusal, is null", async () => {
    const answers = [Response.json({ contacts: [ONE] }), new Response("", { status: 403 }), new Error("offline")];
    const ask = vi.spyOn(globalThis, "fetch").mockImplementation(() => {
      const answer = answers.shift();
      return answer instanceof Response ? Promise.resolve(answer) : Promise.reject(answer ?? new Error("asked too often"));
    });
    const { signal } = new AbortController();
    expect(await fetchContacts("sch-1", signal)).toEqual([ONE]);
    expect(await fetchContacts("sch-1", signal)).toBeNull();
    expect(await fetchContacts("sch-1", signal)).toBeNull();
    expect(ask.mock.calls[0]?.[0]).toBe("/db/sch-1/_contacts");
  });
});
