/** How long to wait before asking again: twice as long each time, and never all tablets at once. */

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;

/**
 * Milliseconds before attempt number `attempt` (from 1). `wished`: the server's `Retry-After`, which
 * is a floor. `random`: from 0 up to 1; a school's tablets come back at different moments.
 */
export function backoffMs(attempt: number, wished: number | null, random: number): number {
  const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt - 1, 10));
  const jittered = ceiling / 2 + (ceiling / 2) * random;
  return wished === null ? jittered : Math.max(jittered, wished * (1 + random / 10));
}
