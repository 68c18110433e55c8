import { describe, expect, test } from "vitest";
import type { DeviceRow } from "../../../../pwa/src/generated/types.ts";
import { clockWords, holdingWords, nameOf, notesOf, whoseWords } from "../../../../pwa/src/screens/tablets/words.ts";
import { NINE, NINE_MS } from "../../support/factory.ts";

const clock = (instant: string): string => instant.slice(11, 16);
const person = { person: "staff-1", name: "Tess Tutor", last_contact: NINE, waiting: 0 };

function row(more: Partial<DeviceRow> = {}): DeviceRow {
  return { device: "dev-1", state: "enrolled", label: "Hall 3", last_contact: NINE, storage: "persistent", people: [person], ...more };
}

const texts = (one: DeviceRow, nowMs = NINE_MS): string[] => notesOf(one, nowMs, clock).map(({ text }) => text);

describe("a tablet", () => {
  test("is called what the office called it, or after who was heard on it", () => {
    expect(nameOf(row())).toBe("Hall 3");
    expect(nameOf(row({ label: null }))).toBe("Tess Tutor’s browser (…ev-1)");
    expect(nameOf(row({ label: null, people: [] }))).toBe("A tablet without a name (…ev-1)");
  });

  test("is somebody's", () => {
    expect(whoseWords(row({ shared: true }))).toBe("Shared, used by 1 person");
    expect(whoseWords(row({ shared: true, people: [] }))).toBe("Shared");
    expect(whoseWords(row({ owner_name: "Cal Cover" }))).toBe("Cal Cover");
    expect(whoseWords(row({ people: [] }))).toBe("Whoever signs in first");
    expect(whoseWords(row({ state: "unenrolled", label: null }))).toBe("Used by one person");
  });

  test("that is well has nothing to be said of", () => {
    expect(texts(row())).toEqual([]);
  });

  test("says what somebody should look at", () => {
    expect(texts(row({ last_contact: null }))).toEqual(["Not heard of since it was enrolled."]);
    expect(texts(row(), NINE_MS + 8 * 86_400_000)).toEqual(["Not heard of for 8 days."]);
    expect(texts(row({ waiting: 2, oldest_waiting: NINE }))).toEqual(["2 entries still to send, the oldest from 09:00."]);
    expect(texts(row({ storage: "best-effort" }))).toEqual(["Its browser may clear its storage when space runs short."]);
    const holding = { owes_since: NINE };
    expect(texts(row({ people: [{ ...person, holding }] }))).toEqual([
      "Has not shown yet that it let go of what it may no longer hold, since 09:00.",
    ]);
    expect(texts(row({ people: [{ ...person, holding: { differs: 0 } }] }))).toEqual([
      "Held other documents than it should when it last said what it holds.",
    ]);
  });

  test("has a clock that is right within two minutes, else slow or fast", () => {
    expect(clockWords(row({ clock_offset_ms: 90_000 }))).toBeNull();
    expect(clockWords(row({ clock_offset_ms: 7 * 60_000 }))).toBe("Its clock is 7 minutes slow; its times are put right.");
    expect(clockWords(row({ clock_offset_ms: -60 * 60_000 }))).toBe("Its clock is 60 minutes fast; its times are put right.");
  });

  test("that is revoked says why, by whom, what it handed over, and whether it is empty", () => {
    const revoked = { at: NINE, by: "staff-2", by_name: "Olu Officer", reason: "lost", note: "Left on the bus" } as const;
    expect(texts(row({ state: "revoked", revoked, waiting: 1 }))).toEqual([
      "Lost. Revoked by Olu Officer, 09:00. “Left on the bus”",
      "1 entry was still to send when it was last heard. When it is next in touch it hands over what it has not sent, and empties itself.",
    ]);
    const farewell = { entries: 1, at: NINE, complete: true };
    expect(texts(row({ state: "gone", revoked: { ...revoked, note: null }, farewell, wiped_at: NINE }))).toEqual([
      "Lost. Revoked by Olu Officer, 09:00.",
      "1 entry handed over: see Held entries.",
      "Said that it is empty, 09:00.",
    ]);
    expect(texts(row({ state: "revoked", farewell: { ...farewell, complete: false } }))[0]).toBe("1 entry handed over so far.");
    expect(texts(row({ state: "gone", farewell: { ...farewell, entries: 0 }, wiped_at: NINE }))[0]).toBe("It had nothing left to hand over.");
  });
});

test("what a tablet holds is proven, owed, or wrong", () => {
  expect(holdingWords(undefined, clock)).toBe("Not asked yet");
  expect(holdingWords({}, clock)).toBe("Not proven yet");
  expect(holdingWords({ proven_at: NINE, documents: 40 }, clock)).toBe("40 documents, exactly what it may hold, 09:00");
  expect(holdingWords({ proven_at: NINE, documents: 1, dropped_at: NINE }, clock)).toBe(
    "1 document, exactly what it may hold, 09:00; let go of the rest 09:00",
  );
  expect(holdingWords({ proven_at: NINE, owes_since: NINE }, clock)).toContain("Owes to let go");
  expect(holdingWords({ differs: 3 }, clock)).toBe("Held other documents than it should");
});
