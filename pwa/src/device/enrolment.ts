/** Enrolling: this tablet's key and a code from the school's screen, for a name on the school's list. */
import type { Enrolment as Wish } from "../generated/types.ts";
import type { DeviceStore, Enrolment } from "../store/device.ts";
import type { Answer, Trouble } from "../sync/answers.ts";
import type { Client } from "../sync/client.ts";
import { mintKey } from "./key.ts";
import type { DeviceKey, Subtle } from "./key.ts";

export interface EnrollingParts {
  store: DeviceStore;
  subtle: Subtle;
  /** A client that signs with `key`. */
  client: (key: DeviceKey, onRevoked: () => void) => Client;
}

/** What came of it; `message` says what went wrong, in words. */
export type Enrolled = { ok: true; enrolment: Enrolment } | { ok: false; message: string };

const UNREADABLE = "The server’s answer could not be read. Load this page again, then try once more.";

/** Have the school know this tablet's key. What it is called from then on is not kept here yet. */
export async function enrolKey(parts: EnrollingParts, wish: Wish): Promise<Enrolled> {
  const { key, answer } = await offerKey(parts, wish);
  if (answer.kind !== "ok") return { ok: false, message: refusalWords(answer) };
  const enrolment = readEnrolment(answer.value, key.id);
  return enrolment === null ? { ok: false, message: UNREADABLE } : { ok: true, enrolment };
}

/** The school's answer to this tablet's key; a key that was revoked meanwhile gives way to a new one. */
async function offerKey(parts: EnrollingParts, wish: Wish): Promise<{ key: DeviceKey; answer: Answer<unknown> }> {
  const key = await keyToOffer(parts);
  let revoked = false;
  const client = parts.client(key, () => {
    revoked = true;
  });
  const answer = await client.ask<unknown>("/devices", { method: "POST", body: wish });
  if (!revoked) return { key, answer };
  await parts.store.dropKey();
  return offerKey(parts, wish);
}

/** A key that was made for an enrolment whose answer was lost is used again: the server may know it. */
async function keyToOffer({ store, subtle }: EnrollingParts): Promise<DeviceKey> {
  const kept = await store.key();
  if (kept !== null) return kept;
  const key = await mintKey(subtle);
  await store.keepKey(key);
  return key;
}

function refusalWords(trouble: Trouble): string {
  switch (trouble.kind) {
    case "signed-out":
      return "The school’s server did not accept this tablet’s key. Ask for a new code.";
    case "unreachable":
      return `${trouble.reason} Enrolling needs the server: try again when there is a signal.`;
    case "busy":
    case "refused":
      return trouble.reason;
    default:
      return trouble satisfies never;
  }
}

function readEnrolment(value: unknown, device: string): Enrolment | null {
  if (typeof value !== "object" || value === null) return null;
  const { label, shared, school, school_name: schoolName }: Partial<Record<string, unknown>> = { ...value };
  if (typeof label !== "string" || typeof school !== "string" || typeof schoolName !== "string") return null;
  return { device, label, shared: shared === true, school, schoolName };
}
