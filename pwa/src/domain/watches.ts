/** Watches as the tablet shows them: as the server has them, with one's own waiting entries over them. */
import type { Kind } from "./entry.ts";
import type { Watch } from "../generated/types.ts";

/** A watch on screen. Only what the server has received raises an alarm. */
export interface ShownWatch extends Omit<Watch, "received_at"> {
  /** When the server had it; null: it has not, and nobody will be told. */
  received_at: string | null;
  /** What was said about it here that has not reached the server, oldest first. */
  waiting: readonly Kind[];
  /** Why the server holds it, or something said about it, so that it does not count; null: it does not. */
  held: string | null;
}

/** A published watch that nothing waits for. */
export function shownWatch(watch: Watch): ShownWatch {
  return { ...watch, waiting: [], held: null };
}
