/** One cell a pupil for one session, and who the pupils are. */
import type { Card, PublishedClaim, Sheet } from "../../../generated/types.ts";
import type { PupilCell, Session, Who } from "./shapes.ts";

/** The sheets of one session of one date. */
export function sheetsOf(sheets: Iterable<Sheet>, date: string, session: Session): Sheet[] {
  return [...sheets].filter((sheet) => sheet.date === date && sheet.session === session);
}

/**
 * Each pupil's cell. A pupil may stand on several sheets of a session (a form and a lesson group,
 * or added by hand elsewhere); each says the same once published, so the newest is read, and of
 * equally new ones the one that lists the pupil.
 */
export function cellsOf(sheets: readonly Sheet[]): Map<string, PupilCell> {
  const found = new Map<string, PupilCell>();
  for (const sheet of sheets) {
    for (const row of sheet.rows) {
      const old = found.get(row.pupil);
      if (old !== undefined && !newer(sheet, row.listed !== false, old)) continue;
      const claims = row.claims ?? [];
      found.set(row.pupil, { pupil: row.pupil, sheet, row, cell: row.cell, claims });
    }
  }
  return found;
}

function newer(sheet: Sheet, listed: boolean, old: PupilCell): boolean {
  if (sheet.as_at !== old.sheet.as_at) return sheet.as_at > old.sheet.as_at;
  return listed && old.row.listed === false;
}

/** The claims of `at` with these ids, oldest observed first. */
export function claimsById(at: PupilCell, ids: readonly string[]): PublishedClaim[] {
  const wanted = new Set(ids);
  return inOrder(at.claims.filter((claim) => wanted.has(claim.id)));
}

/** Oldest observed first; the id decides between equals, so that every device shows one order. */
export function inOrder(claims: readonly PublishedClaim[]): PublishedClaim[] {
  return claims.toSorted((a, b) => (observed(a) < observed(b) ? -1 : 1));
}

function observed(claim: PublishedClaim): string {
  return `${claim.observed_at} ${claim.id}`;
}

/** Claims that stand: the others are history. */
export function standing(at: PupilCell): PublishedClaim[] {
  return at.claims.filter((claim) => (claim.verdict ?? "stands") === "stands");
}

/** Whether a pupil is enrolled on `date`; the leaving day itself still counts. */
export function onRoll(card: Card, date: string): boolean {
  const to = card.enrolled_to ?? null;
  return card.enrolled_from <= date && (to === null || date <= to);
}

/** Who a pupil is. A pupil without a card here is named as such, never by an id. */
export function who(pupil: string, cards: ReadonlyMap<string, Card>): Who {
  const card = cards.get(pupil);
  if (card === undefined) {
    const name = pupil.startsWith("unlisted-") ? "A child on no list" : "A pupil not on this tablet’s roll";
    return { pupil, name, sort: "\uFFFF", form: "", year: "" };
  }
  return {
    pupil,
    name: `${card.known_as} ${card.surname}`,
    sort: `${card.surname}\u0000${card.known_as}`,
    form: card.form_name,
    year: card.year,
  };
}

/** By form, then surname. */
export function byForm(a: { readonly who: Who }, b: { readonly who: Who }): number {
  return compare(a.who.form, b.who.form) || compare(a.who.sort, b.who.sort);
}

const collator = new Intl.Collator("en-GB", { numeric: true });

/** As a person would sort: "7B" before "10A". */
export function compare(a: string, b: string): number {
  return collator.compare(a, b);
}
