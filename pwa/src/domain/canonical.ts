/**
 * The one way to write a value as bytes: the twin of `schemas/canonical.py`.
 *
 * JSON with keys in ASCII and sorted, no white space, integers within ±(2^53 - 1), well-formed
 * Unicode, UTF-8. What reads differently in another language has no canonical form.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

/** What the first entry of a log names as the digest of the entry before it. */
export const GENESIS = "0".repeat(64);
const MAX_DEPTH = 32;
const BEYOND_ASCII = /\P{ASCII}/u;
/** With the `u` flag only a surrogate without its other half matches. */
const HALF_CHARACTER = /\p{Surrogate}/u;

/** A value has no canonical form; the message names the place and what would have one. */
export class CanonicalError extends Error {
  override name = "CanonicalError";
}

/** `value` in canonical form. Throws {@link CanonicalError} for anything that has none. */
export function canonicalText(value: unknown): string {
  return write(value, "value", 0);
}

/** The bytes of {@link canonicalText}. */
export function canonicalBytes(value: unknown): Uint8Array {
  return utf8ToBytes(canonicalText(value));
}

function write(value: unknown, where: string, depth: number): string {
  if (depth > MAX_DEPTH) {
    throw new CanonicalError(`${where} is nested more than ${MAX_DEPTH} deep; send a flatter value.`);
  }
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return writeText(value, where);
  if (typeof value === "number") return writeInteger(value, where);
  if (Array.isArray(value)) {
    return `[${value.map((item, index) => write(item, `${where}[${index}]`, depth + 1)).join(",")}]`;
  }
  if (isPlain(value)) return writeObject(value, where, depth);
  throw new CanonicalError(
    `${where} is a ${typeof value}; only integers, text, lists, objects, true, false and null have a canonical form.`,
  );
}

function writeText(value: string, where: string): string {
  if (HALF_CHARACTER.test(value)) {
    throw new CanonicalError(`${where} holds half a character; send whole characters.`);
  }
  return JSON.stringify(value);
}

function writeInteger(value: number, where: string): string {
  if (!Number.isSafeInteger(value)) {
    throw new CanonicalError(
      `${where} is ${value}; only integers within ±${Number.MAX_SAFE_INTEGER} have a canonical form.`,
    );
  }
  // Minus nought is an integer to JavaScript, but no other language writes it so.
  return String(value + 0);
}

function writeObject(value: Record<string, unknown>, where: string, depth: number): string {
  const members = Object.keys(value)
    .toSorted()
    .map((key) => {
      if (BEYOND_ASCII.test(key)) {
        throw new CanonicalError(`${where} has the key ${JSON.stringify(key)}; keys must be ASCII text.`);
      }
      return `${JSON.stringify(key)}:${write(value[key], `${where}.${key}`, depth + 1)}`;
    });
  return `{${members.join(",")}}`;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** SHA-256 of bytes. */
export function digestOfBytes(bytes: Uint8Array): string {
  return digest(bytes);
}

function digest(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** SHA-256 over the canonical form of a value of its own, such as a copy of a draft. */
export function digestOf(value: unknown): string {
  return digest(canonicalBytes(value));
}

/** SHA-256 over the salt (hex text), a line feed and the canonical body. */
export function bodyDigest(salt: string, body: unknown): string {
  return digest(utf8ToBytes(`${salt}\n${canonicalText(body)}`));
}

/** An entry's header: `body` is the body's digest, `prev` the digest of the entry before. */
export interface Header {
  log: string;
  n: number;
  prev: string;
  body: string;
}

/** SHA-256 over an entry's header. */
export function entryDigest({ log, n, prev, body }: Header): string {
  return digest(canonicalBytes({ body_digest: body, log, n, prev, v: 1 }));
}

/** The `_id` of an entry: two entries with one number (a fork) keep two ids. */
export function entryId(log: string, n: number, entry: string): string {
  return `entry:${log}:${String(n).padStart(8, "0")}:${entry.slice(0, 16)}`;
}

/** The one revision an entry ever has. */
export function entryRev(entry: string): string {
  return `1-${entry.slice(0, 32)}`;
}

/** The id of an entry's claim number `index` (from 0), known before it is ever sent. */
export function claimId(entry: string, index: number): string {
  return `${entry.slice(0, 24)}.${index}`;
}

/** SHA-256 over what somebody holds: lines `<id> <rev>`, sorted by their bytes. */
export function holdingDigest(held: Iterable<readonly [id: string, rev: string]>): string {
  const lines = Array.from(held, ([id, rev]) => utf8ToBytes(`${id} ${rev}\n`)).toSorted(byBytes);
  const hash = sha256.create();
  for (const line of lines) hash.update(line);
  return bytesToHex(hash.digest());
}

function byBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const order = (a[index] ?? 0) - (b[index] ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
