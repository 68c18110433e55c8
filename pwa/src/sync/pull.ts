/** Pull: pages of `_changes` into the replica, each put with its token in one transaction. */
import { isKept } from "../store/published.ts";
import type { Page, Replica } from "../store/replica.ts";
import type { Answer, Trouble } from "./answers.ts";
import type { ChangesPage } from "./client.ts";

/** `reset`: the replica's token is of another store or other grants; a new generation is wanted. */
export type PullResult = { kind: "ok"; changed: number } | { kind: "reset" } | Trouble;

export interface PullParts {
  replica: Replica;
  changes: (since: string | null) => Promise<Answer<ChangesPage>>;
  /** A page is in: ids put or removed. */
  onPage: (ids: readonly string[]) => Promise<void>;
}

/** Pull until there is nothing more. */
export async function pull({ replica, changes, onPage }: PullParts): Promise<PullResult> {
  let changed = 0;
  for (;;) {
    const since = await replica.token();
    const answer = await changes(since);
    if (answer.kind !== "ok") return answer;
    if ((answer.value.reset ?? false) && since !== null) return { kind: "reset" };
    const page = readPage(answer.value);
    const ids = [...page.put.map((doc) => doc._id), ...page.remove];
    if (await replica.putPage(since, page)) {
      changed += ids.length;
      if (ids.length > 0) await onPage(ids);
      if (answer.value.pending === 0 || answer.value.results.length === 0) return { kind: "ok", changed };
    }
  }
}

function readPage({ results, last_seq }: ChangesPage): Page {
  const gone = results.filter((row) => (row.deleted ?? false) || (row.removed ?? false));
  const there = results.filter((row) => !gone.includes(row)).map((row) => row.doc);
  // Also a kind that this version does not know: a newer one shows it without pulling anew.
  return { put: there.filter(isKept), remove: gone.map((row) => row.id), token: last_seq };
}
