/** When each tablet was last heard (`GET /db/<school>/_contacts`): the one thing asked for live. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { me, status } from "../../state/app.ts";
import type { Contact } from "./day/shapes.ts";

const EVERY_MS = 30_000;

/** The contacts, and when they were asked for (milliseconds); null while they cannot be. */
export const contacts = signal<readonly Contact[] | null>(null);

/** Ask now, and every half minute while the screen is open and the server answers. */
export function useContacts(): void {
  const school = me.value?.schools[0]?.school ?? null;
  const online = status.value.online;
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

/** The server's answer, or null when there is none that can be read. */
export async function fetchContacts(school: string, abort: AbortSignal): Promise<readonly Contact[] | null> {
  try {
    const answer = await fetch(`/db/${encodeURIComponent(school)}/_contacts`, {
      headers: { accept: "application/json" },
      signal: abort,
    });
    return answer.ok ? readContacts(await answer.json()) : null;
  } catch {
    return null;
  }
}

/** Contacts out of an answer's body; whatever is not one is left out. */
export function readContacts(body: unknown): readonly Contact[] | null {
  if (typeof body !== "object" || body === null || !("contacts" in body) || !Array.isArray(body.contacts)) return null;
  return body.contacts.filter(isContact);
}

function isContact(value: unknown): value is Contact {
  if (typeof value !== "object" || value === null) return false;
  const texts = ["person", "name", "device", "last_contact"] as const;
  const record: Partial<Record<string, unknown>> = { ...value };
  return texts.every((key) => typeof record[key] === "string") && typeof record["waiting"] === "number";
}
