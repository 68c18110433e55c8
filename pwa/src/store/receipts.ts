/**
 * Receipts, believed. A receipt says what the server has of one log: what it no longer covers is
 * offered again (the server was restored from a backup), what it holds or sets aside is shown with
 * its reason, and a log in which a number was lost or doubled is closed.
 *
 * An entry is acknowledged by the answer to its own push, which names its digest. That a receipt
 * covers its *number* does not acknowledge it: in a cloned store the number may be another's.
 */
import type { HeldItem, Outcome, Receipt, SetAsideItem } from "../generated/types.ts";
import { seal, unsealed } from "./envelope.ts";
import { eraseEntries } from "./erasing.ts";
import type { EntryKey, Fate, LogRecord, Writing } from "./person.ts";

/**
 * Note `receipt` in the outbox. `askedAt`: the log's number when the receipt was asked for; what was
 * written since cannot be in it. Resolves to whether anything that a person sees changed.
 */
export async function believe(transaction: Writing, receipt: Receipt, askedAt: number): Promise<boolean> {
  const log = unsealed(await transaction.objectStore("logs").get(receipt.log));
  if (log === undefined) return false;
  // Where another's entries have this log's numbers, what the server lacks may never come (an entry
  // that it refuses): one offer for each state of the server is enough.
  const another = namesAnother(receipt);
  const again = !another || log.offered !== receipt.tag;
  const offered = again && (await offerAgain(transaction, log, receipt, askedAt));
  const judged = await noteVerdicts(transaction, log, receipt);
  const next: LogRecord = {
    ...log,
    closed: log.closed || isBroken(log, receipt),
    receipt: receipt.tag,
    highest: highestOf(receipt),
    offered: another ? receipt.tag : null,
    judged: judged.numbers,
    backedUp: receipt.backed_up_through ?? 0,
    erased: await eraseEntries(transaction, log, receipt),
  };
  await transaction.objectStore("logs").put(seal(next), log.log);
  const went = next.erased?.length !== (log.erased?.length ?? 0);
  return offered || judged.changed || went || next.backedUp !== (log.backedUp ?? 0);
}

/** Whether the log cannot go on: a number is doubled, or this store has lost the end of it. */
function isBroken(log: LogRecord, receipt: Receipt): boolean {
  return (receipt.forked ?? false) || highestOf(receipt) > log.n;
}

/** Whether numbers are missed that have come: then they came from another, a clone of this store. */
function namesAnother(receipt: Receipt): boolean {
  return (receipt.missing ?? []).some(([first]) => first <= Math.max(receipt.through, 1));
}

function highestOf(receipt: Receipt): number {
  return Math.max(receipt.highest ?? 0, receipt.through);
}

/** Make wait again what the server once had and has no longer. */
async function offerAgain(
  transaction: Writing,
  log: LogRecord,
  receipt: Receipt,
  askedAt: number,
): Promise<boolean> {
  const highest = highestOf(receipt);
  // In a broken log a number proves nothing: after a rollback all of it is offered again.
  const broken = log.closed || isBroken(log, receipt);
  const from = broken && highest < log.highest ? 1 : highest + 1;
  const ranges: [number, number][] = [...(receipt.missing ?? []), [from, askedAt]];
  let offered = false;
  for (const [first, last] of ranges) {
    if (first > Math.min(last, askedAt)) continue;
    offered = (await offerRange(transaction, [log.log, first], [log.log, Math.min(last, askedAt)])) || offered;
  }
  return offered;
}

/** Make the acknowledged entries between two keys wait again; whether there were any. */
export async function offerRange(transaction: Writing, first: EntryKey, last: EntryKey): Promise<boolean> {
  let offered = false;
  for (const key of await transaction.objectStore("fates").getAllKeys(IDBKeyRange.bound(first, last))) {
    offered = (await waitAgain(transaction, key)) || offered;
  }
  return offered;
}

async function waitAgain(transaction: Writing, key: EntryKey): Promise<boolean> {
  const fate = unsealed(await transaction.objectStore("fates").get(key));
  // What was refused never was there, and its reason still stands.
  if (fate === undefined || fate.state === "refused") return false;
  await transaction.objectStore("fates").delete(key);
  await transaction.objectStore("waiting").put(1, key);
  return true;
}

function decidedAs(outcome: Outcome | null | undefined): { outcome?: Outcome } {
  return outcome ? { outcome } : {};
}

/** Note what is held or set aside now, and what no longer is. */
async function noteVerdicts(
  transaction: Writing,
  log: LogRecord,
  receipt: Receipt,
): Promise<{ changed: boolean; numbers: number[] }> {
  const held = new Map((receipt.held ?? []).map((item) => [item.entry, item]));
  const aside = receipt.set_aside ?? [];
  const named = [...(receipt.held ?? []), ...aside].map((item) => item.n);
  let changed = false;
  const numbers: number[] = [];
  for (const n of new Set([...log.judged, ...named])) {
    const entry = unsealed(await transaction.objectStore("entries").get([log.log, n]));
    if (entry === undefined) continue;
    const id = entry._id;
    // By id, not by number: in a forked log the number may be another entry's.
    const verdict = { held: held.get(id), aside: aside.filter((item) => item.entry === id) };
    if (verdict.held !== undefined || verdict.aside.length > 0) numbers.push(n);
    changed = (await noteVerdict(transaction, [log.log, n], verdict)) || changed;
  }
  return { changed, numbers };
}

async function noteVerdict(
  transaction: Writing,
  key: EntryKey,
  { held, aside }: { held: HeldItem | undefined; aside: SetAsideItem[] },
): Promise<boolean> {
  const before = unsealed(await transaction.objectStore("fates").get(key)) ?? null;
  // Neither acknowledged nor named: it waits, and there is nothing to say of it yet.
  if (before === null && held === undefined && aside.length === 0) return false;
  const after: Fate = {
    state: held === undefined ? "stored" : "held",
    reason: held?.reason ?? null,
    receivedAt: before?.receivedAt ?? held?.received_at ?? null,
    setAside: aside.map(({ claim, reason, outcome }) => ({ claim, reason, ...decidedAs(outcome) })),
    ...decidedAs(held?.outcome),
  };
  if (before !== null && JSON.stringify(before) === JSON.stringify(after)) return false;
  await transaction.objectStore("fates").put(seal(after), key);
  await transaction.objectStore("waiting").delete(key);
  return true;
}
