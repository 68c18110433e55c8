/** A browser for tests: its stores, locks and randomness, each new when asked for. */
import { IDBFactory } from "fake-indexeddb";
import "fake-indexeddb/auto";

/** Forget every database: a tablet that was never used. */
export function freshStores(): void {
  globalThis.indexedDB = new IDBFactory();
}

/** Random hex that is the same in every run: a counter, then a step of a linear congruence. */
export function countingHex(seed = 1): (bytes: number) => string {
  let state = seed;
  return (bytes) =>
    Array.from({ length: bytes }, () => {
      state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
      return (Math.floor(state / 65_536) % 256).toString(16).padStart(2, "0");
    }).join("");
}

/** Randomness with a seed: from 0 up to 1 (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d_2b_79_f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Where the tests' server is. */
export const ORIGIN = "https://school.example";

/** A browser's small store of words, without the words. */
export function notices(): Pick<Storage, "getItem" | "setItem" | "removeItem" | "clear"> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
    clear: () => kept.clear(),
  };
}

interface Holder {
  end: (error: DOMException) => void;
}

interface Waiter {
  begin: () => void;
}

/** Web Locks as the standard has them, for one name at a time, with stealing. */
export class Locks {
  readonly #holders = new Map<string, Holder>();
  readonly #queues = new Map<string, Waiter[]>();

  request<T>(name: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const begin = (): void => {
        const holder: Holder = { end: reject };
        this.#holders.set(name, holder);
        void work()
          .then(resolve, reject)
          .finally(() => {
            if (this.#holders.get(name) === holder) this.#next(name);
          });
      };
      if (options.steal === true) {
        this.#holders.get(name)?.end(new DOMException("stolen", "AbortError"));
        begin();
      } else if (this.#holders.has(name)) {
        this.#wait(name, begin, options.signal, reject);
      } else {
        begin();
      }
    });
  }

  #wait(name: string, begin: () => void, signal: AbortSignal | undefined, reject: (error: unknown) => void): void {
    const waiter = { begin };
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, [...queue, waiter]);
    signal?.addEventListener("abort", () => {
      this.#queues.set(name, (this.#queues.get(name) ?? []).filter((one) => one !== waiter));
      reject(new DOMException("aborted", "AbortError"));
    });
  }

  #next(name: string): void {
    this.#holders.delete(name);
    const [first, ...rest] = this.#queues.get(name) ?? [];
    this.#queues.set(name, rest);
    first?.begin();
  }
}

/** As the browser's type has it. */
export function lockManager(locks = new Locks()): LockManager {
  const request = <T>(name: string, options: LockOptions, work: () => Promise<T>): Promise<T> =>
    locks.request(name, options, work);
  // The tests use one of the overloads; the type lists them all.
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return { request, query: () => Promise.resolve({}) } as unknown as LockManager;
}

/** Let everything that can go on without a timer go on. */
export async function settle(turns = 20): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
