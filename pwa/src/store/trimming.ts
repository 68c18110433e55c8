/**
 * Trimming: own entries leave this tablet once they are stored, backed up, and older than any screen
 * shows. Whatever waits, is held, refused or set aside in part stays, and so does the end of each log:
 * its digest stands for all before it. Without a server that says "backed up", all of it stays.
 */
import { unsealed } from "./envelope.ts";
import type { EntryKey, Fate, LogRecord, Writing } from "./person.ts";

/**
 * Remove what may go of a log, received before `before`; resolves to how many entries that were.
 * `head`: the last number that the server acknowledged.
 */
export async function trimLog(transaction: Writing, log: LogRecord, head: number, before: string): Promise<number> {
  const [entries, fates] = [transaction.objectStore("entries"), transaction.objectStore("fates")];
  // In a log that was cloned or cut no number shows that an entry is in the backup.
  if (log.closed) return 0;
  const last = Math.min(log.backedUp ?? 0, head - 1);
  if (last < 1) return 0;
  const spoken = new Set([...log.judged, ...(log.refused ?? [])]);
  let gone = 0;
  for (
    let cursor = await fates.openCursor(IDBKeyRange.bound([log.log, 1], [log.log, last]));
    cursor !== null;
    cursor = await cursor.continue()
  ) {
    const key: EntryKey = cursor.key;
    const fate = unsealed(cursor.value);
    if (fate === undefined || spoken.has(key[1]) || !isDone(fate, before)) continue;
    if ((await transaction.objectStore("waiting").getKey(key)) !== undefined) continue;
    // One that only a newer version can open is for that one to judge.
    if (unsealed(await entries.get(key)) === undefined) continue;
    await entries.delete(key);
    await cursor.delete();
    gone += 1;
  }
  return gone;
}

function isDone({ state, setAside, outcome, receivedAt }: Fate, before: string): boolean {
  return state === "stored" && setAside.length === 0 && outcome === undefined && receivedAt !== null && receivedAt < before;
}
