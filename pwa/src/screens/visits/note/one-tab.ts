// One tab at a time: two tabs that save the same form would each put the other's words away.
import { useEffect, useState } from "preact/hooks";

/** Whether this tab has it; null until that is known. A tab that waits takes over as the other closes. */
export function useOneTab(name: string): "here" | "elsewhere" | null {
  const [where, setWhere] = useState<"here" | "elsewhere" | null>(null);
  useEffect(() => {
    // Not there on a page that is not secure, whatever its type says.
    const locks = (navigator as Partial<Navigator>).locks;
    if (!locks) {
      setWhere("here");
      return undefined;
    }
    const ended = new AbortController();
    const held = new Promise<void>((done) => ended.signal.addEventListener("abort", () => done()));
    const take = (): Promise<void> => {
      if (ended.signal.aborted) return Promise.resolve();
      setWhere("here");
      return held;
    };
    const wait = async (): Promise<void> => {
      const first = await locks.request(name, { ifAvailable: true }, async (lock) => {
        if (lock !== null) await take();
        return lock !== null;
      });
      if (first || ended.signal.aborted) return;
      setWhere("elsewhere");
      await locks.request(name, { signal: ended.signal }, take);
    };
    // Whoever leaves while it waits has asked for that end.
    wait().catch(() => undefined);
    return () => ended.abort();
  }, [name]);
  return where;
}
