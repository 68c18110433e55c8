/** An identifier that says nothing about anybody. */
import { bytesToHex } from "@noble/hashes/utils.js";

const ID_BYTES = 16;

/** A new one: of a case, a visit, a concern, a watch, or an item of a form. */
export function mint(): string {
  return bytesToHex(crypto.getRandomValues(new Uint8Array(ID_BYTES)));
}
