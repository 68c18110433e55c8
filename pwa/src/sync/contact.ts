/** How the server answered last, as far as people should know it. */
import { NEVER_IN_CONTACT } from "./clock.ts";
import type { ServerClock } from "./clock.ts";
import type { Phase } from "./loop.ts";

/** The part of the status that the leading tab tells the others. */
export interface Contact {
  online: boolean;
  signInNeeded: boolean;
  syncing: boolean;
  trouble: { words: string; retryMs: number } | null;
  clock: ServerClock;
}

export const NO_CONTACT: Contact = {
  online: false,
  signInNeeded: false,
  syncing: false,
  trouble: null,
  clock: NEVER_IN_CONTACT,
};

/** The contact after the loop reported a phase. */
export function afterPhase(contact: Contact, phase: Phase): Contact {
  switch (phase.kind) {
    case "asking":
      return { ...contact, syncing: true };
    case "well":
      return { ...contact, online: true, signInNeeded: false, syncing: false, trouble: null };
    case "signed-out":
      return { ...contact, online: true, signInNeeded: true, syncing: false, trouble: null };
    case "trouble": {
      const { trouble, retryMs } = phase;
      const online = trouble.kind !== "unreachable" && (trouble.kind !== "tablet" || contact.online);
      // No signal is no news: the sentence for it needs no reason.
      const told = trouble.kind === "unreachable" ? null : { words: trouble.reason, retryMs };
      return { ...contact, online, syncing: false, trouble: told };
    }
    default:
      return phase satisfies never;
  }
}
