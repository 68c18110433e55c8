/**
 * Erasing: what the server's receipt calls erased by law leaves this tablet as well. The number and
 * the digest stay, for they stand for all before them.
 */
import type { Receipt } from "../generated/types.ts";
import { unsealed } from "./envelope.ts";
import type { EntryKey, ErasedEntry, LogRecord, Writing } from "./person.ts";

/**
 * Remove the content of own entries that were erased by law; resolves to all of the log that are.
 *
 * Only what the server has acknowledged goes: where a store was cloned the number may be another's,
 * and an entry that waits has not been taken by anybody yet.
 */
export async function eraseEntries(transaction: Writing, log: LogRecord, receipt: Receipt): Promise<ErasedEntry[]> {
  const erased = [...(log.erased ?? [])];
  const known = new Set(erased.map(({ n }) => n));
  for (const n of (receipt.erased ?? []).filter((one) => !known.has(one))) {
    const key: EntryKey = [log.log, n];
    const entry = unsealed(await transaction.objectStore("entries").get(key));
    const fate = unsealed(await transaction.objectStore("fates").get(key));
    const waits = (await transaction.objectStore("waiting").getKey(key)) !== undefined;
    if (entry === undefined || fate === undefined || fate.state === "refused" || waits) continue;
    await transaction.objectStore("entries").delete(key);
    await transaction.objectStore("fates").delete(key);
    erased.push({ n, digest: entry.digest });
  }
  return erased;
}
