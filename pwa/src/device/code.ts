/** The enrolment code: read out of the address it came in, and out of what people type. */
import { signal } from "@preact/signals";

const PAGE = "/enrol";
const LENGTH = 8;

/** The code that the address brought; "" for none. */
export const offeredCode = signal("");

/**
 * Take the code out of the address (`/enrol#CODE`), and at once out of the address bar and the
 * history: it is good only once, and whoever looks over a shoulder need not read it there.
 */
export function takeOfferedCode(): void {
  if (location.pathname !== PAGE || location.hash.length < 2) return;
  offeredCode.value = shownCode(location.hash);
  history.replaceState(null, "", PAGE);
}

/** Letters and numbers alone, in capitals: no case, no dash, no spaces. */
export function plainCode(typed: string): string {
  return typed.toUpperCase().replaceAll(/[^A-Z0-9]/g, "");
}

/** As the school's screen shows it: XXXX-XXXX. */
export function shownCode(typed: string): string {
  const plain = plainCode(typed);
  return plain.length <= LENGTH / 2 ? plain : `${plain.slice(0, LENGTH / 2)}-${plain.slice(LENGTH / 2)}`;
}

/** What is wrong with a code as typed, in words; null for one that can be tried. */
export function codeMistake(typed: string): string | null {
  const { length } = plainCode(typed);
  if (length === 0) return "Enter the code from the office’s screen";
  if (length === LENGTH) return null;
  return `A code has ${LENGTH} letters and numbers; this one has ${length}`;
}
