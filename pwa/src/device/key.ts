/**
 * The tablet's key: ECDSA over P-256, made by WebCrypto and never out of it. The private half cannot
 * be read by any script, so what is copied off a tablet cannot speak as that tablet.
 *
 * The device's id follows from the public half: `dev-` and its JWK thumbprint (RFC 7638, SHA-256).
 */
import { base64url } from "./base64url.ts";

/** The public half as a JSON Web Key (RFC 7517), its members as the thumbprint orders them. */
export interface PublicJwk {
  crv: "P-256";
  kty: "EC";
  x: string;
  y: string;
}

/** A key and the id that follows from it. `sign` is not extractable. */
export interface DeviceKey {
  id: string;
  jwk: PublicJwk;
  sign: CryptoKey;
}

/** WebCrypto, or undefined on a page that is not secure, where there is none. */
export type Subtle = SubtleCrypto | undefined;

const ALGORITHM: EcKeyGenParams = { name: "ECDSA", namedCurve: "P-256" };

/** A new key. Throws a sentence where the browser can make none. */
export async function mintKey(subtle: Subtle): Promise<DeviceKey> {
  if (subtle === undefined) {
    throw new Error("This page was not opened over a secure connection. Type the address with https:// before it.");
  }
  const { privateKey, publicKey } = await subtle.generateKey(ALGORITHM, false, ["sign", "verify"]);
  const { x, y } = await subtle.exportKey("jwk", publicKey);
  if (x === undefined || y === undefined) throw new Error("This browser made a key without its public half. Try another browser.");
  const jwk: PublicJwk = { crv: "P-256", kty: "EC", x, y };
  return { id: `dev-${await thumbprint(subtle, jwk)}`, jwk, sign: privateKey };
}

/** RFC 7638: SHA-256 over the required members, ordered by name, without white space. */
export async function thumbprint(subtle: SubtleCrypto, { crv, kty, x, y }: PublicJwk): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify({ crv, kty, x, y }));
  return base64url(new Uint8Array(await subtle.digest("SHA-256", bytes)));
}
