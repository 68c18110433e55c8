/**
 * Push: the outbox goes to the server in log order, in bounded batches, and nothing is ever skipped.
 *
 * A batch that the server refuses is halved until the one entry it cannot take stands alone; that
 * one is marked with the server's reason, stays on the tablet, and those behind it go on.
 */
import type { Entry } from "../domain/entry.ts";
import { instant } from "../domain/time.ts";
import type { PushRow } from "../generated/types.ts";
import type { EntryKey, Fate } from "../store/person.ts";
import type { Answer, Trouble } from "./answers.ts";

const MAX_BATCH_BYTES = 512 * 1024;
const MAX_BATCH_COUNT = 200;

/** What a push needs of the outbox and of the server. */
export interface PushParts {
  waiting: () => Promise<EntryKey[]>;
  read: (keys: readonly EntryKey[]) => Promise<Entry[]>;
  settle: (fates: readonly { key: EntryKey; fate: Fate }[]) => Promise<void>;
  send: (docs: readonly Entry[]) => Promise<Answer<PushRow[]>>;
  /** Milliseconds since 1970 by the server's clock, as far as it is known. */
  serverNow: () => number;
  /** Something was settled: screens may want to know. */
  onProgress: () => Promise<void>;
}

export type PushResult = { kind: "ok"; settled: number } | Trouble;

/** Push everything that waits, until nothing does or the server cannot go on. */
export async function pushAll(parts: PushParts): Promise<PushResult> {
  let settled = 0;
  const beyond = new Set<string>();
  for (;;) {
    const keys = (await parts.waiting()).filter((key) => !beyond.has(String(key))).slice(0, MAX_BATCH_COUNT);
    if (keys.length === 0) return { kind: "ok", settled };
    const found = await parts.read(keys);
    if (found.length === 0) {
      // A newer version wrote these, and can send them; those behind them go on.
      for (const key of keys) beyond.add(String(key));
      continue;
    }
    const batch = bounded(found);
    const result = await pushBatch(parts, batch);
    if (result.kind !== "ok") return result;
    // An answer that settles nothing would be asked for again without end.
    if (result.settled === 0) return { kind: "unreachable", reason: "The server's answer named none of the entries sent." };
    settled += result.settled;
    await parts.onProgress();
  }
}

/** The longest beginning of `entries` within the bounds; always at least one. */
export function bounded(entries: readonly Entry[]): Entry[] {
  let bytes = 0;
  let count = 0;
  for (const entry of entries) {
    // Two bytes a UTF-16 unit is more than most text takes: the bound is soft, the server's is not.
    bytes += JSON.stringify(entry).length;
    if (count > 0 && bytes > MAX_BATCH_BYTES) break;
    count += 1;
  }
  return entries.slice(0, count);
}

async function pushBatch(parts: PushParts, batch: readonly Entry[]): Promise<PushResult> {
  const answer = await parts.send(batch);
  if (answer.kind === "ok") return { kind: "ok", settled: await settleRows(parts, batch, answer.value) };
  if (answer.kind !== "refused") return answer;
  return batch.length > 1 ? pushHalves(parts, batch) : refuse(parts, batch, answer.reason);
}

async function pushHalves(parts: PushParts, batch: readonly Entry[]): Promise<PushResult> {
  const middle = Math.ceil(batch.length / 2);
  const first = await pushBatch(parts, batch.slice(0, middle));
  if (first.kind !== "ok") return first;
  const second = await pushBatch(parts, batch.slice(middle));
  return second.kind === "ok" ? { kind: "ok", settled: first.settled + second.settled } : second;
}

async function refuse(parts: PushParts, batch: readonly Entry[], reason: string): Promise<PushResult> {
  const fate: Fate = { state: "refused", reason, receivedAt: null, setAside: [] };
  await parts.settle(batch.map((entry) => ({ key: [entry.log, entry.n], fate })));
  return { kind: "ok", settled: batch.length };
}

/** Note each row that answers an entry of the batch; an entry without its row goes on waiting. */
async function settleRows(parts: PushParts, batch: readonly Entry[], rows: readonly PushRow[]): Promise<number> {
  const receivedAt = instant(parts.serverNow());
  const fates = batch.flatMap((entry, index): { key: EntryKey; fate: Fate }[] => {
    const row = rows[index];
    if (rows.length !== batch.length || row === undefined || !answers(row, entry)) return [];
    const { verdict, reason = null } = row;
    return [{ key: [entry.log, entry.n], fate: { state: verdict, reason, receivedAt, setAside: [] } }];
  });
  await parts.settle(fates);
  return fates.length;
}

/**
 * Whether a row, in the place of an entry, answers it. Stored means this very digest. What the server
 * holds may have reached it broken, and then it has another name for it.
 */
function answers(row: PushRow, entry: Entry): boolean {
  return row.verdict === "held" || (row.id === entry._id && row.rev === entry._rev);
}
