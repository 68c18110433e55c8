/**
 * One tab syncs for all tabs of a person: the one that holds a Web Lock. A tab that comes to the
 * front takes the lock over, because a browser may put a hidden tab to sleep while it holds one.
 */

/** What leading means; it ends when `stop` is aborted. */
export type Work = (stop: AbortSignal) => Promise<void>;

export class Leader {
  readonly #locks: LockManager | undefined;
  readonly #name: string;
  readonly #work: Work;
  readonly #ended = new AbortController();
  #term: AbortController | null = null;

  constructor(locks: LockManager | undefined, name: string, work: Work) {
    this.#locks = locks;
    this.#name = name;
    this.#work = work;
  }

  get leading(): boolean {
    return this.#term !== null;
  }

  /** Lead as soon as nobody else does. Without locks (a page that is not secure) lead at once. */
  start(): void {
    void this.#stand({ signal: this.#ended.signal });
  }

  /** Lead now, whoever does; the tab that did stands again behind this one. */
  take(): void {
    if (!this.leading && !this.#ended.signal.aborted && this.#locks !== undefined) void this.#stand({ steal: true });
  }

  /** Lead no more. */
  stop(): void {
    this.#ended.abort();
    this.#term?.abort();
  }

  async #stand(options: LockOptions): Promise<void> {
    if (this.#locks === undefined) return this.#lead();
    try {
      await this.#locks.request(this.#name, options, () => this.#lead());
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      // Another tab took over: what this one was doing ends, and it queues for its next turn.
      this.#term?.abort();
      if (error instanceof DOMException && error.name === "AbortError") this.start();
      else throw error;
    }
  }

  async #lead(): Promise<void> {
    if (this.leading || this.#ended.signal.aborted) return;
    const term = new AbortController();
    this.#term = term;
    try {
      await this.#work(term.signal);
    } finally {
      this.#term = null;
    }
  }
}
