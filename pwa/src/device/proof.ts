/**
 * Proofs of possession: with each request a short-lived token, signed by the tablet's key, over the
 * method, the address and the body (RFC 9449, DPoP; `bth`, the body's digest, is Tidemark's own
 * claim). A cookie that was copied from the tablet is worth nothing without it.
 */
import { base64url, base64urlOfText } from "./base64url.ts";
import type { DeviceKey } from "./key.ts";

/** What a proof is made with, besides the key. */
export interface ProverParts {
  key: DeviceKey;
  subtle: SubtleCrypto;
  /** Where the server is: `https://school.example`. */
  origin: string;
  /** Milliseconds since 1970 by the tablet's clock. */
  now: () => number;
  randomHex: (bytes: number) => string;
}

/** What a request carries: JSON as text, or bytes. */
export type Body = string | Uint8Array<ArrayBuffer>;

const JTI_BYTES = 16;
const SIGNATURE: EcdsaParams = { name: "ECDSA", hash: "SHA-256" };

/** Signs requests with one key, by the server's clock as far as it is known. */
export class Prover {
  readonly #parts: ProverParts;
  readonly #header: string;
  #offsetMs = 0;

  constructor(parts: ProverParts) {
    this.#parts = parts;
    this.#header = base64urlOfText(JSON.stringify({ typ: "dpop+jwt", alg: "ES256", jwk: parts.key.jwk }));
  }

  get device(): string {
    return this.#parts.key.id;
  }

  /** The server's time less the tablet's, as the last exchange found it. */
  setOffset(offsetMs: number): void {
    this.#offsetMs = offsetMs;
  }

  /** The server said what time it is. */
  setTime(serverTime: string): void {
    const serverMs = Date.parse(serverTime);
    if (!Number.isNaN(serverMs)) this.#offsetMs = serverMs - this.#parts.now();
  }

  /** The proof for one request; `path` may have a query, which is not part of what is signed. */
  async proof(method: string, path: string, body: Body | null): Promise<string> {
    const { key, subtle, origin, now, randomHex } = this.#parts;
    const [pathname = ""] = path.split("?");
    const claims = {
      jti: randomHex(JTI_BYTES),
      htm: method,
      htu: `${origin}${pathname}`,
      iat: Math.floor((now() + this.#offsetMs) / 1000),
      ...(body === null ? {} : { bth: await digest(subtle, body) }),
    };
    const signed = `${this.#header}.${base64urlOfText(JSON.stringify(claims))}`;
    const signature = await subtle.sign(SIGNATURE, key.sign, new TextEncoder().encode(signed));
    return `${signed}.${base64url(new Uint8Array(signature))}`;
  }
}

async function digest(subtle: SubtleCrypto, body: Body): Promise<string> {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  return base64url(new Uint8Array(await subtle.digest("SHA-256", bytes)));
}
