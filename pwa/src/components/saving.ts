/** Saving from a form: one save at a time, and a sentence when the device could not keep it. */
import { useRef, useState } from "preact/hooks";
import { record } from "../state/app.ts";
import type { NewBody } from "../domain/entry.ts";
import type { FormError } from "./error-summary.tsx";

export interface Saving {
  readonly busy: boolean;
  readonly errors: readonly FormError[];
  /** Show these errors; an empty list clears them. */
  readonly fail: (errors: readonly FormError[]) => void;
  /** Record every body in order, then call `done`; an error is shown at `field`. */
  readonly save: (bodies: readonly NewBody[], field: string, done: () => void) => void;
}

/** A form's errors and its saving. What was written stays written: a half-saved list says so. */
export function useSaving(): Saving {
  const [errors, setErrors] = useState<readonly FormError[]>([]);
  const [busy, setBusy] = useState(false);
  const running = useRef(false);
  const run = async (bodies: readonly NewBody[], field: string, done: () => void): Promise<void> => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    try {
      for (const body of bodies) await record(body);
      setErrors([]);
      done();
    } catch (error) {
      setErrors([{ field, text: error instanceof Error ? error.message : "This could not be saved. Try again." }]);
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  const save = (bodies: readonly NewBody[], field: string, done: () => void): void => void run(bodies, field, done);
  return { busy, errors, fail: setErrors, save };
}
