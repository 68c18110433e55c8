/** A tab that is alone leads, whatever it asks for at once and in whatever order it is told. */
import { expect, test, vi } from "vitest";
import { Leader } from "../../../pwa/src/sync/leader.ts";

/** Work that runs until it is stopped, and takes a moment to begin and to end. */
function slowWork(): { work: (stop: AbortSignal) => Promise<void>; running: () => number; most: () => number } {
  let running = 0;
  let most = 0;
  const work = async (stop: AbortSignal): Promise<void> => {
    running += 1;
    most = Math.max(most, running);
    await pause();
    if (!stop.aborted) await new Promise((resolve) => stop.addEventListener("abort", resolve));
    await pause();
    running -= 1;
  };
  return { work, running: () => running, most: () => most };
}

function pause(ms = 5): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * One lock as Chromium gives it: later, not at once; and whoever takes it is told so before the one
 * who had it is told that it is gone.
 */
function chromiumLocks(): LockManager {
  let lose: ((error: DOMException) => void) | null = null;
  let queue: (() => void)[] = [];
  let held = false;
  const request = (_name: string, options: LockOptions, work: () => Promise<void>): Promise<void> =>
    new Promise((resolve, reject) => {
      const begin = (): void => {
        const lost = lose;
        held = true;
        lose = reject;
        void work().then(resolve, reject).finally(() => {
          if (lose !== reject) return;
          held = false;
          const [first, ...rest] = queue;
          queue = rest;
          first?.();
        });
        if (lost !== null) setTimeout(() => lost(new DOMException("stolen", "AbortError")));
      };
      setTimeout(() => {
        if (options.steal === true || !held) begin();
        else queue.push(begin);
      });
    });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one of the overloads is used
  return { request, query: () => Promise.resolve({}) } as unknown as LockManager;
}

for (const [name, locks] of [
  ["Chromium's", chromiumLocks],
  ["this platform's", () => navigator.locks],
] as const) {
  test(`with ${name} locks: a tab that starts and comes to the front in one moment leads, once`, async () => {
    const { work, running, most } = slowWork();
    const leader = new Leader(locks(), "alone", work);
    leader.start();
    leader.take();
    await pause(100);
    expect(running()).toBe(1);
    expect(most()).toBe(1);
    expect(leader.leading).toBe(true);
    leader.stop();
    await vi.waitFor(() => expect(running()).toBe(0));
  });

  test(`with ${name} locks: of two tabs the one in front leads, and the other when it is gone`, async () => {
    const one = slowWork();
    const other = slowWork();
    const manager = locks();
    const behind = new Leader(manager, "two", one.work);
    const front = new Leader(manager, "two", other.work);
    behind.start();
    behind.take();
    await vi.waitFor(() => expect(one.running()).toBe(1));
    front.start();
    front.take();
    await vi.waitFor(() => expect([one.running(), other.running()]).toEqual([0, 1]));
    front.stop();
    await vi.waitFor(() => expect([one.running(), other.running()]).toEqual([1, 0]));
    behind.stop();
    await vi.waitFor(() => expect(one.running()).toBe(0));
  });
}
