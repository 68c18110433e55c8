import { describe, expect, it } from "vitest";
import type { NewBody } from "../../../pwa/src/domain/entry.ts";
import type { Waiting } from "../../../pwa/src/domain/sheet.ts";
import { guardOf, overlayWatches } from "../../../pwa/src/domain/watches.ts";
import type { Guard, ShownWatch } from "../../../pwa/src/domain/watches.ts";
import type { Watch } from "../../../pwa/src/generated/types.ts";
import { bodied, entry, NINE, NINE_MS, TEACHER, waiting } from "../support/factory.ts";

const TEN = "2026-11-23T10:00:00.000Z";
const ELEVEN = "2026-11-23T11:00:00.000Z";
const START: NewBody = { kind: "watch.started", watch: "w-1", where: "Harbour Road", expected_back: TEN };
const LONGER: NewBody = { kind: "watch.extended", watch: "w-1", expected_back: ELEVEN };
const BACK: NewBody = { kind: "watch.ended", watch: "w-1" };
const HELP: NewBody = { kind: "watch.help", watch: "w-1", where: "The stairs" };
const HELD = { verdict: "held", reason: "Your work here had ended." } as const;

function said(body: NewBody, n: number, more: Partial<Waiting> = {}): Waiting {
  return waiting(entry(bodied(body), n), more);
}

function published(more: Partial<Watch> = {}): Watch & { type: "watch" } {
  return {
    _id: "watch:w-1",
    watch: "w-1",
    person: TEACHER.person,
    person_name: TEACHER.name,
    where: "Harbour Road",
    started_at: NINE,
    received_at: NINE,
    expected_back: TEN,
    state: "running",
    as_at: NINE,
    ...more,
    type: "watch",
  };
}

function shown(docs: Watch[], ...own: Waiting[]): ShownWatch {
  const watch = overlayWatches(docs, own).get("w-1");
  if (watch === undefined) throw new Error("no watch is shown");
  return watch;
}

function guard(docs: Watch[], ...own: Waiting[]): Guard {
  return guardOf(shown(docs, ...own), NINE_MS);
}

const SERVER: Guard = { by: "server", until: TEN, overdue: false, said: null, over: false, help: false };

describe("who watches", () => {
  it("is nobody while the start has not reached the server", () => {
    expect(guard([], said(START, 1))).toEqual({ by: "nobody", held: null });
  });

  it("is nobody while the server holds the start, and says why", () => {
    const own = said(START, 1, { receivedAt: NINE, silent: HELD });
    expect(guard([], own)).toEqual({ by: "nobody", held: HELD.reason });
  });

  it("is the server once a receipt covers the start, before the watch itself has come", () => {
    expect(guard([], said(START, 1, { receivedAt: NINE }))).toEqual(SERVER);
  });

  it("is the server until the end that it knows of, not the one that waits here", () => {
    const watch = shown([published()], said(LONGER, 2));
    expect(watch.expected_back).toBe(TEN);
    expect(guard([published()], said(LONGER, 2))).toEqual({ ...SERVER, said: ELEVEN });
  });

  it("goes by the new end once that was received", () => {
    const own = said(LONGER, 2, { receivedAt: "2026-11-23T09:10:00.000Z" });
    expect(guard([published()], own)).toEqual({ ...SERVER, until: ELEVEN });
  });

  it("takes the published watch at its word where that was published after the entry came in", () => {
    const own = said(LONGER, 2, { receivedAt: "2026-11-23T09:10:00.000Z" });
    const doc = published({ expected_back: "2026-11-23T10:30:00.000Z", as_at: "2026-11-23T09:20:00.000Z" });
    expect(shown([doc], own).expected_back).toBe("2026-11-23T10:30:00.000Z");
  });

  it("is the server still while it does not know that it is over", () => {
    expect(guard([published()], said(BACK, 2))).toEqual({ ...SERVER, over: true });
    expect(guard([published()], said(BACK, 2, { receivedAt: NINE }))).toEqual({ by: "over" });
  });

  it("says whether a call for help has gone out", () => {
    expect(guard([published()], said(HELP, 2))).toEqual({ ...SERVER, help: true });
    expect(shown([], said(HELP, 1)).waiting).toEqual(["watch.help"]);
    expect(guard([published()], said(HELP, 2, { receivedAt: NINE }))).toEqual({ by: "alarm" });
  });

  it("says that the end has passed", () => {
    expect(guardOf(shown([published()]), Date.parse(TEN))).toEqual({ ...SERVER, overdue: true });
  });
});

describe("own entries over watches", () => {
  it("are read with the clock as the device knew it, and within a day", () => {
    const late: NewBody = { ...START, expected_back: "2026-11-26T10:00:00.000Z" };
    const clock = { offset_ms: 60_000, contact: null };
    const own = waiting(entry(bodied(late, { clock }), 1), { receivedAt: NINE });
    expect(shown([], own).expected_back).toBe("2026-11-24T09:01:00.000Z");
    const past: NewBody = { ...START, expected_back: "2026-11-23T08:00:00.000Z" };
    expect(shown([], said(past, 1)).expected_back).toBe(NINE);
  });

  it("say nothing once declined, and nothing of watches that nobody began here", () => {
    const declined = said(START, 1, { silent: { verdict: "declined", reason: "A slip" } });
    expect(overlayWatches([], [declined, said(BACK, 2)]).size).toBe(0);
    expect(shown([published()], declined).held).toBeNull();
  });

  it("go on after a word of safety that was taken back", () => {
    const own = [said(BACK, 2, { receivedAt: NINE }), said(LONGER, 3, { receivedAt: NINE })];
    expect(shown([published()], ...own).state).toBe("running");
  });

  it("confirm a colleague", () => {
    const how: NewBody = { kind: "watch.confirmed", watch: "w-1", how: "Rang her" };
    expect(shown([published()], said(how, 1, { receivedAt: NINE })).safe_how).toBe("Rang her");
    expect(shown([published()], said(LONGER, 2, { silent: HELD })).held).toBe(HELD.reason);
  });
});
