/** What an author sees of their concerns: as the server tells it, and those that have not reached it. */
import type { ConcernStatus } from "../generated/types.ts";
import type { Waiting } from "./sheet.ts";
import { tells } from "./told.ts";

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
  return { ...status, held: status.held ?? null };
}

/** A concern raised here of which the server has told nothing yet; null for every other entry. */
export function raisedHere(one: Waiting): ShownStatus | null {
  if (!tells(one, "concern.raised")) return null;
  const { _id: entry, body } = one.entry;
  return {
    _id: `concern_status:${body.concern}`,
    type: "concern_status",
    concern: body.concern,
    entry,
    case: body.case ?? null,
    state: "new",
    received_at: one.receivedAt,
    goes_to: null,
    acknowledged_by: null,
    acknowledged_at: null,
    held: one.silent?.reason ?? null,
  };
}
