/**
 * A published sheet with this person's own entries folded over it, by the same fold the server
 * uses (`sync/attendance/daybook.py`): what the server will say of it, said at once and without a signal.
 */
import type { Cell as WireCell, Departure, Planned, PublishedClaim, RegisterTaking, Sheet, SheetRow } from "../generated/types.ts";
import { fold } from "./fold.ts";
import type { FoldClaim } from "./fold.ts";
import { claimIds, hasClaims, isFamily } from "./entry.ts";
import type { BodyOf, ClaimBody, Entry, FamilyBody } from "./entry.ts";
import { mayWrite } from "./policy.ts";
import { instant, localMoment } from "./time.ts";

export type { PublishedClaim, RegisterTaking, Sheet, SheetRow } from "../generated/types.ts";

/** An own entry that a published document may not show yet, and what a receipt says of it. */
export interface Waiting {
  readonly entry: Entry;
  readonly authorName: string;
  /** When the server acknowledged it, by the server's clock; null while it waits. */
  readonly receivedAt: string | null;
  /** Why nothing of it speaks; null while it does. */
  readonly silent: Silence | null;
  /** Claims of it that do not stand, by claim id. */
  readonly aside: ReadonlyMap<string, Silence>;
  /** Somebody at the desk has decided on it, or on claims of it. */
  readonly decided: boolean;
}

/** What keeps a claim from speaking, and why. */
export interface Silence {
  readonly verdict: "held" | "set_aside" | "declined";
  readonly reason: string;
}

/** What an overlay needs to know of the school. */
export interface SchoolFacts {
  readonly timeZone: string;
  /** Staff by person, to name whom a register was reassigned to. */
  readonly names: ReadonlyMap<string, string>;
}

/** A sheet published this long after an entry came in has taken it into account. */
const PUBLISHED_WITHIN_MS = 2000;
const NOT_ON_THE_LIST = "Somebody no longer on the staff list";
const NO_FACTS: SchoolFacts = { timeZone: "Europe/London", names: new Map() };
const EMPTY: WireCell = { state: "unmarked", code: null, live: [], joined: [], arrived: null, recheck: false };

/**
 * `sheet` with `waiting` folded over it. Entries that it shows already add nothing, and one that
 * the server had well before it published the sheet adds nothing either: what the sheet says then
 * is what became of it, for example a planned code that somebody else withdrew.
 */
export function overlay(sheet: Sheet, waiting: readonly Waiting[], facts: SchoolFacts = NO_FACTS): Sheet {
  // A decision may reach the author's tablet before the sheet that it changes.
  const own = waiting.filter((one) => touchesSheet(one.entry, sheet) && (one.decided || !isCounted(sheet, one)));
  if (own.length === 0) return sheet;
  const work = new Work(sheet, facts);
  for (const one of own) work.take(one);
  return work.finish();
}

function isCounted(sheet: Sheet, one: Waiting): boolean {
  return one.receivedAt !== null && Date.parse(sheet.as_at) > Date.parse(one.receivedAt) + PUBLISHED_WITHIN_MS;
}

/** Whether an entry says anything about the sheet's session. */
export function touchesSheet(entry: Entry, sheet: Pick<Sheet, "date" | "session">): boolean {
  const { body } = entry;
  if ("session" in body) return body.date === sheet.date && body.session === sheet.session;
  if (body.kind === "quarantine.released" || body.kind === "quarantine.declined") return body.date === sheet.date;
  // Grants and views change what the server publishes, and nothing by themselves.
  return "sessions" in body || body.kind === "planned.withdrawn"
    ? body.first <= sheet.date && sheet.date <= body.last
    : false;
}

