/** Tabs of one browser, each with the whole app in it. */
import { Application } from "../../../pwa/src/state/application.ts";
import type { Environment } from "../../../pwa/src/state/environment.ts";
import { countingHex, lockManager, notices, ORIGIN } from "./browser.ts";
import { NINE_MS } from "./factory.ts";
import { Server } from "./server.ts";

/** One browser: its tabs share stores, locks and the session, and can be offline together. */
export class Browser {
  readonly server = new Server(null);
  locks = lockManager();
  subtle: Environment["subtle"] = crypto.subtle;
  readonly tabs: Application[] = [];
  readonly seed = { next: 1 };
  readonly notices = notices();
  #killed = new AbortController();
  offline = false;
  awake: (() => void)[] = [];

  environment(): Environment {
    this.seed.next += 1;
    const dead = this.#killed.signal;
    return {
      fetch: (input, init) => {
        if (dead.aborted) return new Promise(() => undefined);
        return this.offline ? Promise.reject(new TypeError("offline")) : this.#wait(input, init);
      },
      now: () => NINE_MS,
      random: () => 0,
      randomHex: countingHex(this.seed.next),
      app: "1.2.3",
      origin: ORIGIN,
      subtle: this.subtle,
      notices: this.notices,
      clearOther: () => Promise.resolve(),
      locks: this.locks,
      storage: undefined,
      visible: () => true,
      onAwake: (hear) => {
        this.awake.push(hear);
        return () => {
          this.awake = this.awake.filter((one) => one !== hear);
        };
      },
      everySecond: () => () => undefined,
    };
  }

  /** A `_sync` that may wait, waits for news, though not for long. */
  async #wait(...[input, init]: Parameters<typeof fetch>): Promise<Response> {
    const { docs } = this.server;
    let left = typeof init?.body === "string" && /"wait_s":[1-9]/.test(init.body) ? 120 : 0;
    for (; left > 0 && docs === this.server.docs && !(init?.signal?.aborted ?? false); left -= 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return this.server.fetch(input, init);
  }

  async open(how: { arrived?: boolean } = {}): Promise<Application> {
    const tab = new Application(this.environment());
    this.tabs.push(tab);
    await tab.start(how);
    return tab;
  }

  wake(): void {
    for (const hear of this.awake) hear();
  }

  /** Kill all tabs at once, in the middle of whatever they do: none of their requests goes out any more. */
  kill(): void {
    this.#killed.abort();
    this.#killed = new AbortController();
    this.locks = lockManager();
    this.awake = [];
    this.tabs.splice(0);
  }

  async close(): Promise<void> {
    this.offline = true;
    await Promise.all(this.tabs.splice(0).map((tab) => tab.stop()));
    this.offline = false;
  }
}
