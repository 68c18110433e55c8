// What the controls of one row do: choose, time, note, and the keys that mark.
import { announce } from "../../components/announcer.tsx";
import { codeWords } from "./claim-words.ts";
import type { Frame, Notes } from "./form.ts";
import { markOfKey } from "./keyboard.ts";
import type { Offer } from "./offers.ts";
import { isSavedMark, offersOf } from "./offers.ts";
import type { Acts } from "./use-register.ts";
import { notesOf } from "./view.ts";
import type { RowView } from "./view.ts";

/** What a row is worked with. */
export interface RowParts {
  readonly view: RowView;
  readonly frame: Frame;
  readonly fullName: string;
  /** HH:MM while an arrival now can be, else null. */
  readonly now: string | null;
  readonly readOnly: boolean;
  readonly acts: Acts;
}

/** A row's marks, and what a person can do with them. */
export interface RowActs {
  readonly offers: readonly Offer[];
  readonly take: (code: string) => void;
  readonly time: (arrived: string) => void;
  readonly notes: (some: Partial<Notes>) => void;
  readonly clear: () => void;
  readonly onKey: (event: KeyboardEvent) => void;
}

const COLUMNS = { present: 0, absent: 1, late: 2 } as const;

/** Every choice is read out with the pupil's name. */
export function rowActs({ view, frame, fullName, now, readOnly, acts }: RowParts): RowActs {
  const { pupil } = view;
  const offers = offersOf(view, frame);
  const say = (code: string, arrived: string | null): string => {
    const what = `${fullName}: ${codeWords(code, arrived, frame)}`;
    announce(what);
    return what;
  };
  const take = (code: string): void => {
    if (view.choice?.code === code) return;
    if (isSavedMark(view, code)) {
      if (view.choice !== null) acts.clear(pupil, say(code, view.cell.arrived ?? null));
      else announce(`${fullName} is marked so already`);
      return;
    }
    const arrived = code === "L" ? now : null;
    acts.choose(pupil, code, arrived, say(code, arrived));
  };
  return {
    offers,
    take,
    time: (arrived) => acts.choose(pupil, "L", arrived, say("L", arrived), notesOf(view)),
    notes: (some) => {
      if (view.choice === null && view.code !== null) {
        // A note on a saved mark says the mark again: an arrival is claimed as L, with its time.
        const code = view.arrived === null ? view.code : "L";
        acts.choose(pupil, code, view.arrived, `${fullName}: note`, notesOf(view));
      }
      acts.annotate(pupil, some);
    },
    clear: () => acts.clear(pupil, `${fullName}: mark taken back`),
    onKey: (event) => {
      const mark = readOnly || !isRadio(event.target) ? null : markOfKey(event);
      if (mark === null) return;
      event.preventDefault();
      const offer = offers[COLUMNS[mark]];
      if (offer !== undefined) take(offer.code);
    },
  };
}

function isRadio(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.getAttribute("role") === "radio";
}
