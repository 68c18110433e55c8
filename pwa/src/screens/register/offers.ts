/** The marks a row offers as big buttons and chips, and what a tap on one of them chooses. Pure. */
import { meaning, presentCode } from "../../domain/codes.ts";
import type { Frame } from "./form.ts";
import { markWord } from "./marks.ts";
import type { RowView } from "./view.ts";

/** One button. `code` is what a tap claims; an arrival is always claimed as `L` with its time. */
export interface Offer {
  readonly code: string;
  /** The letter drawn large. */
  readonly letter: string;
  readonly word: string;
  /** When a late pupil came in; null for the others. */
  readonly arrived: string | null;
  /** Where a planned code comes from; null for the others. */
  readonly source: string | null;
  readonly checked: boolean;
}

/** Present, not here, late; then what is planned, and what else the mark may be already. */
export function offersOf(view: RowView, frame: Frame): Offer[] {
  const present = presentCode(frame.session);
  const late = view.code === "U" ? "U" : "L";
  const main = [present, "N", "L"].map((code): Offer => {
    const read = code === "L" ? late : code;
    const checked = view.code === read;
    const arrived = code === "L" && checked ? view.arrived : null;
    return { code, letter: read, word: markWord(code, frame.session), arrived, source: null, checked };
  });
  const sources = new Map(view.planned.map(({ code, source, by_name: by }) => [code, `${source} (${by})`]));
  const more = [...new Set([...sources.keys(), ...(view.code === null ? [] : [view.code])])].filter(
    (code) => !main.some((offer) => offer.letter === code || offer.code === code),
  );
  return [
    ...main,
    ...more.map((code) => ({
      code,
      letter: code,
      word: meaning(code, frame.date),
      arrived: null,
      source: sources.get(code) ?? null,
      checked: view.code === code,
    })),
  ];
}

/**
 * When a pupil who is marked late now came in: now, while the session runs. Null where that cannot
 * be (another day, a register from paper, before the session or after its end): a time is asked for.
 */
export function arrivalNow(frame: Frame, today: string, time: string, paper: boolean): string | null {
  if (paper || frame.date !== today) return null;
  return time >= frame.opens && time <= frame.ends ? time : null;
}

/** A tap on the mark that is saved already changes nothing, and takes an unsaved choice back. */
export function isSavedMark(view: RowView, code: string): boolean {
  const saved = view.cell.state === "agreed" ? (view.cell.code ?? null) : null;
  return saved === code || (code === "L" && saved === "U");
}

/** HH:MM, `minutes` after `start`. */
export function minutesAfter(start: string, minutes: number): string {
  const at = Number(start.slice(0, 2)) * 60 + Number(start.slice(3)) + minutes;
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${two(Math.floor(at / 60) % 24)}:${two(at % 60)}`;
}