/** The claims of an own entry, as the server will publish them. */
export function publish(waiting: Waiting, body: ClaimBody): PublishedClaim[] {
  const { entry, authorName } = waiting;
  const offset = body.clock?.offset_ms ?? 0;
  return claimIds(entry).flatMap((id, index) => {
    const claim = body.claims[index];
    if (claim === undefined) return [];
    const [whole, aside] = [waiting.silent, waiting.aside.get(id)];
    // Held because none of its claims can stand: each says its own reason.
    const reason = whole?.verdict === "declined" ? whole.reason : (aside?.reason ?? whole?.reason);
    const published: PublishedClaim = {
      id,
      entry: entry._id,
      kind: body.kind,
      group: groupOf(body),
      code: claim.code,
      arrived: claim.arrived ?? null,
      remark: claim.remark ?? null,
      parent_message: claim.parent_message ?? null,
      ask_office: claim.ask_office ?? false,
      observed_by: claim.observed_by ?? null,
      observed_at: corrected(claim.observed_at, offset),
      written_at: corrected(body.written_at, offset),
      received_at: null,
      author: body.author,
      author_name: authorName,
      role: body.role,
      device: body.device,
      reason: "reason" in body ? body.reason : null,
      paper: body.kind === "register.taken" ? (body.paper ?? null) : null,
      replaces: claim.replaces ?? [],
      verdict: (whole ?? aside)?.verdict ?? "stands",
      verdict_reason: reason ?? null,
      flags: [],
    };
    return [published];
  });
}

/** The fold of published claims on one cell of `sheet`. */
export function foldPublished(
  claims: readonly PublishedClaim[],
  sheet: Pick<Sheet, "date" | "opens" | "closes" | "ends">,
  timeZone: string,
): WireCell {
  return fold(
    claims.map((claim) => foldClaim(claim, sheet.date, timeZone)),
    sheet,
  );
}

/** The part of a published claim that the fold reads. */
export function foldClaim(claim: PublishedClaim, date: string, timeZone: string): FoldClaim {
  const seen = localMoment(claim.observed_at, timeZone);
  return {
    id: claim.id,
    code: claim.code,
    date,
    arrived: claim.arrived ?? null,
    replaces: claim.replaces ?? [],
    verdict: claim.verdict ?? "stands",
    // An absence put on record on a later day says nothing about this one's movements.
    seenAt: seen.date === date ? seen.time : null,
  };
}

function corrected(deviceInstant: string, offsetMs: number): string {
  return offsetMs === 0 ? deviceInstant : instant(Date.parse(deviceInstant) + offsetMs);
}

function groupOf(body: ClaimBody): string | null {
  return "group" in body ? (body.group ?? null) : null;
}

/** One sheet being overlaid. Rows that no entry touches stay the very same objects. */
class Work {
  readonly #sheet: Sheet;
  readonly #facts: SchoolFacts;
  readonly #rows: Map<string, SheetRow>;
  readonly #changed = new Set<string>();
  #takings: RegisterTaking[];
  #taker: Pick<Sheet, "taker" | "taker_name">;

  constructor(sheet: Sheet, facts: SchoolFacts) {
    this.#sheet = sheet;
    this.#facts = facts;
    this.#rows = new Map(sheet.rows.map((row) => [row.pupil, row]));
    this.#takings = sheet.takings ?? [];
    this.#taker = { taker: sheet.taker, taker_name: sheet.taker_name };
  }

