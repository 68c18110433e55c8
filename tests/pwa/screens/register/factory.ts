// Sheets and claims for tests; every person is fictional.
import type { PublishedClaim, SheetRow } from "../../../../pwa/src/generated/types.ts";
import { foldPublished } from "../../../../pwa/src/domain/sheet.ts";
import type { Frame } from "../../../../pwa/src/screens/register/form.ts";

export const FRAME: Frame = {
  date: "2026-11-23",
  session: "AM",
  opens: "08:45",
  closes: "09:15",
  ends: "12:00",
  timeZone: "Europe/London",
};

let serial = 0;

/** A claim id of the right shape. */
export function claimId(): string {
  serial += 1;
  return `${serial.toString(16).padStart(24, "0")}.0`;
}

/** A published claim that stands, unless `more` says otherwise. */
export function claim(code: string, more: Partial<PublishedClaim> = {}): PublishedClaim {
  return {
    id: claimId(),
    entry: `entry:${"a".repeat(32)}:00000001:${"b".repeat(16)}`,
    kind: "register.taken",
    group: "grp-7b",
    code,
    observed_at: "2026-11-23T08:46:00.000Z",
    written_at: "2026-11-23T08:46:30.000Z",
    received_at: "2026-11-23T08:47:00.000Z",
    author: "per-other",
    author_name: "Ms Other",
    role: "cover_teacher",
    device: "dev-other",
    replaces: [],
    verdict: "stands",
    ...more,
  };
}

/** A row of a sheet, folded. */
export function row(pupil: string, claims: PublishedClaim[] = [], more: Partial<SheetRow> = {}): SheetRow {
  return { pupil, claims, planned: [], listed: true, left: null, cell: foldPublished(claims, FRAME, FRAME.timeZone), ...more };
}

/** A value chosen at a moment of the morning. */
export function tap(code: string, at = "08:50", arrived: string | null = null): {
  code: string;
  arrived: string | null;
  observedAt: string;
  what: string;
} {
  return { code, arrived, observedAt: `2026-11-23T${at}:00.000Z`, what: `${code} at ${at}` };
}
