/** A register's state and closing time in words, as lists and the register's own top show them. */
import { minutesBetween } from "../../domain/calendar.ts";
import type { RegisterTaking, Sheet } from "../../generated/types.ts";
import { count, shortDate } from "../../components/text.ts";
import { countPlaces, placeOf } from "./marks.ts";
import type { Counts } from "./marks.ts";

/** How far a register is. */
export interface SheetState {
  readonly counts: Counts;
  readonly taken: boolean;
  /** "Not taken", "3 not marked", "All marked". */
  readonly words: string;
  /** "on this tablet", "received 08:52"; null while nobody has taken it. */
  readonly where: string | null;
  /** Who took it, where that is somebody else. */
  readonly by: string | null;
}

/** The state of `sheet` for the person `me`; `clock` writes an instant in the school's time. */
export function sheetState(sheet: Sheet, me: string, clock: (instant: string) => string): SheetState {
  const counts = countSheet(sheet);
  const taking = lastTaking(sheet);
  const taken = taking !== null;
  return {
    counts,
    taken,
    words: stateWords(counts, taken),
    where: taking === null ? null : whereWords(taking, clock),
    by: taking === null || taking.author === me ? null : taking.author_name,
  };
}

/** The five groups of a sheet as it stands, without anything unsaved. */
export function countSheet(sheet: Sheet): Counts {
  return countPlaces(
    sheet.rows
      .filter(({ listed }) => listed !== false)
      .map(({ cell, claims }) => ({
        place: placeOf(cell.code ?? null, sheet.date),
        check:
          cell.state === "contested" ||
          cell.recheck === true ||
          (cell.state === "unmarked" && (claims ?? []).some(({ verdict }) => verdict === "set_aside")),
      })),
  );
}

/** The latest taking that nobody voided and that speaks for somebody. */
export function lastTaking(sheet: Sheet): RegisterTaking | null {
  return (sheet.takings ?? []).findLast((taking) => !taking.voided && taking.claims > 0) ?? null;
}

function stateWords(counts: Counts, taken: boolean): string {
  if (!taken && counts.unmarked === counts.roll) return "Not taken";
  if (counts.unmarked > 0) return `${counts.unmarked} not marked`;
  return "All marked";
}

function whereWords(taking: RegisterTaking, clock: (instant: string) => string): string {
  return taking.received_at === null ? "on this tablet" : `received ${clock(taking.received_at)}`;
}

/** Where now stands to a register's times. */
export interface Closing {
  readonly phase: "later" | "before" | "open" | "closed" | "past";
  readonly words: string;
}

/** "closes in 12 min", "closed 09:15; arrivals now are U". `today` and `time`: the school's clock. */
export function closing(sheet: Pick<Sheet, "date" | "opens" | "closes" | "ends">, today: string, time: string): Closing {
  const { date, opens, closes, ends } = sheet;
  if (date > today) return { phase: "later", words: `opens ${shortDate(date)}, ${opens}` };
  if (date < today) return { phase: "past", words: `closed ${shortDate(date)}, ${closes}` };
  if (time < opens) return { phase: "before", words: `opens at ${opens}` };
  if (time <= closes) {
    const left = minutesBetween(time, closes);
    return { phase: "open", words: left === 0 ? "closes this minute" : `closes in ${left} min` };
  }
  if (time <= ends) return { phase: "closed", words: `closed ${closes}; arrivals now are U` };
  return { phase: "past", words: `closed ${closes}` };
}

/** "2 to check"; null where there is nothing. */
export function checkWords(counts: Counts): string | null {
  return counts.check === 0 ? null : `${counts.check} to check`;
}

/** "27 pupils". */
export function rollWords(counts: Counts): string {
  return count(counts.roll, "pupil");
}
