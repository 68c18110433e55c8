/** What the app needs of the browser: arguments, so that tests can be any browser. */
import { bytesToHex } from "@noble/hashes/utils.js";
import type { Subtle } from "../device/key.ts";

export interface Environment {
  fetch: typeof fetch;
  /** Milliseconds since 1970 by the tablet's clock. */
  now: () => number;
  /** From 0 up to 1. */
  random: () => number;
  /** So many random bytes as lower-case hex. */
  randomHex: (bytes: number) => string;
  /** The app's own version. */
  app: string;
  /** Where the app came from: `https://school.example`. */
  origin: string;
  subtle: Subtle;
  /** A few words that outlast the databases; undefined where the browser keeps none. */
  notices: Pick<Storage, "getItem" | "setItem" | "removeItem" | "clear"> | undefined;
  /** Empty whatever may hold data besides the databases and the notices. */
  clearOther: () => Promise<void>;
  locks: LockManager | undefined;
  storage: StorageManager | undefined;
  visible: () => boolean;
  /** Call `hear` when the page comes to the front, or the network comes back; returns an end to it. */
  onAwake: (hear: () => void) => () => void;
  /** Call `tick` each second; returns an end to it. */
  everySecond: (tick: () => void) => () => void;
}

/** Set by the build. */
declare const APP_VERSION: string;

const SECOND_MS = 1000;
/** The service worker's own files, which hold nothing but the app. */
const APP_CACHE = "workbox-precache";

/** The browser this page is open in. */
export function browserEnvironment(): Environment {
  return {
    // Unbound, `fetch` refuses to be called as another object's member.
    fetch: (input, init) => globalThis.fetch(input, init),
    now: () => Date.now(),
    random: () => Math.random(),
    randomHex: (bytes) => bytesToHex(crypto.getRandomValues(new Uint8Array(bytes))),
    app: APP_VERSION,
    origin: typeof location === "undefined" ? "" : location.origin,
    subtle: (crypto as Partial<Crypto>).subtle,
    notices: noticesHere(),
    clearOther: async () => {
      sessionStorage.clear();
      for (const name of await caches.keys()) if (!name.startsWith(APP_CACHE)) await caches.delete(name);
    },
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

function noticesHere(): Environment["notices"] {
  try {
    return localStorage;
  } catch {
    // Storage is turned off in this browser; the page says so where it matters.
    return undefined;
  }
}
