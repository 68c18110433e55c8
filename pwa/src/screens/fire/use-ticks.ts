// Who is accounted for: kept on this tablet only, so that it works with no signal and no server.
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { dropDraft, loadDraft, observedNow, saveDraft } from "../../state/app.ts";
import type { Ticks } from "./roll-call.ts";

/** Ticks of one day, and how to change them. */
export interface TickBook {
  readonly ticks: Ticks;
  readonly toggle: (pupil: string) => void;
  readonly reset: () => void;
}

/** The ticks kept for `date`. */
export function useTicks(date: string): TickBook {
  const ticks = useSignal<Ticks>({});
  const key = `fire:${date}`;
  useEffect(() => {
    let current = true;
    void loadDraft<Ticks>(key)
      .catch(() => null)
      .then((kept) => {
        if (current) ticks.value = { ...kept, ...ticks.value };
      });
    return () => {
      current = false;
    };
  }, [key]);
  return {
    ticks: ticks.value,
    toggle: (pupil) => {
      const { [pupil]: ticked, ...others } = ticks.value;
      ticks.value = ticked === undefined ? { ...others, [pupil]: observedNow() } : others;
      void saveDraft(key, ticks.value);
    },
    reset: () => {
      ticks.value = {};
      void dropDraft(key);
    },
  };
}
