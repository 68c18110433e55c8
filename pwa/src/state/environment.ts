/** What the app needs of the browser: arguments, so that tests can be any browser. */
import { bytesToHex } from "@noble/hashes/utils.js";

export interface Environment {
  fetch: typeof fetch;
  /** Milliseconds since 1970 by the tablet's clock. */
  now: () => number;
  /** From 0 up to 1. */
  random: () => number;
  /** So many random bytes as lower-case hex. */
  randomHex: (bytes: number) => string;
  locks: LockManager | undefined;
  storage: StorageManager | undefined;
  visible: () => boolean;
  /** Call `hear` when the page comes to the front, or the network comes back; returns an end to it. */
  onAwake: (hear: () => void) => () => void;
  /** Call `tick` each second; returns an end to it. */
  everySecond: (tick: () => void) => () => void;
}

const SECOND_MS = 1000;

/** The browser this page is open in. */
export function browserEnvironment(): Environment {
  return {
    // Unbound, `fetch` refuses to be called as another object's member.
    fetch: (input, init) => globalThis.fetch(input, init),
    now: () => Date.now(),
    random: () => Math.random(),
    randomHex: (bytes) => bytesToHex(crypto.getRandomValues(new Uint8Array(bytes))),
    // Neither is there on a page that is not secure, whatever their types say.
    locks: (navigator as Partial<Navigator>).locks,
    storage: (navigator as Partial<Navigator>).storage,
    visible: () => document.visibilityState === "visible",
    onAwake: (hear) => {
      document.addEventListener("visibilitychange", hear);
      globalThis.addEventListener("online", hear);
      return () => {
        document.removeEventListener("visibilitychange", hear);
        globalThis.removeEventListener("online", hear);
      };
    },
    everySecond: (tick) => {
      const timer = setInterval(tick, SECOND_MS);
      return () => clearInterval(timer);
    },
  };
}
