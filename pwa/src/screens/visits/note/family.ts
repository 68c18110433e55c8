/** Whom and what the note's form asks about: the visit and its family, as this tablet has them. Pure. */
import { localMoment } from "../../../domain/time.ts";
import type { Visit } from "../../../generated/types.ts";
import { factOf, liveIn } from "../reading.ts";
import type { Cells } from "../reading.ts";
import type { Fields } from "./fields.ts";

/** A visit with its family, for somebody who writes its note. */
export interface NoteFrame {
  readonly visit: Pick<Visit, "visit" | "case" | "cells" | "photos">;
  readonly caseCells: Cells;
  /** The author. */
  readonly person: string;
  readonly zone: string;
  readonly nowMs: number;
  /** Server time less this tablet's: what goes into an entry speaks by the tablet's clock. */
  readonly offsetMs: number;
}

/** The visit's day: of its arrival, else of its plan, else today. */
export function dayOf({ visit, zone, nowMs }: NoteFrame): string {
  const at = factOf(visit.cells, "arrived")?.at ?? factOf(visit.cells, "plan")?.starts;
  return localMoment(at ?? nowMs, zone).date;
}

/** What the person has said of the visit already, by a tap at the door: the form begins with it. */
export function known(frame: NoteFrame): Fields {
  const { visit, person, zone } = frame;
  const begun: Record<string, string> = { date: dayOf(frame) };
  for (const kind of ["arrived", "left", "outcome"] as const) {
    const says = liveIn(visit.cells, kind).find(({ author }) => author === person)?.says;
    if (says === undefined) continue;
    if (says.fact === "arrived" || says.fact === "left") begun[says.fact] = localMoment(says.at, zone).time;
    if (says.fact === "outcome") begun["outcome"] = says.outcome;
  }
  return begun;
}