  take(one: Waiting): void {
    const { body } = one.entry;
    if (hasClaims(body)) {
      if (body.kind === "quarantine.corrected" && one.silent === null) this.#decide(one, body, "declined");
      this.#takeClaims(one, body, isCounted(this.#sheet, one));
    }
    // Only claims are published when they do not speak; all else says nothing while it is held.
    else if (!isFamily(body) && one.silent === null && !isCounted(this.#sheet, one)) this.#takeWord(one, body);
  }

  #takeWord(one: Waiting, body: Exclude<Entry["body"], ClaimBody | FamilyBody>): void {
    switch (body.kind) {
      case "departure.recorded":
        this.#depart(one, body);
        break;
      case "register.voided":
        this.#void(body);
        break;
      case "quarantine.released":
        this.#decide(one, body, "stands");
        break;
      case "quarantine.declined":
        this.#decide(one, body, "declined");
        break;
      case "planned.recorded":
        this.#plan(one, body);
        break;
      case "planned.withdrawn":
        this.#update(body.pupil, (row) => ({
          ...row,
          planned: (row.planned ?? []).filter((planned) => planned.entry !== body.entry),
        }));
        break;
      case "register.reassigned":
        if (body.group === this.#sheet.group) {
          this.#taker = { taker: body.to, taker_name: this.#facts.names.get(body.to) ?? NOT_ON_THE_LIST };
        }
        break;
      case "grant.given":
      case "grant.ended":
      case "record.viewed":
        break; // of no sheet: they say nothing here until the server has judged them
    }
  }

  /** `counted`: the sheet has taken the entry into account, but perhaps not what was decided on it. */
  #takeClaims(one: Waiting, body: ClaimBody, counted: boolean): void {
    const ours = groupOf(body) === this.#sheet.group;
    if (ours && !counted) this.#addTaking(one, body);
    for (const [index, claim] of publish(one, body).entries()) {
      const pupil = body.claims[index]?.pupil ?? "";
      if (ours && !counted && !this.#rows.has(pupil)) this.#rows.set(pupil, { pupil, cell: EMPTY, claims: [], listed: false });
      const known = this.#rows.get(pupil)?.claims ?? [];
      if (known.some(({ id }) => id === claim.id)) this.#judge(pupil, claim);
      else if (!counted) this.#update(pupil, (row) => ({ ...row, claims: [...(row.claims ?? []), claim] }));
    }
  }

  /** A decision of this person's own on what is held or set aside: it shows at once. */
  #decide(
    { authorName }: Waiting,
    body: BodyOf<"quarantine.released" | "quarantine.declined" | "quarantine.corrected">,
    verdict: "stands" | "declined",
  ): void {
    const reason = verdict === "stands" ? null : `${authorName}: ${body.reason}`;
    for (const [pupil, row] of this.#rows) {
      const open = (row.claims ?? []).filter((claim) => claim.entry === body.entry && isUndecided(claim));
      for (const claim of open) this.#judge(pupil, { ...claim, verdict, verdict_reason: reason });
    }
  }

  /** Give a claim that the sheet leaves undecided the verdict of `told`; if it stands, it counts. */
  #judge(pupil: string, told: PublishedClaim): void {
    const before = this.#rows.get(pupil);
    // What was voided while it was held does not speak once it is released.
    const voided = this.#takings.find(({ entry }) => entry === told.entry)?.voided ?? null;
    const stands = told.verdict === "stands";
    const judged: PublishedClaim = stands && voided !== null ? { ...told, verdict: "voided", verdict_reason: voided } : told;
    this.#update(pupil, (row) => withVerdict(row, judged));
    if (this.#rows.get(pupil) === before || !stands) return;
    this.#takings = this.#takings.map((taking) =>
      taking.entry === told.entry ? Object.assign({}, taking, { claims: taking.claims + 1 }) : taking,
    );
  }

  #addTaking(one: Waiting, body: ClaimBody): void {
    if (this.#takings.some((taking) => taking.entry === one.entry._id)) return;
    const offset = body.clock?.offset_ms ?? 0;
    const taking: RegisterTaking = {
      entry: one.entry._id,
      kind: body.kind,
      author: body.author,
      author_name: one.authorName,
      role: body.role,
      observed_at: corrected(body.claims[0]?.observed_at ?? body.written_at, offset),
      received_at: null,
      claims: one.silent !== null ? 0 : body.claims.length - one.aside.size,
      paper: body.kind === "register.taken" ? (body.paper ?? null) : null,
      voided: null,
    };
    this.#takings = [...this.#takings, taking];
  }

  #depart(one: Waiting, body: BodyOf<"departure.recorded">): void {
    const departure: Departure = {
      entry: one.entry._id,
      left: body.left,
      left_with: body.left_with,
      reason: body.reason,
      by_name: one.authorName,
    };
    this.#update(body.pupil, (row) =>
      later(row.left ?? null, body.left) === body.left ? { ...row, left: body.left, departure } : row,
    );
  }

  #void(body: BodyOf<"register.voided">): void {
    const may = (author: string): boolean => author === body.author || mayWrite(body.role, "contest.settled");
    this.#takings = this.#takings.map((taking) =>
      taking.entry === body.entry && may(taking.author) ? { ...taking, voided: taking.voided ?? body.reason } : taking,
    );
    const hit = (claim: PublishedClaim): boolean =>
      claim.entry === body.entry && (claim.verdict ?? "stands") === "stands" && may(claim.author);
    for (const pupil of this.#rows.keys()) {
      this.#update(pupil, (row) => {
        if (row.departure?.entry === body.entry) return { ...row, left: null, departure: null };
        if (!row.claims?.some(hit)) return row;
        const claims = row.claims.map((claim) =>
          hit(claim) ? { ...claim, verdict: "voided" as const, verdict_reason: body.reason } : claim,
        );
        return { ...row, claims };
      });
    }
  }

  #plan(one: Waiting, body: BodyOf<"planned.recorded">): void {
    if (!body.sessions.includes(this.#sheet.session)) return;
    const planned: Planned = { entry: one.entry._id, code: body.code, source: body.source, by_name: one.authorName };
    this.#update(body.pupil, (row) => {
      const known = row.planned ?? [];
      return known.some((old) => old.entry === planned.entry) ? row : { ...row, planned: [...known, planned] };
    });
  }

  #update(pupil: string, change: (row: SheetRow) => SheetRow): void {
    const row = this.#rows.get(pupil);
    if (row === undefined) return;
    const changed = change(row);
    if (changed === row) return;
    this.#rows.set(pupil, changed);
    this.#changed.add(pupil);
  }

  finish(): Sheet {
    const all = [...this.#rows.values()];
    const others = all.filter((row) => !isListed(row)).toSorted((a, b) => (a.pupil < b.pupil ? -1 : 1));
    const rows = [...all.filter(isListed), ...others].map((row) => (this.#changed.has(row.pupil) ? this.#refold(row) : row));
    return { ...this.#sheet, ...this.#taker, rows, takings: this.#takings };
  }

  #refold(row: SheetRow): SheetRow {
    const claims = (row.claims ?? []).toSorted(byObservation);
    return { ...row, claims, cell: foldPublished(claims, this.#sheet, this.#facts.timeZone) };
  }
}

function isUndecided(claim: PublishedClaim): boolean {
  return claim.verdict === "held" || claim.verdict === "set_aside";
}

/** The row with the verdict of `told` on its claim of that id, where the row leaves it undecided. */
function withVerdict(row: SheetRow, told: PublishedClaim): SheetRow {
  const { verdict = "stands", verdict_reason = null } = told;
  if (isUndecided(told)) return row;
  const claims = row.claims ?? [];
  const known = claims.find((claim) => claim.id === told.id);
  if (known === undefined || !isUndecided(known)) return row;
  const judged: PublishedClaim = { ...known, verdict, verdict_reason };
  return { ...row, claims: claims.map((claim) => (claim === known ? judged : claim)) };
}

function isListed(row: SheetRow): boolean {
  return row.listed ?? true;
}

function byObservation(a: PublishedClaim, b: PublishedClaim): number {
  const [one, other] = [`${a.observed_at} ${a.id}`, `${b.observed_at} ${b.id}`];
  return one < other ? -1 : 1;
}

function later(one: string | null, other: string): string {
  return one !== null && one > other ? one : other;
}
