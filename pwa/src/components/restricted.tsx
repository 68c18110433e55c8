// A restricted record: whoever opens it is told that this is noted, and it is noted, once per visit.
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { cards, record } from "../state/app.ts";
import { mayRecord } from "./allowed.ts";
import { visits } from "./router.ts";

const noted = new Set<string>();
let notedOn = -1;

/** Shown where a pupil's details are opened (give it a key); nothing for other records. */
export function RestrictedNotice({ pupil }: { pupil: string }): JSX.Element | null {
  const restricted = cards.value.get(pupil)?.restricted ?? false;
  return <RestrictedDocument document={`card:${pupil}`} pupil={pupil} restricted={restricted} />;
}

interface RestrictedDocumentProps {
  /** Its `_id`. */
  document: string;
  pupil?: string | null;
  restricted: boolean;
}

/** The same for any document that may be restricted. */
export function RestrictedDocument({ document, pupil = null, restricted }: RestrictedDocumentProps): JSX.Element | null {
  // As of opening: navigating away from an open record is no second look at it.
  const [visit] = useState(() => visits.peek());
  const notes = restricted && mayRecord("record.viewed");
  const [failed, setFailed] = useState("");
  useEffect(() => {
    if (!notes || !isFirst(document, visit)) return;
    record({ kind: "record.viewed", document, pupil, purpose: null }).then(
      () => setFailed(""),
      (error: unknown) => setFailed(error instanceof Error ? error.message : "This could not be noted."),
    );
  }, [document, notes, visit]);
  if (!restricted) return null;
  return (
    <p class="tm-small tm-soft" data-restricted>
      This is a restricted record. {notes ? "Opening this record is noted." : ""} {failed}
    </p>
  );
}

/** Whether the record is opened for the first time on this visit of a page. */
function isFirst(document: string, visit: number): boolean {
  if (visit !== notedOn) noted.clear();
  notedOn = visit;
  if (noted.has(document)) return false;
  noted.add(document);
  return true;
}
