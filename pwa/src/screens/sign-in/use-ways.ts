/** The ways in that the server offers, asked for when the page opens and when the network comes back. */
import { useCallback, useEffect, useState } from "preact/hooks";
import type { SignInProvider } from "../../generated/types.ts";
import { waysToSignIn } from "../../state/app.ts";

/** `unasked`: the server could not be asked, in words; then only what needs no asking is shown. */
export interface Ways {
  known: boolean;
  providers: readonly SignInProvider[];
  local: boolean;
  unasked: string | null;
  look: () => void;
}

interface Found {
  providers: readonly SignInProvider[];
  local: boolean;
  unasked: string | null;
}

export function useWays(): Ways {
  const [found, setFound] = useState<Found | null>(null);
  const look = useCallback((): void => {
    const ask = async (): Promise<void> => {
      const answer = await waysToSignIn();
      if (answer.kind === "ok") {
        const { providers = [], local = true } = answer.value;
        setFound({ providers, local, unasked: null });
      } else {
        const unasked = answer.kind === "signed-out" ? "The server did not say how to sign in." : answer.reason;
        setFound({ providers: [], local: true, unasked });
      }
    };
    void ask();
  }, []);
  useEffect(() => {
    look();
    addEventListener("online", look);
    return () => removeEventListener("online", look);
  }, [look]);
  const { providers, local, unasked } = found ?? { providers: [], local: true, unasked: null };
  return { known: found !== null, providers, local, unasked, look };
}
