import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Leader } from "../../../pwa/src/sync/leader.ts";
import { Loop } from "../../../pwa/src/sync/loop.ts";
import type { ExchangeResult, Phase } from "../../../pwa/src/sync/loop.ts";
import { lockManager, settle } from "../support/browser.ts";

/** A loop whose exchanges end when the test says so. */
class Bench {
  readonly waits: number[] = [];
  readonly phases: Phase[] = [];
  readonly stop = new AbortController();
  visible = true;
  #end: ((result: ExchangeResult) => void) | null = null;
  readonly loop = new Loop({
    exchange: (waitS, cut) => {
      this.waits.push(waitS);
      return new Promise((resolve) => {
        this.#end = resolve;
        cut.addEventListener("abort", () => resolve({ kind: "unreachable", reason: "cut" }));
      });
    },
    visible: () => this.visible,
    report: (phase) => this.phases.push(phase),
    random: () => 0,
    now: () => Date.now(),
  });

  async answer(result: ExchangeResult, afterMs = 5000): Promise<void> {
    await vi.advanceTimersByTimeAsync(afterMs);
    this.#end?.(result);
    await vi.advanceTimersByTimeAsync(0);
  }
}

const NEWS: ExchangeResult = { kind: "ok", news: true };
const QUIET: ExchangeResult = { kind: "ok", news: false };

let bench: Bench;
beforeEach(() => {
  vi.useFakeTimers();
  bench = new Bench();
  void bench.loop.run(bench.stop.signal);
});
afterEach(() => {
  bench.stop.abort();
  vi.useRealTimers();
});

describe("the loop", () => {
  test("asks at once, then waits for news while somebody looks", async () => {
    await bench.answer(NEWS);
    await bench.answer(QUIET);
    await bench.answer(NEWS);
    expect(bench.waits).toEqual([0, 25, 25, 25]);
    expect(bench.phases).toEqual([{ kind: "asking" }, { kind: "well" }, { kind: "well" }, { kind: "well" }]);
  });

  test("does not ask again at once when the server does not wait", async () => {
    await bench.answer(QUIET);
    await bench.answer(QUIET, 10);
    expect(bench.waits).toEqual([0, 25]);
    await vi.advanceTimersByTimeAsync(2000);
    expect(bench.waits).toEqual([0, 25, 25]);
  });

  test("does not run after a server that has news without end", async () => {
    for (let turn = 0; turn < 30; turn += 1) await bench.answer(NEWS, 1);
    expect(bench.waits.length).toBeLessThan(25);
    await vi.advanceTimersByTimeAsync(2000);
    await bench.answer(NEWS);
    expect(bench.waits.at(-1)).toBe(25);
  });

  test("a kick ends the wait for news: what was written goes at once", async () => {
    await bench.answer(NEWS);
    bench.loop.kick();
    await vi.advanceTimersByTimeAsync(0);
    expect(bench.waits).toEqual([0, 25, 0]);
    expect(bench.phases.every(({ kind }) => kind !== "trouble")).toBe(true);
  });

  test("a kick while an exchange is under way is not lost", async () => {
    bench.loop.kick();
    await vi.advanceTimersByTimeAsync(0);
    expect(bench.waits).toEqual([0, 0]);
  });

  test("rests while nobody looks, and wakes when somebody does", async () => {
    bench.visible = false;
    await bench.answer(QUIET);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(bench.waits).toEqual([0]);
    bench.visible = true;
    bench.loop.kick();
    await vi.advanceTimersByTimeAsync(0);
    expect(bench.waits).toEqual([0, 0]);
  });

  test("after trouble waits longer each time, at least as long as the server wishes", async () => {
    await bench.answer({ kind: "unreachable", reason: "No signal." });
    await vi.advanceTimersByTimeAsync(500);
    await bench.answer({ kind: "unreachable", reason: "No signal." });
    await vi.advanceTimersByTimeAsync(1000);
    await bench.answer({ kind: "busy", reason: "Full.", afterMs: 30_000 });
    expect(bench.phases.flatMap((phase) => (phase.kind === "trouble" ? phase.retryMs : []))).toEqual([500, 1000, 30_000]);
    await vi.advanceTimersByTimeAsync(29_999);
    expect(bench.waits).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(bench.waits).toEqual([0, 0, 0, 0]);
    await bench.answer(NEWS);
    expect(bench.waits.at(-1)).toBe(25);
  });

  test("trouble with the tablet's own store is told, and tried again", async () => {
    await bench.answer({ kind: "tablet", reason: "No space." });
    expect(bench.phases.at(-1)).toMatchObject({ kind: "trouble", trouble: { reason: "No space." } });
  });

  test("signed out, it waits for somebody to sign in, however long", async () => {
    await bench.answer({ kind: "signed-out" });
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(bench.waits).toEqual([0]);
    bench.loop.kick();
    await vi.advanceTimersByTimeAsync(0);
    expect(bench.waits).toEqual([0, 0]);
  });

  test("ends when it is told to, whatever it waits for", async () => {
    const other = new Bench();
    const run = other.loop.run(other.stop.signal);
    await other.answer(NEWS);
    other.stop.abort();
    await expect(run).resolves.toBeUndefined();
    expect(other.waits).toEqual([0, 25]);
  });
});

/** A tab: what it did, in a list that all tabs share. */
const tab = (name: string, log: string[], locks?: LockManager): Leader =>
  new Leader(locks, "sync", async (stop) => {
    log.push(`${name} leads`);
    await new Promise((resolve) => stop.addEventListener("abort", resolve));
    log.push(`${name} ends`);
  });

describe("leading", () => {
  beforeEach(() => {
    vi.useRealTimers();
  });

  test("is one tab's at a time; the next takes its turn", async () => {
    const [log, locks]: [string[], LockManager] = [[], lockManager()];
    const [one, two] = [tab("one", log, locks), tab("two", log, locks)];
    one.start();
    two.start();
    await settle();
    expect([log, one.leading, two.leading]).toEqual([["one leads"], true, false]);
    one.stop();
    await settle();
    expect(log).toEqual(["one leads", "one ends", "two leads"]);
    two.stop();
  });

  test("is taken over by the tab that comes to the front, and given back", async () => {
    const [log, locks]: [string[], LockManager] = [[], lockManager()];
    const [one, two] = [tab("one", log, locks), tab("two", log, locks)];
    one.start();
    two.start();
    await settle();
    two.take();
    two.take();
    await settle();
    expect(log.toSorted()).toEqual(["one ends", "one leads", "two leads"]);
    expect([one.leading, two.leading]).toEqual([false, true]);
    two.stop();
    await settle();
    expect(log.at(-1)).toBe("one leads");
    one.stop();
  });

  test("is everyone's where there are no locks", async () => {
    const log: string[] = [];
    const alone = tab("one", log);
    alone.start();
    alone.take();
    await settle();
    expect([log, alone.leading]).toEqual([["one leads"], true]);
    alone.stop();
    alone.start();
    await settle();
    expect(log).toEqual(["one leads", "one ends"]);
  });

  test("a failure in the work is not hidden", async () => {
    const failed = new Leader(lockManager(), "sync", () => Promise.reject(new Error("broken")));
    const unhandled = vi.fn<(error: Error) => void>();
    process.once("unhandledRejection", unhandled);
    failed.start();
    await settle();
    expect(unhandled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: "broken" }), expect.anything());
    expect(failed.leading).toBe(false);
  });
});
