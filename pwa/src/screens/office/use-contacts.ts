/** The contacts the screens show: the one thing they ask the server for themselves. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { here, mayDo } from "../../components/allowed.ts";
import { status } from "../../state/app.ts";
import { fetchContacts } from "./contacts.ts";
import type { Contact } from "./day/shapes.ts";

const EVERY_MS = 30_000;

/** The contacts, and when they were asked for (milliseconds); null while they cannot be. */
export const contacts = signal<readonly Contact[] | null>(null);

/** Ask now, and every half minute while the screen is open and the server answers. */
export function useContacts(): void {
  const school = here.value?.school ?? null;
  const online = status.value.online && mayDo("access");
  useEffect(() => {
    if (school === null || !online) {
      contacts.value = null;
      return undefined;
    }
    const stop = new AbortController();
    const ask = (): void => {
      if (document.visibilityState === "visible") void refresh(school, stop.signal);
    };
    ask();
    const timer = setInterval(ask, EVERY_MS);
    document.addEventListener("visibilitychange", ask);
    return () => {
      stop.abort();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", ask);
    };
  }, [school, online]);
}

async function refresh(school: string, abort: AbortSignal): Promise<void> {
  const found = await fetchContacts(school, abort);
  if (!abort.aborted) contacts.value = found;
}
