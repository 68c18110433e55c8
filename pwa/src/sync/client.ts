/** The requests a tablet makes, each with a time-out and a typed answer. It never throws. */
import type { Entry } from "../domain/entry.ts";
import { instant } from "../domain/time.ts";
import type { Me, PushRow, SyncAnswer, SyncRequest } from "../generated/types.ts";
import { sortAnswer } from "./answers.ts";
import type { Answer } from "./answers.ts";

/** One line of `_changes`. */
export interface ChangeRow {
  id: string;
  deleted?: boolean;
  removed?: boolean;
  doc?: unknown;
}

/** A page of `_changes`; `reset`: it begins anew, the token asked from was not understood. */
export interface ChangesPage {
  results: ChangeRow[];
  last_seq: string;
  pending: number;
  reset?: boolean;
}

/** `fetch`, the clock and the tablet's name are arguments, so that tests can cut any wire. */
export interface ClientParts {
  fetch: typeof fetch;
  now: () => number;
  device: string;
  /** Ends every request under way, and lets no other begin: whose requests they are has gone. */
  ended?: AbortSignal;
}

const TIMEOUT_S = 30;
const SIGN_IN_TIMEOUT_S = 20;
const PAGE_LIMIT = 1000;

interface Call {
  method?: string;
  body?: unknown;
  headers?: Record<string, string>;
  timeoutS?: number;
  signal?: AbortSignal | undefined;
}

export class Client {
  readonly #parts: ClientParts;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  /** Who is signed in. */
  session(): Promise<Answer<Me>> {
    return this.#call("/session", { timeoutS: SIGN_IN_TIMEOUT_S });
  }

  signIn(username: string, password: string): Promise<Answer<Me>> {
    return this.#call("/session", { method: "POST", body: { username, password }, timeoutS: SIGN_IN_TIMEOUT_S });
  }

  signOut(): Promise<Answer<unknown>> {
    return this.#call("/session", { method: "DELETE", timeoutS: SIGN_IN_TIMEOUT_S });
  }

  /** Push entries as they are, in order; one row answers each. */
  push(school: string, docs: readonly Entry[]): Promise<Answer<PushRow[]>> {
    return this.#call(`${database(school)}/_bulk_docs`, {
      method: "POST",
      body: { docs, new_edits: false },
      headers: {
        "Tidemark-Device": this.#parts.device,
        "Tidemark-Device-Time": instant(this.#parts.now()),
        // The cookie is the browser's, and may be somebody else's by now: the server compares.
        ...(docs[0] === undefined ? {} : { "Tidemark-Author": docs[0].body.author }),
      },
    });
  }

  /** Published documents in this person's scope that changed after `since`; null: all of them. */
  changes(school: string, since: string | null): Promise<Answer<ChangesPage>> {
    const query = new URLSearchParams({ since: since ?? "0", limit: String(PAGE_LIMIT), include_docs: "true" });
    return this.#call(`${database(school)}/_changes?${query.toString()}`, {});
  }

  /** Log heads and a token out, receipts and news back; the server may wait for news first. */
  sync(school: string, request: SyncRequest, signal?: AbortSignal): Promise<Answer<SyncAnswer>> {
    const timeoutS = TIMEOUT_S + (request.wait_s ?? 0);
    return this.#call(`${database(school)}/_sync`, { method: "POST", body: request, timeoutS, signal });
  }

  async #call<T>(path: string, { method = "GET", body, headers = {}, timeoutS = TIMEOUT_S, signal }: Call): Promise<Answer<T>> {
    const end = new AbortController();
    const tooLong = `The server did not answer within ${timeoutS} seconds.`;
    let reason = "The server cannot be reached.";
    const timer = setTimeout(() => {
      reason = tooLong;
      end.abort();
    }, timeoutS * 1000);
    const cancel = (): void => end.abort();
    const others = [signal, this.#parts.ended].filter((one) => one !== undefined);
    for (const other of others) other.addEventListener("abort", cancel);
    if (others.some((other) => other.aborted)) end.abort();
    const init: RequestInit = {
      method,
      headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }), ...headers },
      credentials: "same-origin",
      cache: "no-store",
      // A redirect is a captive portal's; the server never sends one to the app.
      redirect: "error",
      signal: end.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    };
    try {
      const response = await this.#parts.fetch(path, init);
      return sortAnswer(response, await readJson(response));
    } catch {
      return { kind: "unreachable", reason };
    } finally {
      clearTimeout(timer);
      for (const other of others) other.removeEventListener("abort", cancel);
    }
  }
}

function database(school: string): string {
  return `/db/${encodeURIComponent(school)}`;
}

/** The body, null if it is not JSON. Throws if it was cut short: then nothing in it can be believed. */
async function readJson(response: Response): Promise<unknown> {
  // A 204 has nothing to say and says so: an empty object stands for it.
  if (response.status === 204) return {};
  const text = await response.text();
  if (!/^application\/([a-z]+\+)?json\b/.test(response.headers.get("Content-Type") ?? "")) return null;
  return JSON.parse(text) as unknown;
}
