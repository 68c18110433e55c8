/** Who opened a restricted record: `GET /db/<school>/_views`, asked for live, never kept. */
import type { View, Views } from "../../../generated/types.ts";
import { ask } from "../../../state/app.ts";

/** The looks at one pupil's record, the latest first; null while the server cannot be asked. */
export async function fetchViews(school: string, pupil: string, abort: AbortSignal): Promise<Views | null> {
  const path = `/db/${encodeURIComponent(school)}/_views?pupil=${encodeURIComponent(pupil)}`;
  const answer = await ask<unknown>(path, { signal: abort });
  return answer.kind === "ok" ? readViews(answer.value) : null;
}

/** Looks out of an answer's body; null for what is none. */
export function readViews(body: unknown): Views | null {
  if (typeof body !== "object" || body === null || !("views" in body) || !Array.isArray(body.views)) return null;
  return { views: body.views.filter(isView), more: "more" in body && body.more === true };
}

/** What somebody did, in words. */
export function howWords({ how, purpose }: View): string {
  if (how === "fetched") return "Fetched by a program, with their sign-in";
  return purpose ? `Opened: ${purpose}` : "Opened";
}

function isView(value: unknown): value is View {
  if (typeof value !== "object" || value === null) return false;
  const record: Partial<Record<string, unknown>> = { ...value };
  const texts = ["how", "person", "person_name", "document", "at", "received_at"] as const;
  return texts.every((key) => typeof record[key] === "string");
}
