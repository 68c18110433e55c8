/**
 * A server in a few lines, for tests of the tablet: it takes entries in, answers receipts, publishes
 * documents, and can be made to fail in every way that a network or a server does.
 */
import type { Entry } from "../../../pwa/src/domain/entry.ts";
import { instant } from "../../../pwa/src/domain/time.ts";
import type { LogHead, Me, PushRow, Receipt, SignInWays, SyncAnswer, SyncRequest } from "../../../pwa/src/generated/types.ts";
import { Devices } from "./devices.ts";
import { NINE_MS } from "./factory.ts";

/** What goes wrong with one request. */
export type Fault =
  | "cut before"
  | "cut after"
  | "truncate"
  | "portal"
  | { status: number; body?: unknown; retryAfter?: string };

interface Doc {
  _id: string;
}

interface LogState {
  items: Map<number, Map<string, Entry>>;
}

/** What `backup` keeps and `restore` brings back. */
export interface Backup {
  logs: Map<string, LogState>;
}

const MAX_ENTRY_TEXT = 100_000;

export class Server {
  me: Me | null;
  /** Requests as they came, "METHOD path", without the query. */
  readonly requests: string[] = [];
  readonly pushed: Entry[][] = [];
  readonly syncs: SyncRequest[] = [];
  /** Faults for the next requests whose path contains the key; used up one at a time. */
  readonly faults = new Map<string, Fault[]>();
  logs = new Map<string, LogState>();
  docs: { seq: number; doc: Doc; removed: boolean }[] = [];
  epoch = "one";
  pageSize = 1000;
  nowMs = NINE_MS;
  /** Entries to hold, and claims to set aside, by entry id. */
  readonly held = new Map<string, string>();
  readonly setAside = new Map<string, { claim: string; reason: string }[]>();
  drop: string[] = [];
  /** What happens right after a request was answered, and before the answer arrives. */
  afterwards: ((path: string) => void) | null = null;
  ways: SignInWays = { providers: [], local: true };
  /** Where signing out leads, after a sign-in through a provider. */
  elsewhere: string | null = null;
  /** Ask in the next answer what the tablet holds. */
  prove = false;
  readonly devices = new Devices();
  #seq = 0;
  #contacts = 0;

  constructor(me: Me | null) {
    this.me = me;
  }

  /** The function to give to a client. Obeys the request's signal as a browser does. */
  readonly fetch: typeof fetch = async (input, init) => {
    if (typeof input !== "string") throw new TypeError("The tablet asks by path.");
    const path = input;
    init?.signal?.throwIfAborted();
    const fault = this.#fault(path);
    if (fault === "cut before") throw new TypeError("network error");
    if (fault === "portal") return new Response("<html>Accept our terms</html>", { headers: { "Content-Type": "text/html" } });
    if (typeof fault === "object") return failure(fault);
    const method = init?.method ?? "GET";
    const { device, refusal } = await this.devices.examine(method, path, init, this.nowMs);
    const text = typeof init?.body === "string" ? init.body : "null";
    const answer = refusal ?? this.#stranger(path, init) ?? this.#answer(method, path, text, device);
    this.afterwards?.(path);
    if (fault === "cut after") throw new TypeError("network error");
    const told = await answer.text();
    const cut = fault === "truncate" ? told.slice(0, told.length / 2) : told;
    return new Response(answer.status === 204 ? null : cut, { status: answer.status, headers: answer.headers });
  };

