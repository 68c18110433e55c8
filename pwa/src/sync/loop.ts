/**
 * The loop: exchange with the server, wait for news while somebody looks, and after trouble wait
 * longer each time. A kick (an entry written, the network back, the tab in front) ends any waiting.
 */
import { backoffMs } from "./backoff.ts";
import type { Trouble } from "./answers.ts";

export type ExchangeResult =
  | { kind: "ok"; news: boolean }
  /** The tablet's own store failed; `reason` says what was not done. */
  | { kind: "tablet"; reason: string }
  | Trouble;

/** Whatever keeps the loop from going on at once, but a missing sign-in. */
export type Hitch = Exclude<ExchangeResult, { kind: "ok" | "signed-out" }>;

/** One exchange; the server may hold it for up to `waitS` seconds, until `cut` is aborted. */
export type Exchange = (waitS: number, cut: AbortSignal) => Promise<ExchangeResult>;

/** What the loop is doing, for the line of words that people see. */
export type Phase =
  | { kind: "asking" }
  | { kind: "well" }
  | { kind: "signed-out" }
  | { kind: "trouble"; trouble: Hitch; retryMs: number };

export interface LoopParts {
  exchange: Exchange;
  visible: () => boolean;
  report: (phase: Phase) => void;
  random: () => number;
  now: () => number;
}

const WAIT_S = 25;
/** An empty answer that came sooner than this was not waited for, and would come again as soon. */
const TOO_SOON_MS = 1000;
const PAUSE_MS = 2000;
/** So many answers in a row may come at once and be news; a server that goes on so is confused. */
const MANY = 20;
/** With nobody looking, news can wait; a school's change of grants or a receipt is asked for so often. */
const UNSEEN_MS = 15 * 60 * 1000;

export class Loop {
  readonly #parts: LoopParts;
  #cut = new AbortController();
  #wake: (() => void) | null = null;
  #kicked = false;
  #hurried = 0;

  constructor(parts: LoopParts) {
    this.#parts = parts;
  }

  /** Exchange now, whatever the loop is waiting for. */
  kick(): void {
    this.#kicked = true;
    this.#cut.abort();
    this.#wake?.();
  }

  /** Run until `stop`. */
  async run(stop: AbortSignal): Promise<void> {
    const end = (): void => this.kick();
    stop.addEventListener("abort", end);
    // A kick before the first exchange, or none at all, comes to the same.
    this.#kicked = true;
    let failures = 0;
    while (!stop.aborted) failures = await this.#turn(failures);
    stop.removeEventListener("abort", end);
  }

  /** One exchange and the pause after it; resolves to the number of failures in a row. */
  async #turn(failures: number): Promise<number> {
    const { exchange, visible, report, random, now } = this.#parts;
    // After a kick the answer is wanted at once: what was just sent should show as received.
    const waitS = this.#kicked || failures > 0 || !visible() ? 0 : WAIT_S;
    this.#kicked = false;
    this.#cut = new AbortController();
    const began = now();
    if (waitS === 0) report({ kind: "asking" });
    const result = await exchange(waitS, this.#cut.signal);
    if (this.#kicked) return failures;
    if (result.kind === "ok") {
      report({ kind: "well" });
      const soon = now() - began < TOO_SOON_MS;
      this.#hurried = soon ? this.#hurried + 1 : 0;
      const idle = soon && ((!result.news && waitS > 0) || this.#hurried > MANY);
      if (!visible()) await this.#rest(UNSEEN_MS);
      else if (idle) await this.#rest(PAUSE_MS);
      return 0;
    }
    if (result.kind === "signed-out") {
      report({ kind: "signed-out" });
      await this.#rest(null);
      return 0;
    }
    const retryMs = backoffMs(failures + 1, result.kind === "busy" ? result.afterMs : null, random());
    report({ kind: "trouble", trouble: result, retryMs });
    await this.#rest(retryMs);
    return failures + 1;
  }

  /** Wait so long, or for a kick; null: for a kick alone. */
  #rest(ms: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = ms === null ? undefined : setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = null;
        resolve();
      };
    });
  }
}
