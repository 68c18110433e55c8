/** The school's list of tablets, asked for live and never kept. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { here } from "../../components/allowed.ts";
import { ask, me } from "../../state/app.ts";
import type { Answer } from "../../sync/answers.ts";
import type { Call } from "../../sync/client.ts";
import type { DeviceRow, Devices } from "../../generated/types.ts";

const EVERY_MS = 8000;

/** The list as it was last answered, and why there is no newer one, in words. */
export interface Listing {
  readonly rows: readonly DeviceRow[] | null;
  readonly asAt: string | null;
  readonly trouble: string | null;
}

const EMPTY: Listing = { rows: null, asAt: null, trouble: null };

export const listing = signal<Listing>(EMPTY);

/** Ask the school about its tablets: `path` is what follows `_devices`. */
export function askTablets<T>(path: string, call?: Call): Promise<Answer<T>> {
  const school = here.peek()?.school ?? "";
  return ask<T>(`/db/${encodeURIComponent(school)}/_devices${path}`, call);
}

/** Ask now, and again and again while the page is open and in front. */
export function useTablets(): void {
  const person = me.value?.person;
  useEffect(() => {
    listing.value = EMPTY;
    const stop = new AbortController();
    const look = (): void => {
      if (document.visibilityState === "visible") void refresh(stop.signal);
    };
    look();
    const timer = setInterval(look, EVERY_MS);
    const wakers = [
      [document, "visibilitychange"],
      [globalThis, "online"],
    ] as const;
    for (const [target, name] of wakers) target.addEventListener(name, look);
    return () => {
      stop.abort();
      clearInterval(timer);
      for (const [target, name] of wakers) target.removeEventListener(name, look);
    };
  }, [person]);
}

/** Ask now: something was just changed. */
export async function refresh(abort?: AbortSignal): Promise<void> {
  const answer = await askTablets<Devices>("", { signal: abort });
  if (abort?.aborted === true) return;
  if (answer.kind === "ok") listing.value = { rows: answer.value.devices, asAt: answer.value.as_at, trouble: null };
  else listing.value = { ...listing.peek(), trouble: troubleWords(answer) };
}

/** Why an answer is none, in words. */
export function troubleWords(answer: Exclude<Answer<never>, { kind: "ok" }>): string {
  switch (answer.kind) {
    case "unreachable":
      return `${answer.reason} Tablets can be looked at, enrolled and revoked only with a connection.`;
    case "signed-out":
      return "Sign in again: your session has ended.";
    case "busy":
    case "refused":
      return answer.reason;
    default:
      return answer satisfies never;
  }
}
