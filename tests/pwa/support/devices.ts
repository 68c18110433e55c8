/** The part of the tests' server that knows tablets by their keys, in a few lines of its own. */
import { createHash } from "node:crypto";
import type { Entry } from "../../../pwa/src/domain/entry.ts";
import { instant } from "../../../pwa/src/domain/time.ts";
import { ORIGIN } from "./browser.ts";

const TIME_S = 300;
/** When the school revokes what it revokes. */
export const REVOKED_AT = "2026-11-23T08:30:00.000Z";

/** What a proof said, once its signature was found to be good. */
export interface Proven {
  device: string;
  htm: string;
  htu: string;
  iat: number;
  jti: string;
  bth: string | null;
}

export interface Examined {
  device: string;
  refusal: Response | null;
}

/** A portion that a revoked tablet handed over. */
export interface Portion {
  entries: { school: string; docs: Entry[] }[];
  last: boolean;
}

export class Devices {
  /** Codes that enrol, each with what the tablet is then called; used ones are taken out. */
  readonly codes = new Map<string, string>();
  readonly enrolled = new Set<string>();
  readonly revoked = new Set<string>();
  readonly wiped = new Set<string>();
  readonly proofs: Proven[] = [];
  readonly farewells: Portion[] = [];
  /** What a tablet said when it enrolled. */
  readonly said: unknown[] = [];
  /** More entries than these at once are too many. */
  most = 100;
  /** Entries that are too large, however few come with them, by id. */
  readonly tooLarge = new Set<string>();
  /** The device that the session is bound to. */
  bound: string | null = null;
  /** The only person whose session an enrolled tablet takes. */
  owner: string | null = null;
  /** Entries handed over, once each however often they came. */
  handedOver(): string[] {
    const ids = this.farewells.flatMap(({ entries }) => entries.flatMap(({ docs }) => docs.map(({ _id }) => _id)));
    return [...new Set(ids)].toSorted();
  }

  /** By whose proof a request comes ("" for none), and a refusal where the proof is not good. */
  async examine(method: string, path: string, init: RequestInit | undefined, nowMs: number): Promise<Examined> {
    const header = new Headers(init?.headers).get("DPoP");
    if (header === null) return { device: "", refusal: this.bound === null ? null : refused(401, "proof_needed") };
    const proven = await verify(header);
    const device = proven?.device ?? "";
    return { device, refusal: proven === null ? refused(401, "proof_needed") : this.#examine(proven, method, path, init, nowMs) };
  }

  #examine(proven: Proven, method: string, path: string, init: RequestInit | undefined, nowMs: number): Response | null {
    const body = typeof init?.body === "string" ? sha256(init.body) : null;
    const [pathname = ""] = path.split("?");
    const fits = proven.htm === method && proven.htu === `${ORIGIN}${pathname}` && proven.bth === body;
    if (!fits || this.proofs.some(({ jti }) => jti === proven.jti)) return refused(401, "proof_needed");
    if (Math.abs(proven.iat - nowMs / 1000) > TIME_S) return refused(401, "stale_proof", { server_time: instant(nowMs) });
    this.proofs.push(proven);
    const leaving = pathname === "/devices/farewell" || pathname === "/devices/wiped";
    if (this.revoked.has(proven.device) && !leaving) return refused(401, "device_revoked", { revoked_at: REVOKED_AT });
    return this.bound !== null && this.bound !== proven.device ? refused(401, "proof_needed") : null;
  }

  /** The answer to a request about tablets; null for any other. */
  answer(pathname: string, device: string, body: unknown, person: string | null): Response | null {
    if (pathname === "/devices") return this.#enrol(device, body);
    if (pathname === "/devices/farewell") return this.#farewell(body);
    if (pathname === "/devices/wiped") {
      this.wiped.add(device);
      return new Response(null, { status: 204 });
    }
    if (pathname === "/session/device" && person !== null) return this.bind(device, person) ?? new Response(null, { status: 204 });
    return null;
  }

  /** Bind the session of `person` to the tablet that asks; a refusal where it is another's. */
  bind(device: string, person: string): Response | null {
    if (!this.enrolled.has(device)) return null;
    if (this.owner !== null && this.owner !== person) return refused(403, "not_your_device");
    this.bound = device;
    return null;
  }

  #enrol(device: string, body: unknown): Response {
    this.said.push(body);
    const code = typeof body === "object" && body !== null && "code" in body ? String(body.code) : "";
    const label = this.codes.get(code);
    if (label === undefined) return refused(403, "bad_code");
    this.codes.delete(code);
    this.enrolled.add(device);
    return Response.json({ device, label, shared: true, school: "sch-1", school_name: "Marsh Lane School" }, { status: 201 });
  }

  #farewell(body: unknown): Response {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only the tablet under test talks here
    const portion = body as Portion;
    const docs = portion.entries.flatMap((part) => part.docs);
    if (docs.length > this.most || docs.some(({ _id }) => this.tooLarge.has(_id))) return refused(413, "too_large");
    this.farewells.push(portion);
    return Response.json({ taken: docs.length });
  }
}

/** What a proof says; null where its signature is not by the key it names. */
export async function verify(proof: string): Promise<Proven | null> {
  const [head = "", payload = "", signature = ""] = proof.split(".");
  /* oxlint-disable typescript/no-unsafe-type-assertion -- read as the standard has it, or the test fails */
  const { typ, alg, jwk } = parsed(head) as { typ: string; alg: string; jwk: Record<"crv" | "kty" | "x" | "y", string> };
  const claims = parsed(payload) as Omit<Proven, "device" | "bth"> & { bth?: string };
  /* oxlint-enable typescript/no-unsafe-type-assertion */
  if (typ !== "dpop+jwt" || alg !== "ES256" || "d" in jwk) return null;
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
  const good = await crypto.subtle.verify(
    { name: "ECDSA", hash: "SHA-256" },
    key,
    Buffer.from(signature, "base64url"),
    Buffer.from(`${head}.${payload}`),
  );
  const { crv, kty, x, y } = jwk;
  const device = `dev-${sha256(JSON.stringify({ crv, kty, x, y }))}`;
  return good ? { ...claims, device, bth: claims.bth ?? null } : null;
}

function parsed(part: string): unknown {
  return JSON.parse(Buffer.from(part, "base64url").toString());
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64url");
}

function refused(status: number, code: string, more: Record<string, string> = {}): Response {
  return Response.json({ title: "No", detail: `No: ${code}.`, code, ...more }, { status });
}
