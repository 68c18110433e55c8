/** Small things the office's screens share while they are open. */
import { useEffect, useRef, useState } from "preact/hooks";
import { announce } from "../../../components/announcer.tsx";

/** Have `words` read out whenever they change while the screen is open, a moment after the last change. */
export function useAnnounced(words: string): void {
  const last = useRef(words);
  useEffect(() => {
    if (last.current === words) return undefined;
    const timer = setTimeout(() => {
      last.current = words;
      announce(words);
    }, 1000);
    return () => clearTimeout(timer);
  }, [words]);
}

/**
 * Those of `keys` that came while the screen was open, of the same `scope` (a day and session).
 * One that goes and comes again is new again.
 */
export function useFresh(keys: readonly string[], scope: string): ReadonlySet<string> {
  const known = useRef<{ scope: string; keys: ReadonlySet<string> } | null>(null);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const joined = keys.join(" ");
  useEffect(() => {
    const now = new Set(joined === "" ? [] : joined.split(" "));
    const before = known.current;
    known.current = { scope, keys: now };
    if (before === null || before.scope !== scope) setFresh(new Set());
    else setFresh((old) => new Set([...now].filter((key) => old.has(key) || !before.keys.has(key))));
  }, [joined, scope]);
  return fresh;
}
