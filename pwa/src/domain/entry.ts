/** Entries: what a person did. The twin of `schemas/entry.py`; types come from the schema. */
import { bodyDigest, claimId, entryDigest, entryId, entryRev } from "./canonical.ts";
import type { Claim, Entry as WireEntry, FactClaim } from "../generated/types.ts";

export type { Claim, Clock, Decision, Paper, Role } from "../generated/types.ts";

/** `kind` has a default in the schema, and so is optional there; a body is told by its kind. */
type Told<T> = T extends { kind?: infer K } ? Omit<T, "kind"> & { kind: Exclude<K, undefined> } : never;
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** What a person did, in full. */
export type Body = Told<WireEntry["body"]>;
export type Kind = Body["kind"];
export type BodyOf<K extends Kind> = Extract<Body, { kind: K }>;
/** A body whose claims lie in one session of one date. */
export type ClaimBody = Extract<Body, { claims: Claim[] }>;
/** A body of family support: of a visit, a case, a concern, a watch. It changes no sheet. */
export type FamilyBody = Extract<Body, { kind: `${(typeof FAMILY)[number]}.${string}` }>;
/** A body whose claims are facts of a case, or of a visit of it. */
export type FactBody = Extract<Body, { facts?: FactClaim[] }>;
/** What a screen gives to `record`: who, where, when and in which shape are filled in as it is written. */
export type NewBody = Without<Body, "author" | "role" | "device" | "written_at" | "clock" | "shape">;
export type Entry = Omit<WireEntry, "body"> & { body: Body };
export type Session = ClaimBody["session"];

const FAMILY = ["visit", "case", "photo", "draft", "glass", "concern", "watch"] as const;
const FAMILY_KINDS: ReadonlySet<string> = new Set(FAMILY);

/** Whether a body is one of family support. */
export function isFamily(body: Body): body is FamilyBody {
  return FAMILY_KINDS.has(body.kind.split(".", 1)[0] ?? "");
}

/** Whether a body carries claims on marks. */
export function hasClaims(body: Body): body is ClaimBody {
  return "claims" in body;
}

/** Whether a body carries facts of a case, or of a visit of it. */
export function hasFacts(body: Body): body is FactBody {
  return "facts" in body;
}

/** Ids of an entry's claims in order, of marks or of facts; empty for a kind without any. */
export function claimIds(entry: Entry): string[] {
  const { body, digest } = entry;
  const said = hasClaims(body) ? body.claims : hasFacts(body) ? (body.facts ?? []) : [];
  return said.map((_, index) => claimId(digest, index));
}

/** Seal `body` as entry `n` of `log`: the document, ready to push. `salt` is 32 random hex digits. */
export function makeEntry(log: string, n: number, prev: string, salt: string, body: Body): Entry {
  const sealed = bodyDigest(salt, body);
  const digest = entryDigest({ log, n, prev, body: sealed });
  return {
    _id: entryId(log, n, digest),
    _rev: entryRev(digest),
    type: "entry",
    v: 1,
    log,
    n,
    prev,
    salt,
    body_digest: sealed,
    digest,
    body,
  };
}
