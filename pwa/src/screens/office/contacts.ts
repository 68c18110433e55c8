/** When each tablet was last heard: `GET /db/<school>/_contacts`, asked for live, never kept. */
import { ask } from "../../state/app.ts";
import type { Contact } from "./day/shapes.ts";

/** The server's answer, or null when there is none that can be read. */
export async function fetchContacts(school: string, abort: AbortSignal): Promise<readonly Contact[] | null> {
  const answer = await ask<unknown>(`/db/${encodeURIComponent(school)}/_contacts`, { signal: abort });
  return answer.kind === "ok" ? readContacts(answer.value) : null;
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
