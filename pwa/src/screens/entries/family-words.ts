/** One's own entries of visits, cases, concerns and watches in plain words: without the family's names. Pure. */
import type { FamilyBody } from "../../domain/entry.ts";

/** What an entry of family support did, in one line. */
export function familyTitle(body: FamilyBody): string {
  return TITLES[body.kind];
}

const TITLES: Readonly<Record<FamilyBody["kind"], string>> = {
  "visit.planned": "A home visit was planned",
  "visit.noted": "Something was noted at a home visit",
  "visit.submitted": "The note of a home visit was handed in",
  "visit.addendum": "Something was added to the note of a home visit",
  "visit.settled": "A contradiction in a home visit was settled",
  "case.opened": "A case was opened",
  "case.noted": "Something was added to a case",
  "case.settled": "A contradiction in a case was settled",
  "photo.added": "A photo was added to a home visit",
  "draft.opened": "A colleague’s draft was opened",
  "glass.broken": "A restricted case was opened",
  "concern.raised": "A concern was raised",
  "concern.told": "Somebody was told of a concern",
  "concern.acknowledged": "A concern was acknowledged",
  "concern.noted": "Something was noted on a concern",
  "concern.exported": "A concern was taken into the safeguarding system",
  "watch.started": "You went out: the server watches",
  "watch.extended": "You will be back at another time",
  "watch.ended": "You are back, and safe",
  "watch.confirmed": "A colleague was marked safe",
  "watch.help": "You called for help",
};
