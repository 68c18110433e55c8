/** The requests a tablet makes, each with a time-out and a typed answer. It never throws. */
import type { Body, Prover } from "../device/proof.ts";
import type { Entry } from "../domain/entry.ts";
import { instant } from "../domain/time.ts";
import type { DraftDropping, DraftKept, DraftSaving, Me, PushRow, SignedOut, SignInWays, SyncAnswer, SyncRequest } from "../generated/types.ts";
import { codeOf, sortAnswer, textOf } from "./answers.ts";
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
  /** Whose requests these are: the cookie is the browser's, and may be somebody else's by now; the server compares. */
  person?: string;
  /** Signs every request of an enrolled tablet; null for one that is not. */
  prover?: Prover | null;
  /** The server says that this tablet is revoked; `at`: since when, if it said so. */
  onRevoked?: (at: string | null) => void;
  /** Ends every request under way, and lets no other begin: whose requests they are has gone. */
  ended?: AbortSignal;
}

const TIMEOUT_S = 30;
const SIGN_IN_TIMEOUT_S = 20;
const WAYS_TIMEOUT_S = 5;
const PAGE_LIMIT = 1000;
const DATABASES = "/db/";
/** What is taken as it is: a picture, or a document to save. */
const WHOLE = /^(image\/(jpeg|png|webp)|application\/pdf)$/;
const REVOKED = "This tablet is revoked.";
/** The server's word for a session that cannot be bound to this tablet: it has another owner. */
export const NOT_YOURS = "not_your_device";

/** What a request is made of. */
export interface Call {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  body?: unknown;
  /** Sent as they are, in the place of a body. */
  bytes?: Uint8Array<ArrayBuffer>;
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

  /** Every way in that the server offers. */
  ways(): Promise<Answer<SignInWays>> {
    return this.#call("/sign-in", { timeoutS: WAYS_TIMEOUT_S });
  }

  /** Sign out; the answer may say where to sign out as well. */
  signOut(): Promise<Answer<Partial<SignedOut>>> {
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

  /** Keep a copy of a draft on the server, for its author alone. */
  saveDraft(school: string, draft: string, body: DraftSaving, signal?: AbortSignal): Promise<Answer<DraftKept>> {
    return this.#call(`${database(school)}/_drafts/${encodeURIComponent(draft)}`, { method: "PUT", body, signal });
  }

  /** Discard a draft, as far as it was on its author's screen. */
  dropDraft(school: string, draft: string, body: DraftDropping, signal?: AbortSignal): Promise<Answer<unknown>> {
    return this.#call(`${database(school)}/_drafts/${encodeURIComponent(draft)}`, { method: "DELETE", body, signal });
  }

  /**
   * Bind the session that is there to this tablet's key: from then on its cookie alone is worth
   * nothing. A tablet that is not enrolled has nothing to bind it to.
   */
  bind(): Promise<Answer<unknown>> {
    if ((this.#parts.prover ?? null) === null) return Promise.resolve({ kind: "ok", value: null });
    return this.#call("/session/device", { method: "PUT", timeoutS: SIGN_IN_TIMEOUT_S });
  }

  /** Any other request to the server. */
  ask<T>(path: string, call: Call = {}): Promise<Answer<T>> {
    return this.#call(path, call);
  }

  async #call<T>(path: string, call: Call): Promise<Answer<T>> {
    const { timeoutS = TIMEOUT_S, signal } = call;
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
    try {
      return await this.#exchange(path, call, end.signal);
    } catch {
      return { kind: "unreachable", reason };
    } finally {
      clearTimeout(timer);
      for (const other of others) other.removeEventListener("abort", cancel);
    }
  }

  /** One request, and once more where its proof was only out of time. */
  async #exchange<T>(path: string, call: Call, signal: AbortSignal): Promise<Answer<T>> {
    const sent = call.bytes ?? (call.body === undefined ? null : JSON.stringify(call.body));
    let { response, body } = await this.#send(path, call, sent, signal);
    const { prover = null, onRevoked } = this.#parts;
    const serverTime = response.status === 401 && codeOf(body) === "stale_proof" ? textOf(body, "server_time") : null;
    if (prover !== null && serverTime !== null) {
      prover.setTime(serverTime);
      ({ response, body } = await this.#send(path, call, sent, signal));
    }
    if (response.status === 401 && codeOf(body) === "device_revoked") {
      onRevoked?.(textOf(body, "revoked_at"));
      return { kind: "unreachable", reason: REVOKED };
    }
    return sortAnswer(response, body);
  }

  async #send(
    path: string,
    { method = "GET", headers = {} }: Call,
    sent: Body | null,
    signal: AbortSignal,
  ): Promise<{ response: Response; body: unknown }> {
    const { prover = null, person, fetch } = this.#parts;
    const whose = person === undefined || !path.startsWith(DATABASES) ? {} : { "Tidemark-Author": person };
    const proof = prover === null ? {} : { DPoP: await prover.proof(method, path, sent) };
    const response = await fetch(path, {
      method,
      headers: { Accept: "application/json", ...typeOf(sent), ...whose, ...proof, ...headers },
      credentials: "same-origin",
      cache: "no-store",
      // A redirect is a captive portal's; the server never sends one to the app.
      redirect: "error",
      signal,
      ...(sent === null ? {} : { body: sent }),
    });
    return { response, body: await readBody(response) };
  }
}

function typeOf(sent: Body | null): Record<string, string> {
  if (sent === null) return {};
  return { "Content-Type": typeof sent === "string" ? "application/json" : "application/offset+octet-stream" };
}

function database(school: string): string {
  return `${DATABASES}${encodeURIComponent(school)}`;
}

/** The body: JSON, a picture or a document, or null for anything else. Throws if it was cut short: then nothing in it can be believed. */
async function readBody(response: Response): Promise<unknown> {
  // A 204 has nothing to say and says so: an empty object stands for it.
  if (response.status === 204) return {};
  if (response.ok && WHOLE.test(response.headers.get("Content-Type") ?? "")) return response.blob();
  const text = await response.text();
  if (!/^application\/([a-z]+\+)?json\b/.test(response.headers.get("Content-Type") ?? "")) return null;
  return JSON.parse(text) as unknown;
}
