import { describe, expect, test } from "vitest";
import { canonicalText } from "../../../pwa/src/domain/canonical.ts";
import { bodyOf, itemOf, waitingOf } from "../../../pwa/src/state/items.ts";
import { sentence } from "../../../pwa/src/state/message.ts";
import type { Standing } from "../../../pwa/src/state/message.ts";
import { statusOf } from "../../../pwa/src/state/standing.ts";
import { NO_CONTACT } from "../../../pwa/src/sync/contact.ts";
import { claim, entry, newRegister, NINE, taken } from "../support/factory.ts";

const WELL: Standing = {
  waiting: 0,
  held: 0,
  refused: 0,
  online: true,
  signInNeeded: false,
  trouble: null,
  lastContact: "2026-07-01T08:52:00.000Z",
  timeZone: "Europe/London",
};

describe("the line of words", () => {
  const full = { words: "The disk is full.", retryMs: 20_000 };
  test.each<[Partial<Standing>, string]>([
    [{}, "Everything is in. Last heard from the server at 09:52."],
    [{ waiting: 2 }, "Sending 2 entries."],
    [{ held: 1 }, "Everything is in; 1 entry is held for a reason, see My entries."],
    [{ held: 2 }, "Everything is in; 2 entries are held for a reason, see My entries."],
    [{ refused: 1, waiting: 1 }, "1 entry could not be sent; see My entries for the reason."],
    [{ online: false, waiting: 1 }, "No connection. 1 entry is safe on this tablet, to be sent when the server answers."],
    [{ online: false }, "No connection. Last heard from the server at 09:52."],
    [{ online: false, lastContact: null }, "No connection. This tablet has not heard from the server yet."],
    [{ signInNeeded: true, waiting: 3 }, "Sign in again to send 3 entries; they are safe on this tablet."],
    [{ signInNeeded: true }, "Sign in again to get what is new."],
    [{ trouble: full }, "The disk is full. Nothing waits to be sent. Trying again in 20 seconds."],
    [
      { trouble: { ...full, retryMs: 400 }, waiting: 2 },
      "The disk is full. 2 entries are safe on this tablet, to be sent when the server answers. Trying again now.",
    ],
  ])("for %j", (change, expected) => {
    expect(sentence({ ...WELL, ...change })).toBe(expected);
  });
});

const stored = (receivedAt: string) => ({ state: "stored" as const, reason: null, receivedAt, setAside: [] });

test("the status counts entries by what became of them, and names the last one in", () => {
  const items = [
    { entry: entry(taken([claim("pup-1", "/")]), 4), fate: null },
    { entry: entry(taken([claim("pup-1", "/")]), 3), fate: stored("2026-11-23T09:00:01.000Z") },
    { entry: entry(taken([claim("pup-1", "/")]), 2), fate: stored("2026-11-23T09:00:02.000Z") },
    { entry: entry(taken([claim("pup-1", "/")]), 1), fate: { state: "refused" as const, reason: "No.", receivedAt: null, setAside: [] } },
  ].map(itemOf);
  const status = statusOf(NO_CONTACT, items, "Europe/London", { storage: "persistent", updateReady: true, beyond: 0, others: 0 });
  expect(status).toMatchObject({ waiting: 1, held: 0, refused: 1, lastIn: "2026-11-23T09:00:02.000Z" });
  expect(status).toMatchObject({ storage: "persistent", updateReady: true, online: false, offsetMs: null });
});

describe("an entry's circumstances", () => {
  const who = { author: "staff-1", role: "head", device: "tablet-1", written_at: NINE, clock: { offset_ms: null, contact: null } } as const;

  test("are added to what a screen gives; members that say nothing are left out", () => {
    // A spread of an optional member gives one that is there and says nothing.
    const mark = Object.assign(claim("pup-1", "N"), { remark: undefined });
    const body = bodyOf(newRegister([mark]), who);
    expect(body).toMatchObject({ ...who, kind: "register.taken" });
    expect(body.kind === "register.taken" && Object.keys(body.claims[0] ?? {})).toEqual(["pupil", "code", "observed_at"]);
  });

  test("half an emoji, which nothing can store, becomes a replacement mark", () => {
    const body = bodyOf(newRegister([claim("pup-1", "N", { remark: "ok \ud83d and \ude00, but \ud83d\ude00" })]), who);
    expect(body).toMatchObject({ claims: [{ remark: "ok \ufffd and \ufffd, but \ud83d\ude00" }] });
    expect(canonicalText(body)).toContain("but \ud83d\ude00");
  });
});

test("a held entry without a reason still has words for it", () => {
  const fate = { state: "held" as const, reason: null, receivedAt: null, setAside: [] };
  expect(waitingOf({ entry: entry(taken([claim("pup-1", "/")])), fate }, "T").silent?.reason).toBe("Held for the office to look at.");
});
