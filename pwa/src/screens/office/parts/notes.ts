/** What is read out while the office's page is open. */
import { useEffect, useRef } from "preact/hooks";
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
