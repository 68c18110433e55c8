/** Registers left unfinished on this tablet. */
import { useEffect, useState } from "preact/hooks";
import { loadDraft } from "../../state/app.ts";
import type { RegisterForm } from "./form.ts";

/** The key a register's unfinished form is kept under: the sheet's own id. */
export function draftKey(date: string, session: string, group: string): string {
  return `register:${date}:${session}:${group}`;
}

/** How many marks wait unsaved in each of the drafts `keys`, by key; those without are left out. */
export function useUnsaved(keys: readonly string[]): ReadonlyMap<string, number> {
  const [found, setFound] = useState<ReadonlyMap<string, number>>(new Map());
  const asked = keys.join(" ");
  useEffect(() => {
    let current = true;
    void countAll(asked === "" ? [] : asked.split(" ")).then((counts) => {
      if (current) setFound(counts);
    });
    return () => {
      current = false;
    };
  }, [asked]);
  return found;
}

async function countAll(keys: readonly string[]): Promise<Map<string, number>> {
  const counts = await Promise.all(
    keys.map(async (key): Promise<[string, number]> => {
      const draft = await loadDraft<RegisterForm>(key);
      return [key, draft === null ? 0 : Object.keys(draft.choices).length];
    }),
  );
  return new Map(counts.filter(([, n]) => n > 0));
}
