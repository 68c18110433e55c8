/** What a row calls its pupil: the card's name, else what was said of a child on no list. */
import { people } from "../../components/people.ts";
import type { RegisterForm } from "./form.ts";
import type { RowView } from "./view.ts";

/** A row's name; `note` says more where the pupil is not a member of the group. */
export interface RowName {
  readonly knownAs: string;
  readonly surname: string;
  readonly note: string;
  readonly full: string;
}

/** The name to draw and to read out. */
export function rowName(view: Pick<RowView, "pupil" | "listed" | "shown">, form: RegisterForm): RowName {
  const known = people.value.get(view.pupil);
  if (known !== undefined) return named(known.knownAs, known.surname, view.listed ? "" : known.form);
  const added = form.added.find(({ pupil }) => pupil === view.pupil);
  if (added !== undefined) return named(added.knownAs, added.surname, added.note);
  const remark = view.shown.find((claim) => claim.remark)?.remark ?? "";
  if (view.pupil.startsWith("unlisted-")) return named("A child", "on no list", remark);
  return named("A pupil", "without a name here", "Their card has not come to this tablet yet.");
}

function named(knownAs: string, surname: string, note: string): RowName {
  return { knownAs, surname, note, full: `${knownAs} ${surname}`.trim() };
}
