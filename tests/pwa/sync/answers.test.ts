import { describe, expect, test, vi } from "vitest";
import { retryAfterMs, sortAnswer } from "../../../pwa/src/sync/answers.ts";
import { backoffMs } from "../../../pwa/src/sync/backoff.ts";
import { Client } from "../../../pwa/src/sync/client.ts";
import { afterExchange, forEntry, NEVER_IN_CONTACT } from "../../../pwa/src/sync/clock.ts";
import { afterPhase, NO_CONTACT } from "../../../pwa/src/sync/contact.ts";
import { NINE, NINE_MS, TEACHER } from "../support/factory.ts";
import type { Fault } from "../support/server.ts";
import { Server } from "../support/server.ts";

const words = { error: "too_large", reason: "Too large." };
const answered = (status: number, headers: Record<string, string> = {}): Response => new Response("", { status, headers });

describe("an answer", () => {
  test.each([
    [200, { a: 1 }, { kind: "ok", value: { a: 1 } }],
    [401, words, { kind: "signed-out" }],
    [400, words, { kind: "refused", status: 400, code: "too_large", reason: "Too large." }],
    [413, words, { kind: "refused", status: 413, code: "too_large", reason: "Too large." }],
    [413, null, { kind: "refused", status: 413, code: "unknown", reason: "The server gave no reason." }],
    [422, { code: "bad", detail: "Bad." }, { kind: "refused", status: 422, code: "bad", reason: "Bad." }],
    [403, words, { kind: "busy", reason: "Too large.", afterMs: null, code: "too_large" }],
    [404, words, { kind: "busy", reason: "Too large.", afterMs: null, code: "too_large" }],
    [429, words, { kind: "busy", reason: "Too large.", afterMs: null, code: "too_large" }],
    [503, null, { kind: "busy", reason: "The server gave no reason.", afterMs: null }],
    [507, words, { kind: "busy", reason: "Too large.", afterMs: null, code: "too_large" }],
    [200, null, { kind: "unreachable", reason: "Something between this tablet and the server answered in its place." }],
    [403, null, { kind: "unreachable", reason: "The network refused the request (403)." }],
    [400, [], { kind: "unreachable", reason: "The network refused the request (400)." }],
  ])("of %d with %j is sorted by what to do next", (status, body, expected) => {
    expect(sortAnswer(answered(status), body)).toEqual(expected);
  });

  test("says when to come back", () => {
    expect(sortAnswer(answered(503, { "Retry-After": "7" }), words)).toMatchObject({ kind: "busy", afterMs: 7000 });
    const limited = { error: "too_many_requests", reason: "This device has asked for more than this server gives at a time." };
    const told = sortAnswer(answered(429, { "Retry-After": "12" }), limited);
    expect(told).toMatchObject({ kind: "busy", reason: limited.reason, afterMs: 12_000 });
    expect(sortAnswer(answered(408), { error: "too_slow", reason: "Slow." })).toMatchObject({ kind: "busy", afterMs: null });
    expect(retryAfterMs("Mon, 23 Nov 2026 09:00:30 GMT", NINE_MS)).toBe(30_000);
    expect(retryAfterMs("Mon, 23 Nov 2026 08:00:00 GMT", NINE_MS)).toBe(0);
    expect([null, " ", "soon"].map((header) => retryAfterMs(header))).toEqual([null, null, null]);
  });
});

/** A server that never answers, and a browser that ends a request when it is told to. */
const silence: typeof fetch = (_path, init) =>
  new Promise((_resolve, reject) => {
    init?.signal?.addEventListener("abort", () => reject(new Error("aborted")));
  });

const made = (fault?: Fault): { client: Client; server: Server } => {
  const server = new Server(TEACHER);
  if (fault !== undefined) server.failNext("/session", fault);
  return { client: new Client({ fetch: server.fetch, now: () => NINE_MS, device: "tablet-1" }), server };
};

