/**
 * What this person told of a case, as the server will publish it: own entries read for the folds of
 * visits and cases. The twin of `sync/family/told.py`.
 */
import { claimIds, hasFacts } from "./entry.ts";
import type { Body, BodyOf, Kind } from "./entry.ts";
import { filled, isOfVisit } from "./facts.ts";
import type { FactSaid } from "./facts.ts";
import type { Waiting } from "./sheet.ts";
import { instant } from "./time.ts";

/**
 * Where nothing is published of what an own entry speaks of, it shows this long after its receipt: a
 * busy server publishes late, and what somebody may no longer see is gone from the tablet.
 */
const PUBLISHED_WITHIN_MS = 600_000;
/** A document published this long after an entry came in has taken it into account. */
const COUNTED_AFTER_MS = 2000;

/** Facts that say when something happened, by the clock of the device that recorded it. */
const BY_THE_CLOCK: ReadonlySet<string> = new Set(["arrived", "left", "contact"]);

type VisitBody = Extract<Body, { visit: string; case: string }>;
const OF_VISIT: ReadonlySet<Kind> = new Set<Kind>([
  "visit.planned",
  "visit.noted",
  "visit.submitted",
  "visit.addendum",
  "visit.settled",
  "photo.added",
]);
const OF_CASE: ReadonlySet<Kind> = new Set<Kind>(["case.opened", "case.noted", "case.settled"]);

/** Whether a body speaks of a visit. */
export function isOfAVisit(body: Body): body is VisitBody {
  return OF_VISIT.has(body.kind);
}

/** The case an entry speaks of, alone or by a visit of it; null for every other entry. */
export function caseOf(body: Body): string | null {
  return (isOfAVisit(body) || OF_CASE.has(body.kind)) && "case" in body ? (body.case ?? null) : null;
}

/** Whether an entry is of a kind. */
export function tells<K extends Kind>(one: Waiting, kind: K): one is Waiting & { entry: { body: BodyOf<K> } } {
  return one.entry.body.kind === kind;
}

/** A time of the entry in server time, as far as the device knew it; never later than its receipt. */
export function corrected({ entry, receivedAt }: Waiting, deviceInstant: string): string {
  const moved = Math.max(0, Date.parse(deviceInstant) + (entry.body.clock?.offset_ms ?? 0));
  return instant(receivedAt === null ? moved : Math.min(moved, Date.parse(receivedAt)));
}

/** When it was written, in server time. */
export function writtenAt(one: Waiting): string {
  return corrected(one, one.entry.body.written_at);
}

/** The order of writing. */
export function byWriting(a: Waiting, b: Waiting): number {
  return `${writtenAt(a)} ${a.entry._id}` < `${writtenAt(b)} ${b.entry._id}` ? -1 : 1;
}

/**
 * Whether a published document leaves an own entry out that it could not yet know of. One that the
 * server had well before it published says nothing more: what the document says is what became of it.
 */
export function isNews(document: { as_at: string } | null, one: Waiting, now: number): boolean {
  if (one.receivedAt === null || one.decided) return true;
  const received = Date.parse(one.receivedAt);
  return document === null ? now < received + PUBLISHED_WITHIN_MS : Date.parse(document.as_at) <= received + COUNTED_AFTER_MS;
}

/** The claims of an own entry that lie in its visit. */
export function visitFacts(one: Waiting): FactSaid[] {
  return isOfAVisit(one.entry.body) ? factsOf(one).filter(({ says }) => isOfVisit(says)) : [];
}

/** The claims of an own entry that lie in the case: all others. */
export function caseFacts(one: Waiting): FactSaid[] {
  return isOfAVisit(one.entry.body) ? factsOf(one).filter(({ says }) => !isOfVisit(says)) : factsOf(one);
}

function factsOf(one: Waiting): FactSaid[] {
  const { entry, authorName, receivedAt, silent } = one;
  const { body } = entry;
  if (!hasFacts(body)) return [];
  const facts = body.facts ?? [];
  return claimIds(entry).flatMap((id, index): FactSaid[] => {
    const claim = facts[index];
    if (claim === undefined) return [];
    const aside = one.aside.get(id);
    const reason = silent?.verdict === "declined" ? silent.reason : (aside?.reason ?? silent?.reason);
    return [
      {
        id,
        entry: entry._id,
        kind: body.kind,
        says: inServerTime(one, claim.says),
        observed_at: corrected(one, claim.observed_at),
        written_at: writtenAt(one),
        received_at: receivedAt,
        observed_by: claim.observed_by ?? null,
        author: body.author,
        author_name: authorName,
        role: body.role,
        device: body.device,
        reason: "reason" in body ? body.reason : null,
        replaces: claim.replaces ?? [],
        verdict: (silent ?? aside)?.verdict ?? "stands",
        verdict_reason: reason ?? null,
        flags: [],
      },
    ];
  });
}

function inServerTime(one: Waiting, says: FactSaid["says"]): FactSaid["says"] {
  const fact = filled(says);
  return BY_THE_CLOCK.has(fact.fact) && "at" in fact && typeof fact.at === "string" ? { ...fact, at: corrected(one, fact.at) } : fact;
}
