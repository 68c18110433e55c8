import { expect, test } from "vitest";
import { documentOf, draftOf, explainErrors } from "../../../../pwa/src/screens/access/documents.ts";
import { pendingOf, sortPeople, tabletsOf } from "../../../../pwa/src/screens/access/people.ts";
import { grantWords, nowWords, whenWords, whyWords } from "../../../../pwa/src/screens/access/words.ts";
import type { DeviceRow, Grant, GrantLine, PersonAccess } from "../../../../pwa/src/generated/types.ts";
import type { OutboxItem } from "../../../../pwa/src/state/model.ts";

const ENDS = "2026-11-23T15:30:00.000Z";
const clock = (instant: string): string => instant.slice(11, 16);

function line(grant: Partial<Grant> = {}, more: Partial<GrantLine> = {}): GrantLine {
  return { grant: { id: "entry:1", person: "p", role: "cover_teacher", ...grant }, state: "in_force", ...more };
}

function person(name: string, ...grants: GrantLine[]): PersonAccess {
  return { person: name, name, role: null, grants };
}

const POST = line({ id: "post" });

test("people are sorted by whether something was given to them, and found by any part of their name", () => {
  const all = [
    person("Ada", POST, line()),
    person("Ben", POST, line({}, { state: "over" })),
    person("Cal", POST),
    person("Dee", line({ id: "post", ends: ENDS })),
  ];
  const { granted, ended, posts } = sortPeople(all, "");
  expect([granted, ended, posts].map((some) => some.map(({ name }) => name))).toEqual([["Ada", "Dee"], ["Ben"], ["Cal"]]);
  expect(sortPeople(all, " DE").granted.map(({ name }) => name)).toEqual(["Dee"]);
});

test("a grant is told in words", () => {
  const cover = line({ ends: ENDS, purpose: "A course" }, { group_names: ["7B", "7C"], given_by_name: "Hana Head" });
  expect(grantWords(cover)).toBe("Cover teacher of 7B and 7C");
  expect(whyWords(cover)).toBe("A course. Given by Hana Head.");
  expect(whenWords(cover, clock)).toBe("until 15:30");
  expect(whenWords(line({ ends: ENDS, starts: "2026-11-23T13:00:00.000Z" }, { state: "to_begin" }), clock)).toBe("from 13:00 until 15:30");
  expect([POST, line()].map((one) => whenWords(one, clock))).toEqual(["with their post", "until somebody ends it"]);
  const ended = { at: "2026-11-23T10:00:00.000Z", by: "h", reason: "Back early", entry: "entry:2" };
  const over = line({ ends: ENDS, ended, purpose: "A course." }, { state: "over", ended_by_name: "Hana Head" });
  expect([whenWords(over, clock), whyWords(over)]).toEqual(["ended 10:00", "A course. Ended by Hana Head: Back early."]);
  expect(grantWords(line({ role: "family_worker", pupils: ["x", "y"] }))).toBe("Family worker for 2 pupils by name");
});

test("where somebody stands is told before all else", () => {
  expect(nowWords({ ...person("Ada"), closed: true })).toBe("Account closed: cannot sign in");
  expect(nowWords(person("Ada"))).toBe("Nothing in force now");
  expect(nowWords({ ...person("Ada"), role: "head" })).toBe("head teacher now");
});

function item(id: string, state: OutboxItem["state"], kind: "grant.given" | "grant.ended" | "register.taken"): OutboxItem {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only its kind is looked at
  return { id, state, body: { kind } } as OutboxItem;
}

test("own entries about grants show while the list cannot have them", () => {
  const entries = [
    item("entry:1", "waiting", "grant.given"),
    item("entry:2", "stored", "grant.given"),
    item("entry:3", "held", "grant.ended"),
    item("entry:4", "waiting", "register.taken"),
    item("entry:5", "refused", "grant.ended"),
  ];
  expect(pendingOf(entries, [person("Ada", POST)]).map(({ id }) => id)).toEqual(["entry:1", "entry:3", "entry:5"]);
});

test("a person's tablets are those they used that are not gone", () => {
  const row = (device: string, state: DeviceRow["state"], who: string): DeviceRow => ({
    device,
    state,
    people: [{ person: who, name: who, last_contact: ENDS, waiting: 0, holding: { proven_at: ENDS } }],
  });
  const rows = [row("a", "enrolled", "p"), row("b", "gone", "p"), row("c", "enrolled", "q"), { ...row("d", "revoked", "p") }];
  expect(tabletsOf(rows, "p").map(({ row: { device } }) => device)).toEqual(["a", "d"]);
});

test("a document is asked for by what a person knows of it", () => {
  const today = { today: "2026-11-23", half: "2026-11-02" };
  const card = { ...draftOf("card:pup-1"), person: "p" };
  expect(explainErrors(card)).toEqual([]);
  expect(documentOf(card, today)).toBe("card:pup-1");
  expect(documentOf({ ...card, kind: "history" }, today)).toBe("history:2026-11-02:pup-1");
  expect(documentOf({ ...card, kind: "history" }, { ...today, half: null })).toBeNull();
  const sheet = { ...draftOf(""), group: "grp-1" };
  expect([documentOf(sheet, today), documentOf({ ...sheet, kind: "roll" }, today)]).toEqual(["sheet:2026-11-23:AM:grp-1", "roll:2026-11-23:grp-1"]);
  expect(explainErrors(draftOf("")).map(({ field }) => field)).toEqual(["person", "group"]);
  expect(explainErrors({ ...card, pupil: "", person: "" }).map(({ field }) => field)).toEqual(["person", "pupil"]);
});