describe("a request", () => {
  test("is answered", async () => {
    expect(await made().client.session()).toEqual({ kind: "ok", value: TEACHER });
  });

  test.each<[Fault, string]>([
    ["cut before", "The server cannot be reached."],
    ["cut after", "The server cannot be reached."],
    ["truncate", "The server cannot be reached."],
    ["portal", "Something between this tablet and the server answered in its place."],
  ])("that meets %j is not believed", async (fault, reason) => {
    expect(await made(fault).client.session()).toEqual({ kind: "unreachable", reason });
  });

  test("ends when it takes too long", async () => {
    vi.useFakeTimers();
    const asked = new Client({ fetch: silence, now: () => 0, device: "tablet-1" }).session();
    await vi.advanceTimersByTimeAsync(20_000);
    const answer = await asked;
    vi.useRealTimers();
    expect(answer).toEqual({ kind: "unreachable", reason: "The server did not answer within 20 seconds." });
  });

  test("can be cut short", async () => {
    const { client } = made();
    const request = { device: "tablet-1", device_time: NINE };
    expect(await client.sync("sch-1", request, AbortSignal.abort())).toMatchObject({ kind: "unreachable" });
  });

  test("to sign out has nothing to say and is well", async () => {
    const { client, server } = made();
    expect(await client.signOut()).toEqual({ kind: "ok", value: {} });
    expect(server.me).toBeNull();
  });

  test("names the tablet and its time with a push, and no other", async () => {
    const seen: RequestInit[] = [];
    const fetch: typeof globalThis.fetch = (_path, init) => {
      if (init !== undefined) seen.push(init);
      return Promise.resolve(Response.json([]));
    };
    const client = new Client({ fetch, now: () => NINE_MS, device: "tablet-1" });
    await client.push("sch-1", []);
    await client.session();
    expect(seen.map(({ headers }) => new Headers(headers).get("Tidemark-Device-Time"))).toEqual([NINE, null]);
    expect(seen.every(({ redirect, credentials }) => redirect === "error" && credentials === "same-origin")).toBe(true);
  });
});

describe("waiting after trouble", () => {
  test("doubles, up to a minute, and is never the same for all tablets", () => {
    expect([1, 2, 3, 7, 50].map((attempt) => backoffMs(attempt, null, 0))).toEqual([500, 1000, 2000, 30_000, 30_000]);
    expect([1, 2, 3, 7, 50].map((attempt) => backoffMs(attempt, null, 1))).toEqual([1000, 2000, 4000, 60_000, 60_000]);
  });

  test("is never shorter than the server wishes", () => {
    expect(backoffMs(1, 90_000, 0)).toBe(90_000);
    expect(backoffMs(1, 90_000, 0.5)).toBeGreaterThan(90_000);
    expect(backoffMs(9, 1000, 0)).toBe(30_000);
  });
});

describe("the server's clock", () => {
  test("lies half way through an exchange, or at the end of one that waited", () => {
    const exchange = { sentMs: NINE_MS, receivedMs: NINE_MS + 400, serverTime: "2026-11-23T09:02:00.200Z", nonce: "n" };
    expect(afterExchange({ ...exchange, waited: false })).toEqual({
      offsetMs: 120_000,
      nonce: "n",
      lastContact: exchange.serverTime,
    });
    expect(afterExchange({ ...exchange, waited: true }).offsetMs).toBe(119_800);
  });

  test("is unknown before the first contact, and entries say so", () => {
    expect(forEntry(NEVER_IN_CONTACT)).toEqual({ offset_ms: null, contact: null });
  });
});

describe("how the server answered last", () => {
  const busy = { kind: "trouble", trouble: { kind: "busy", reason: "Full.", afterMs: null }, retryMs: 5 } as const;
  const silent = { kind: "trouble", trouble: { kind: "unreachable", reason: "No." }, retryMs: 5 } as const;
  const broken = { kind: "trouble", trouble: { kind: "tablet", reason: "No space." }, retryMs: 5 } as const;

  test("is well, signed out, busy, silent, or this tablet's own trouble", () => {
    const well = afterPhase(afterPhase(NO_CONTACT, { kind: "asking" }), { kind: "well" });
    expect(well).toMatchObject({ online: true, syncing: false, trouble: null });
    expect(afterPhase(well, { kind: "asking" })).toMatchObject({ online: true, syncing: true });
    expect(afterPhase(well, { kind: "signed-out" })).toMatchObject({ online: true, signInNeeded: true });
    expect(afterPhase(well, busy)).toMatchObject({ online: true, trouble: { words: "Full.", retryMs: 5 } });
    expect(afterPhase(well, silent)).toMatchObject({ online: false, trouble: null });
    expect(afterPhase(well, broken)).toMatchObject({ online: true, trouble: { words: "No space.", retryMs: 5 } });
    expect(afterPhase(NO_CONTACT, broken)).toMatchObject({ online: false });
  });
});
