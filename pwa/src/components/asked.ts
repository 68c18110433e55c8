/** What only the server knows: asked for live while a page is open, and never kept. */
import { useEffect, useState } from "preact/hooks";
import type { Answer } from "../sync/answers.ts";
import { ask, status } from "../state/app.ts";
import { here } from "./allowed.ts";

/** The last answer, and why there is no newer one, in words. */
export interface Asked<T> {
  readonly value: T | null;
  readonly trouble: string | null;
  readonly asking: boolean;
  readonly again: () => void;
}

interface Told<T> {
  path: string | null;
  value: T | null;
  trouble: string | null;
  asking: boolean;
}

/**
 * Ask the open school's server for `path` (what follows `/db/<school>/`), again whenever it or the
 * connection changes, and every `everyMs` where given. Null: nothing to ask yet.
 */
export function useAsked<T>(path: string | null, everyMs: number | null = null): Asked<T> {
  const [told, setTold] = useState<Told<T>>({ path, value: null, trouble: null, asking: true });
  const [times, setTimes] = useState(0);
  const school = here.value?.school ?? null;
  const { online } = status.value;
  useEffect(() => {
    if (path === null || school === null) return undefined;
    const stop = new AbortController();
    const look = async (): Promise<void> => {
      // What was in the way last time stays in sight until there is an answer: it is not told again each time.
      setTold((before) => (before.path === path ? { ...before, asking: true } : { path, value: null, trouble: null, asking: true }));
      const answer = await ask<T>(`/db/${encodeURIComponent(school)}/${path}`, { signal: stop.signal });
      if (stop.signal.aborted) return;
      if (answer.kind === "ok") setTold({ path, value: answer.value, trouble: null, asking: false });
      else setTold((before) => ({ ...before, trouble: troubleWords(answer), asking: false }));
    };
    void look();
    const visible = (): boolean => document.visibilityState === "visible";
    const timer = everyMs === null ? null : setInterval(() => visible() && void look(), everyMs);
    return () => {
      stop.abort();
      if (timer !== null) clearInterval(timer);
    };
  }, [path, school, online, times, everyMs]);
  const current = told.path === path ? told : { value: null, trouble: null, asking: true };
  return { value: current.value, trouble: current.trouble, asking: current.asking, again: () => setTimes(times + 1) };
}

function troubleWords(answer: Exclude<Answer<unknown>, { kind: "ok" }>): string {
  switch (answer.kind) {
    case "unreachable":
      return `${answer.reason} This is the server’s own list: it can be looked at only with a connection.`;
    case "signed-out":
      return "Sign in again: your session has ended.";
    case "busy":
    case "refused":
      return answer.reason;
    default:
      return answer satisfies never;
  }
}
