/**
 * Saving while somebody writes: at the latest a moment after the first change that is not kept, one
 * saving at a time, and again until it is. What the form says of it is never more than is so.
 */

/** How it stands with what is in the form. */
export type Kept =
  /** Nothing was written yet. */
  | { phase: "nothing" }
  /** All of it is on this tablet, since then. */
  | { phase: "kept"; at: string }
  /** Something is being kept. */
  | { phase: "keeping" }
  /** The tablet's store failed; it is tried again. */
  | { phase: "failed"; problem: string };

export interface AutosaveParts<T> {
  /** Resolves once it is durable. */
  save: (value: T) => Promise<void>;
  tell: (kept: Kept) => void;
  /** The tablet's clock, as an instant. */
  now: () => string;
  /** Do it later; returns how not to. */
  later: (work: () => void, ms: number) => () => void;
}

/** From the first change that is not kept; a browser killed in the middle of a word loses no more. */
export const PAUSE_MS = 300;
const AGAIN_MS = 5000;

export class Autosave<T> {
  readonly #parts: AutosaveParts<T>;
  /** What is not kept yet. */
  #due: { value: T } | null = null;
  #running: Promise<void> | null = null;
  #cancel: (() => void) | null = null;
  /** What is due is tried again, after a failure. */
  #again = false;

  constructor(parts: AutosaveParts<T>) {
    this.#parts = parts;
  }

  /** The form is now this. */
  change(value: T): void {
    const first = this.#due === null;
    this.#due = { value };
    if (first) this.#parts.tell({ phase: "keeping" });
    if (this.#cancel !== null && !this.#again) return;
    this.#cancel?.();
    this.#again = false;
    this.#cancel = this.#parts.later(() => void this.flush(), PAUSE_MS);
  }

  /** Keep it now; resolves to whether all of it is kept. */
  async flush(): Promise<boolean> {
    this.#cancel?.();
    this.#cancel = null;
    while (this.#due !== null || this.#running !== null) {
      this.#running ??= this.#keep();
      try {
        await this.#running;
      } catch (error) {
        this.#failed(error);
        return false;
      } finally {
        this.#running = null;
      }
    }
    return true;
  }

  /** Let go: nothing is kept any more, and nothing is tried again. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = null;
    this.#due = null;
  }

  async #keep(): Promise<void> {
    const due = this.#due;
    if (due === null) return;
    await this.#parts.save(due.value);
    // What was written meanwhile is the next saving's.
    if (this.#due === due) {
      this.#due = null;
      this.#parts.tell({ phase: "kept", at: this.#parts.now() });
    }
  }

  #failed(error: unknown): void {
    const problem = error instanceof Error ? error.message : "The tablet’s storage did not answer.";
    this.#parts.tell({ phase: "failed", problem });
    if (this.#cancel !== null) return;
    this.#again = true;
    this.#cancel = this.#parts.later(() => void this.flush(), AGAIN_MS);
  }
}
