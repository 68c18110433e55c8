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
  #terms = 0;
  /** Resolves when this tab's latest term has ended. */
  #last: Promise<void> = Promise.resolve();

  constructor(locks: LockManager | undefined, name: string, work: Work) {
    this.#locks = locks;
    this.#name = name;
    this.#work = work;
  }

  get leading(): boolean {
    return this.#terms > 0;
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
  }

  /** Resolves when the work of the latest term has come to its end. */
  get idle(): Promise<void> {
    return this.#last;
  }

  async #stand(options: LockOptions): Promise<void> {
    const term = new AbortController();
    const end = (): void => term.abort();
    this.#ended.signal.addEventListener("abort", end);
    try {
      await (this.#locks?.request(this.#name, options, () => this.#lead(term.signal)) ?? this.#lead(term.signal));
    } catch (error) {
      end();
      if (this.#ended.signal.aborted) return;
      // Another stand took over: what this one was doing ends, and it queues for its next turn.
      if (error instanceof DOMException && error.name === "AbortError") this.start();
      else throw error;
    } finally {
      this.#ended.signal.removeEventListener("abort", end);
    }
  }

  /**
   * One term. The lock may have been taken from an earlier stand of this very tab, which hears of it
   * only after this one was let in; and what that was doing takes a moment to end.
   */
  #lead(stop: AbortSignal): Promise<void> {
    const term = this.#after(this.#last, stop);
    this.#last = term.catch(() => undefined);
    return term;
  }

  async #after(before: Promise<void>, stop: AbortSignal): Promise<void> {
    this.#terms += 1;
    try {
      await before;
      if (!stop.aborted && !this.#ended.signal.aborted) await this.#work(stop);
    } finally {
      this.#terms -= 1;
    }
  }
}
