import { describe, expect, test } from "vitest";
import { statusWords } from "../../../pwa/src/components/shell/status-words.ts";
import { NOTHING_YET } from "../../../pwa/src/state/model.ts";
import type { SyncStatus } from "../../../pwa/src/state/model.ts";

const clock = (instant: string): string => instant.slice(11, 16);
const ONLINE: SyncStatus = { ...NOTHING_YET, online: true, lastContact: "2026-11-23T08:53:00.000Z", storage: "persistent" };

function words(status: Partial<SyncStatus>, stored = 0, starting = false, photos = 0): string {
  const told = statusWords({ ...ONLINE, ...status }, { stored, photos, decided: 0, starting, clock });
  return [told.text, ...told.notes].join(" ");
}

const LAST = { lastIn: "2026-11-23T08:52:00.000Z" };

describe("the status line", () => {
  test.each([
    [{}, 0, "Nothing waits to be sent. Last in touch 08:53."],
    [{ lastContact: null }, 0, "Nothing waits to be sent."],
    [LAST, 1, "Your entry is received, at 08:52."],
    [LAST, 12, "All 12 entries received, last at 08:52."],
    [{ waiting: 3, ...LAST }, 9, "3 entries wait on this tablet. Last received 08:52."],
    [{ waiting: 1 }, 0, "1 entry waits on this tablet."],
    [{ held: 1, ...LAST }, 9, "1 entry is held."],
    [{ held: 2, waiting: 1 }, 9, "2 entries are held. 1 entry waits."],
    [{ refused: 1, held: 1 }, 0, "1 entry is refused and stays on this tablet."],
    [{ online: false }, 0, "No signal: everything you do is kept on this tablet."],
    [{ online: false, waiting: 2 }, 0, "No signal: everything you do is kept on this tablet. 2 entries wait."],
    [{ signInNeeded: true, waiting: 3 }, 0, "Sign in again to send 3 entries."],
    [{ signInNeeded: true }, 0, "Sign in again to get the latest news."],
    [{ trouble: "The server is busy.", waiting: 1 }, 0, "The server is busy. 1 entry waits."],
  ] satisfies [Partial<SyncStatus>, number, string][])("%o with %i stored", (status, stored, expected) => {
    expect(words(status, stored)).toBe(expected);
  });

  test("does not speak of no signal before anybody was asked", () => {
    expect(words({ online: false }, 0, true)).toBe("Getting in touch with the school…");
  });

  test("warns of storage only while something would be lost", () => {
    const risky = { storage: "best-effort", online: false } as const;
    expect(words({ ...risky, waiting: 1 })).toMatch(/find a signal soon/);
    expect(words(risky)).not.toMatch(/storage/);
  });

  test("says that photos are still to come, also once every entry is in", () => {
    expect(words(LAST, 3, false, 1)).toBe("Every entry is received. 1 photo waits.");
    expect(words({ waiting: 1 }, 0, false, 2)).toBe("1 entry waits on this tablet. 2 photos wait.");
    expect(words({ storage: "best-effort", online: false }, 0, false, 1)).toMatch(/find a signal soon/);
  });

  test("leads to what explains it", () => {
    const link = (status: Partial<SyncStatus>): string | undefined =>
      statusWords({ ...ONLINE, ...status }, { stored: 0, photos: 0, decided: 0, starting: false, clock }).link?.to;
    expect(link({ signInNeeded: true })).toBe("/sign-in");
    expect(link({ held: 1 })).toBe("/entries");
  });

  test("says that something is stuck even when signing in comes first", () => {
    expect(words({ signInNeeded: true, held: 1, refused: 1 })).toMatch(/2 entries are held or refused/);
  });
});
