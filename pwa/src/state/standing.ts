/** The status line: what the loop reports and what waits, told in one {@link SyncStatus}. */
import type { BeyondItem, OutboxItem, SyncStatus } from "./model.ts";
import { sentence } from "./message.ts";
import type { Contact } from "../sync/contact.ts";

/** The whole status. `kept` are the parts that neither contact nor entries decide. */
export function statusOf(
  contact: Contact,
  entries: readonly (OutboxItem | BeyondItem)[],
  timeZone: string,
  kept: Pick<SyncStatus, "storage" | "updateReady" | "beyond" | "others">,
): SyncStatus {
  const count = (state: OutboxItem["state"]): number => entries.filter((item) => item.state === state).length;
  const counts = { waiting: count("waiting"), held: count("held"), refused: count("refused") };
  const { online, signInNeeded, syncing, trouble, clock } = contact;
  const received = entries.flatMap((item) => item.receivedAt ?? []).toSorted();
  return {
    ...kept,
    ...counts,
    online,
    signInNeeded,
    syncing,
    lastIn: received.at(-1) ?? null,
    lastContact: clock.lastContact,
    offsetMs: clock.offsetMs,
    trouble: trouble?.words ?? null,
    message: sentence({ ...counts, online, signInNeeded, trouble, lastContact: clock.lastContact, timeZone }),
  };
}
