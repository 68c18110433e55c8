/** What is still open in other sessions this tablet holds: nobody should have to look for it. */
import type { Sheet } from "../../../generated/types.ts";
import { cellsOf, sheetsOf } from "./cells.ts";
import { isIn } from "./registers.ts";
import type { EarlierLine, Session } from "./shapes.ts";

/** Sessions of days before `today`, and today's other one, with a contest or a missing register, latest first. */
export function stillOpen(
  sheets: readonly Sheet[],
  shown: { readonly date: string; readonly session: Session },
  local: { readonly date: string; readonly time: string },
): EarlierLine[] {
  const sessions = new Map<string, Sheet>();
  for (const sheet of sheets) sessions.set(`${sheet.date} ${sheet.session}`, sheet);
  return [...sessions.values()]
    .filter((one) => isOver(one, local) && !(one.date === shown.date && one.session === shown.session))
    .map((one) => lineOf(sheetsOf(sheets, one.date, one.session), one))
    .filter((line) => line.contested > 0 || line.missing > 0)
    .toSorted((a, b) => (`${a.date} ${a.session}` < `${b.date} ${b.session}` ? 1 : -1));
}

function isOver(sheet: Sheet, local: { readonly date: string; readonly time: string }): boolean {
  return sheet.date < local.date || (sheet.date === local.date && sheet.closes < local.time);
}

function lineOf(sheets: readonly Sheet[], { date, session }: Sheet): EarlierLine {
  const cells = [...cellsOf(sheets).values()];
  return {
    date,
    session,
    contested: cells.filter((at) => at.cell.state === "contested").length,
    missing: sheets.filter((sheet) => !isIn(sheet)).length,
  };
}