  /** Publish a document, or a new state of one. */
  publish(doc: Doc): void {
    this.#seq += 1;
    this.docs = [...this.docs.filter((one) => one.doc._id !== doc._id), { seq: this.#seq, doc, removed: false }];
  }

  /** Take a document out of the tablet's scope. */
  remove(id: string): void {
    this.#seq += 1;
    this.docs = this.docs.map((one) => (one.doc._id === id ? { ...one, seq: this.#seq, removed: true } : one));
  }

  failNext(path: string, ...faults: Fault[]): void {
    this.faults.set(path, [...(this.faults.get(path) ?? []), ...faults]);
  }

  backup(): Backup {
    return structuredClone({ logs: this.logs });
  }

  /** Back to a backup: what came since is gone, and so is the history that tokens speak of. */
  restore(backup: Backup, { silently = false }: { silently?: boolean } = {}): void {
    this.logs = structuredClone(backup.logs);
    if (!silently) this.epoch += "+";
  }

  /** Ids of all entries stored, sorted. */
  stored(): string[] {
    return [...this.logs.values()].flatMap(entriesOf).map((entry) => entry._id).toSorted();
  }

  #fault(path: string): Fault | undefined {
    for (const [part, queue] of this.faults) if (path.includes(part) && queue.length > 0) return queue.shift();
    return undefined;
  }

  /** Somebody else is signed in than whom the request says that it is for. */
  #stranger(path: string, init: RequestInit | undefined): Response | null {
    const asker = new Headers(init?.headers).get("Tidemark-Author");
    if (asker === null || this.me === null || asker === this.me.person) return null;
    this.requests.push(`refused ${path.split("?")[0] ?? ""}`);
    return json({ error: "unauthorized", reason: "Somebody else is signed in." }, 401);
  }

  #answer(method: string, path: string, text: string, device: string): Response {
    const [pathname = ""] = path.split("?");
    this.requests.push(`${method} ${pathname}`);
    const body: unknown = JSON.parse(text);
    const ofTablets = this.devices.answer(pathname, device, body, this.me?.person ?? null);
    if (ofTablets !== null) return ofTablets;
    if (pathname === "/sign-in") return json(this.ways, 200);
    if (pathname === "/session") return this.#session(method, body, device);
    if (this.me === null) return json({ error: "unauthorized", reason: "Sign in." }, 401);
    /* oxlint-disable typescript/no-unsafe-type-assertion -- only the tablet under test talks here */
    if (pathname.endsWith("/_bulk_docs")) return this.#push((body as { docs: Entry[] }).docs);
    if (pathname.endsWith("/_sync")) return this.#sync(body as SyncRequest);
    /* oxlint-enable typescript/no-unsafe-type-assertion */
    if (pathname.endsWith("/_changes")) return this.#changes(new URL(path, "https://school.example").searchParams);
    return json({ error: "not_found", reason: `There is no ${pathname}.` }, 404);
  }

  #session(method: string, body: unknown, device: string): Response {
    if (method === "DELETE") {
      this.me = null;
      this.devices.bound = null;
      return this.elsewhere === null ? new Response(null, { status: 204 }) : json({ provider: this.elsewhere }, 200);
    }
    if (method === "POST") {
      const good = typeof body === "object" && body !== null && "password" in body && body.password === "right";
      if (!good) return json({ title: "Unauthorized", detail: "Wrong.", code: "wrong" }, 401);
      const refusal = this.me === null ? null : this.devices.bind(device, this.me.person);
      if (refusal !== null) return refusal;
    }
    return this.me === null ? json({ title: "Unauthorized", code: "signed_out" }, 401) : json(this.me, 200);
  }

  #push(docs: Entry[]): Response {
    this.pushed.push(docs);
    const large = docs.find((doc) => JSON.stringify(doc).length > MAX_ENTRY_TEXT);
    if (large !== undefined) return json({ error: "too_large", reason: `${large._id} is too large.` }, 413);
    const rows = docs.map((doc): PushRow => {
      const log = this.#log(doc.log);
      const same = log.items.get(doc.n) ?? new Map<string, Entry>();
      log.items.set(doc.n, same.set(doc.digest, doc));
      const reason = this.held.get(doc._id);
      return { id: doc._id, rev: doc._rev, ok: true, verdict: reason === undefined ? "stored" : "held", reason: reason ?? null };
    });
    return json(rows, 201);
  }

