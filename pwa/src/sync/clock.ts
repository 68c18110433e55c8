/**
 * What the tablet knows of the server's time. It is written into each entry: a skewed clock is
 * corrected by the server, and the nonce shows that an act lies after the contact that gave it.
 */
import type { Clock as WireClock } from "../generated/types.ts";

/** `offsetMs`: server time less tablet time; `lastContact`: that contact, by the server's clock. */
export interface ServerClock {
  offsetMs: number | null;
  nonce: string | null;
  lastContact: string | null;
}

export const NEVER_IN_CONTACT: ServerClock = { offsetMs: null, nonce: null, lastContact: null };

/** One exchange, by the tablet's clock; `waited`: the server held the request until it had news. */
export interface Exchange {
  sentMs: number;
  receivedMs: number;
  waited: boolean;
  serverTime: string;
  nonce: string;
}

/**
 * The clock after an exchange. The server's time lies between sending and receiving: half way if it
 * answered at once, at the end if it waited.
 */
export function afterExchange({ sentMs, receivedMs, waited, serverTime, nonce }: Exchange): ServerClock {
  const here = waited ? receivedMs : (sentMs + receivedMs) / 2;
  return { offsetMs: Math.round(Date.parse(serverTime) - here), nonce, lastContact: serverTime };
}

/** What an entry carries of it. */
export function forEntry({ offsetMs, nonce }: ServerClock): WireClock {
  return { offset_ms: offsetMs, contact: nonce };
}
