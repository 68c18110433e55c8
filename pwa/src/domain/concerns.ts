/** What an author sees of their concerns: as the server tells it, and those that have not reached it. */
import type { ConcernStatus } from "../generated/types.ts";

/** A concern of one's own on screen. */
export interface ShownStatus extends Omit<ConcernStatus, "received_at" | "goes_to"> {
  /** When the server had it; null: it has not, and nobody has read it. */
  received_at: string | null;
  /** In words; null while only the server knows. */
  goes_to: string | null;
  /** Why the server holds it; null where it does not. */
  held: string | null;
}

/** A published status, as it is. */
export function shownStatus(status: ConcernStatus): ShownStatus {
  return { ...status, held: null };
}