  #log(log: string): LogState {
    const known = this.logs.get(log) ?? { items: new Map<number, Map<string, Entry>>() };
    this.logs.set(log, known);
    return known;
  }

  #sync(request: SyncRequest): Response {
    this.syncs.push(request);
    this.#contacts += 1;
    const token = request.token ?? null;
    const reset = token !== null && !token.startsWith(`${this.epoch}.`);
    const seen = token === null || reset ? 0 : Number(token.split(".")[1]);
    const answer: SyncAnswer = {
      server_time: instant(this.nowMs),
      nonce: `nonce-${this.#contacts}`,
      token: token ?? `${this.epoch}.0`,
      news: reset || this.docs.some(({ seq }) => seq > seen),
      reset,
      receipts: (request.logs ?? []).flatMap((head) => this.#receipt(head)),
      drop: this.drop.splice(0),
      grants: this.me?.schools[0]?.digest ?? "",
      prove: this.prove && (request.holds ?? null) === null,
    };
    return json(answer, 200);
  }

  #receipt(head: LogHead): Receipt[] {
    const log = this.logs.get(head.log) ?? { items: new Map<number, Map<string, Entry>>() };
    const { items } = log;
    const numbers = [...items.keys()].toSorted((a, b) => a - b);
    const highest = numbers.at(-1) ?? 0;
    let through = 0;
    while (items.has(through + 1)) through += 1;
    const missing: [number, number][] = [];
    for (let n = through + 1; n < highest; n += 1) if (!items.has(n)) missing.push([n, n]);
    const entries = entriesOf(log);
    const receipt: Receipt = {
      log: head.log,
      tag: "",
      through,
      highest,
      missing,
      forked: [...items.values()].some((same) => same.size > 1),
      held: entries.flatMap((entry) => {
        const reason = this.held.get(entry._id);
        return reason === undefined
          ? []
          : [{ n: entry.n, entry: entry._id, reason_code: "held", reason, received_at: instant(this.nowMs) }];
      }),
      set_aside: entries.flatMap((entry) =>
        (this.setAside.get(entry._id) ?? []).map(({ claim, reason }) => ({
          n: entry.n,
          entry: entry._id,
          claim,
          reason_code: "aside",
          reason,
        })),
      ),
    };
    const broken = brokenAt(log, head);
    const told: Receipt = broken === 0 ? receipt : { ...receipt, forked: true, missing: [[1, broken]] };
    // As on the real server the tag changes with whatever came, also where no other member does.
    const tag = JSON.stringify([told, entries.map(({ _id }) => _id)]);
    return tag === head.receipt ? [] : [{ ...told, tag }];
  }

  #changes(query: URLSearchParams): Response {
    const since = query.get("since") ?? "0";
    const reset = since !== "0" && !since.startsWith(`${this.epoch}.`);
    const seen = since === "0" || reset ? 0 : Number(since.split(".")[1]);
    const newer = this.docs.filter(({ seq, removed }) => seq > seen && (seen > 0 || !removed)).toSorted((a, b) => a.seq - b.seq);
    const page = newer.slice(0, this.pageSize);
    const results = page.map(({ seq, doc, removed }) => ({
      seq: `${this.epoch}.${seq}`,
      id: doc._id,
      changes: [{ rev: `1-${seq}` }],
      ...(removed ? { removed: true } : { doc }),
    }));
    const last = `${this.epoch}.${page.at(-1)?.seq ?? seen}`;
    return json({ results, last_seq: last, pending: newer.length - page.length, ...(reset ? { reset } : {}) }, 200);
  }
}

/** The latest number of the chain behind `head` that only a clone's entry came under; 0 for none. */
function brokenAt({ items }: LogState, head: LogHead): number {
  let { n, digest } = head;
  for (let found = items.get(n)?.get(digest); found !== undefined; found = items.get(n)?.get(digest)) {
    n -= 1;
    digest = found.prev;
  }
  return items.has(n) ? n : 0;
}

function entriesOf({ items }: LogState): Entry[] {
  return [...items.values()].flatMap((same) => Array.from(same.values()));
}

function json(body: unknown, status: number): Response {
  return Response.json(body, { status });
}

function failure({ status, body = { error: "broken", reason: "It is broken." }, retryAfter }: Exclude<Fault, string>): Response {
  const headers = retryAfter === undefined ? {} : { "Retry-After": retryAfter };
  return Response.json(body, { status, headers });
}
