// The open note: its fields, kept at every pause, and what a person can do with it.
import { useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import {
  discardVisitDraft,
  draftHandedIn,
  draftSubmission,
  loadDraft,
  loadVisitDraft,
  observedNow,
  record,
  saveDraft,
  saveVisitDraft,
} from "../../../state/app.ts";
import { Autosave } from "./autosave.ts";
import type { Kept } from "./autosave.ts";
import { draftFor, draftIdOf } from "./drafts.ts";
import { known } from "./family.ts";
import type { NoteFrame } from "./family.ts";
import type { Fields } from "./fields.ts";
import { handIn } from "./hand-in.ts";
import { useOneTab } from "./one-tab.ts";
import type { Owners } from "./owners.ts";

/** A note that is open. */
export interface OpenNote {
  readonly draft: string;
  /** What the form shows: what was written, over what is known. */
  readonly fields: Fields;
  readonly kept: Kept;
  /** When its first words were kept; null before. */
  readonly begunAt: string | null;
  readonly set: (change: Fields) => void;
  /** Keep it now; whether all of it is. */
  readonly flush: () => Promise<boolean>;
  /** Open it again, with what came from another tablet. Kept first, what was typed here is in it too. */
  readonly reload: () => Promise<void>;
  /** Hand it in; null once it is, or why it is not, in words. */
  readonly submit: (frame: NoteFrame, owners: Owners) => Promise<string | null>;
  readonly discard: () => Promise<void>;
}

interface Opened {
  draft: string;
  fields: Fields;
  begunAt: string | null;
}

/** Open the note that a person writes of a visit; null until its draft has been looked for. */
export function useNote(frame: NoteFrame): OpenNote | "unreadable" | "elsewhere" | null {
  const { visit, case: of } = frame.visit;
  const opened = useSignal<Opened | null>(null);
  const failed = useSignal(false);
  const kept = useSignal<Kept>({ phase: "nothing" });
  const tab = useOneTab(`tidemark-note-${frame.person}-${visit}`);
  const latest = useRef(frame);
  latest.current = frame;

  const autosave = useMemo(() => {
    return new Autosave<Opened>({
      save: ({ draft, fields }) => saveVisitDraft(draft, { case: of, visit, fields }),
      tell: (state) => {
        kept.value = state;
      },
      now: observedNow,
      later: (work, ms) => {
        const timer = setTimeout(work, ms);
        return () => clearTimeout(timer);
      },
    });
  }, [visit]);

  const open = async (): Promise<void> => {
    const found = await openDraft(visit, frame.person);
    opened.value = { draft: found.draft, fields: found.fields, begunAt: found.begunAt };
    if (found.savedAt !== null) kept.value = { phase: "kept", at: found.savedAt };
  };

  useEffect(() => {
    if (tab !== "here") return undefined;
    open().catch(() => {
      failed.value = true;
    });
    return keepOnLeaving(autosave);
  }, [visit, tab]);

  if (tab === "elsewhere") return "elsewhere";
  if (failed.value) return "unreadable";
  const now = opened.value;
  if (now === null) return null;
  return {
    draft: now.draft,
    fields: { ...known(frame), ...now.fields },
    kept: kept.value,
    begunAt: now.begunAt,
    set: (change) => {
      const before = opened.peek() ?? now;
      opened.value = { ...before, begunAt: before.begunAt ?? observedNow(), fields: { ...before.fields, ...change } };
      autosave.change(opened.value);
    },
    flush: () => autosave.flush(),
    reload: async () => {
      if (await autosave.flush()) await open();
    },
    submit: async (asOf, owners) => {
      if (!(await autosave.flush())) return "It is not kept on this tablet yet, and so it cannot be handed in. Nothing was sent.";
      const { draft, fields } = opened.peek() ?? now;
      try {
        const { facts, contribution } = handIn(asOf, { ...known(asOf), ...fields }, owners);
        const ends = draftSubmission(draft);
        await record({ kind: "visit.submitted", case: of, visit, facts, contribution, ...ends });
      } catch (error) {
        return error instanceof Error ? error.message : "The tablet’s storage did not answer.";
      }
      autosave.stop();
      // The note is in: a copy that cannot be removed now is removed when it is read next.
      await draftHandedIn(draft).catch(() => undefined);
      return null;
    },
    discard: async () => {
      autosave.stop();
      const { draft } = opened.peek() ?? now;
      await discardVisitDraft(draft);
      await countDiscard(visit);
    },
  };
}

/** Whoever turns the tablet off, or goes to another page, has it kept first. */
function keepOnLeaving(autosave: Autosave<Opened>): () => void {
  const flush = (): void => void autosave.flush();
  const hidden = (): void => {
    if (document.visibilityState === "hidden") flush();
  };
  document.addEventListener("visibilitychange", hidden);
  addEventListener("pagehide", flush);
  addEventListener("blur", flush);
  return () => {
    document.removeEventListener("visibilitychange", hidden);
    removeEventListener("pagehide", flush);
    removeEventListener("blur", flush);
    flush();
  };
}

interface Found extends Opened {
  savedAt: string | null;
}

async function openDraft(visit: string, person: string): Promise<Found> {
  const going = draftFor(visit);
  const draft = going?.draft ?? draftIdOf(visit, person, await discards(visit));
  const loaded = await loadVisitDraft(draft);
  return { draft, fields: loaded?.fields ?? {}, begunAt: loaded?.begunAt ?? null, savedAt: loaded?.savedAt ?? null };
}

const DISCARDS = "note-discards:";

/** How many drafts of this visit's note were discarded here: the next one is another. */
async function discards(visit: string): Promise<number> {
  const n = await loadDraft<unknown>(DISCARDS + visit);
  return typeof n === "number" ? n : 0;
}

async function countDiscard(visit: string): Promise<void> {
  await saveDraft(DISCARDS + visit, (await discards(visit)) + 1);
}
