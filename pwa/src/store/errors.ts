/** What can go wrong with the tablet's own stores, in words for the person at the tablet. */

export type StoreTrouble = "full" | "blocked" | "private" | "newer" | "damaged";

const WORDS: Readonly<Record<StoreTrouble, string>> = {
  full: "This tablet has no free space left. Remove photos or apps you do not need, then save again.",
  blocked: "Another Tidemark tab holds an older version of this tablet's store. Close the other tabs, then try again.",
  private:
    "This browser window keeps nothing after it is closed (private browsing, or storage is turned off). Open Tidemark in an ordinary window.",
  newer: "A newer version of Tidemark has used this tablet. Load this page again to get it.",
  damaged: "This tablet's store did not answer. Close Tidemark and open it again; if it goes on, restart the tablet.",
};

/** A store could not do what was asked; `message` names what was not done and what to do next. */
export class StoreError extends Error {
  override name = "StoreError";
  readonly trouble: StoreTrouble;

  constructor(trouble: StoreTrouble, what: string, cause?: unknown) {
    super(`${what} ${WORDS[trouble]}`, { cause });
    this.trouble = trouble;
  }
}

const TROUBLES: Readonly<Record<string, StoreTrouble>> = {
  QuotaExceededError: "full",
  BlockedError: "blocked",
  VersionError: "newer",
  SecurityError: "private",
  // Some private windows have a store, but none that keeps a key.
  DataCloneError: "private",
};

/** The error of a browser's store as ours; `what` says what was not done. */
export function asStoreError(error: DOMException, what: string): StoreError {
  return new StoreError(TROUBLES[error.name] ?? "damaged", what, error);
}
