/**
 * Values lie in envelopes, so that a later version can encrypt what one holds and still read what
 * this one wrote. Keys stay outside: they are log numbers and opaque ids, never a name.
 */
import { StoreError } from "./errors.ts";

/** `alg` "none": the value as it is. */
export interface Envelope<T> {
  v: 1;
  alg: "none";
  data: T;
}

/** Put a value into an envelope. */
export function seal<T>(data: T): Envelope<T> {
  return { v: 1, alg: "none", data };
}

/** The value; undefined where there is none, or a newer version wrote it: that is kept, and left alone. */
export function unsealed<T>(envelope: Envelope<T> | undefined): T | undefined {
  return envelope === undefined || envelope.v !== 1 || envelope.alg !== "none" ? undefined : envelope.data;
}

/** Take a value out of its envelope. Throws {@link StoreError} on one that a newer version wrote. */
export function unseal<T>(envelope: Envelope<T>): T {
  if (envelope.v !== 1 || envelope.alg !== "none") {
    throw new StoreError("newer", "What is on this tablet could not be read.");
  }
  return envelope.data;
}
