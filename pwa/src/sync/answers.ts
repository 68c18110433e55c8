/** What can come back from the server, told apart by what the tablet does next. */

export type Answer<T> =
  | { kind: "ok"; value: T }
  /** 401: nobody is signed in. Everything is kept. */
  | { kind: "signed-out" }
  /** The server cannot take anything now (429, 503, 507 …); `afterMs` is its own wish, if it said one. */
  | { kind: "busy"; reason: string; afterMs: number | null; code?: string }
  /** The server refuses this very request, for example an entry that is too large. */
  | { kind: "refused"; status: number; code: string; reason: string }
  /** No answer, or none that is the server's: no signal, a captive portal, an answer cut short. */
  | { kind: "unreachable"; reason: string };

/** An answer that is not the one asked for. */
export type Trouble = Exclude<Answer<never>, { kind: "ok" }>;

/** 4xx that say something about the asker or the moment, not about the entries in the request. */
const NOT_ABOUT_ENTRIES: ReadonlySet<number> = new Set([403, 404, 405, 408, 421, 425, 429]);
const TOO_LARGE = 413;
const NO_WORDS = "The server gave no reason.";

/** Sort an answer by its status and body; `body` is null when it was not JSON. */
export function sortAnswer<T>(response: Response, body: unknown): Answer<T> {
  const { status } = response;
  const { code, reason, known } = words(body);
  if (response.ok) {
    // The client asked for JSON of this shape and the server's own tests hold it to that.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    if (body !== null) return { kind: "ok", value: body as T };
    return { kind: "unreachable", reason: "Something between this tablet and the server answered in its place." };
  }
  // Whose proof is out of time is signed in all the same.
  if (status === 401 && code !== "stale_proof") return { kind: "signed-out" };
  // Without the server's own words a refusal is a filter's, a proxy's or a portal's; but too large
  // is too large, whoever says so.
  if (status < 500 && !known && status !== TOO_LARGE) return { kind: "unreachable", reason: `The network refused the request (${status}).` };
  if (status >= 500 || status === 401 || NOT_ABOUT_ENTRIES.has(status)) {
    return { kind: "busy", reason, afterMs: retryAfterMs(response.headers.get("Retry-After")), ...(known ? { code } : {}) };
  }
  return { kind: "refused", status, code, reason };
}

/** CouchDB's `{error, reason}` under /db, a problem body `{code, detail}` elsewhere. */
function words(body: unknown): { code: string; reason: string; known: boolean } {
  const code = codeOf(body);
  const reason = textOf(body, "reason") ?? textOf(body, "detail") ?? textOf(body, "title");
  return { code: code ?? "unknown", reason: reason ?? NO_WORDS, known: code !== null || reason !== null };
}

/** The server's word for what is wrong; null if the body has none. */
export function codeOf(body: unknown): string | null {
  return textOf(body, "error") ?? textOf(body, "code");
}

/** A text member of an answer's body; null if there is none. */
export function textOf(body: unknown, name: string): string | null {
  if (typeof body !== "object" || body === null || !(name in body)) return null;
  const value: unknown = Reflect.get(body, name);
  return typeof value === "string" && value !== "" ? value : null;
}

/** `Retry-After` in milliseconds: seconds, or a date; null for neither. */
export function retryAfterMs(header: string | null, nowMs = Date.now()): number | null {
  if (header === null || header.trim() === "") return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, date - nowMs);
}
