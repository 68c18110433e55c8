// What a row says beside its mark: contradictions, news, set-aside words, notes. In words first.
import type { ComponentChildren, JSX } from "preact";
import { Button } from "../../components/button.tsx";
import { Tag } from "../../components/tag.tsx";
import { shortDate } from "../../components/text.ts";
import type { PublishedClaim } from "../../generated/types.ts";
import { claimWords, fateWords, isAmendment } from "./claim-words.ts";
import type { Telling } from "./claim-words.ts";
import type { RowView } from "./view.ts";
import { idsOf } from "./view.ts";

interface RowNotesProps {
  view: RowView;
  telling: Telling;
  nDue: string | null;
  onReveal: () => void;
}

/** Nothing is drawn for a row about which there is nothing to say. */
export function RowNotes({ view, telling, nDue, onReveal }: RowNotesProps): JSX.Element | null {
  const notes = [
    ...newsNotes(view, onReveal),
    ...checkNotes(view, telling),
    ...joinedNotes(view, telling),
    ...markNotes(view, nDue),
  ];
  return notes.length === 0 ? null : <div class="tm-pupil__notes">{notes}</div>;
}

function note(key: string, content: ComponentChildren): JSX.Element {
  return (
    <p class="tm-note" key={key}>
      {content}
    </p>
  );
}

function newsNotes(view: RowView, onReveal: () => void): JSX.Element[] {
  if (view.news.length === 0) return [];
  return [
    <p class="tm-note tm-note--news" key="news">
      <Tag tone="check">Changed while you were here</Tag>{" "}
      <span>There is news of this pupil’s mark. It is not shown yet, and what you mark leaves it as it is.</span>{" "}
      <Button small kind="secondary" onClick={onReveal}>
        Show it
      </Button>
    </p>,
  ];
}

function byIds(view: RowView, ids: readonly string[]): PublishedClaim[] {
  return view.shown.filter(({ id }) => ids.includes(id));
}

function checkNotes(view: RowView, telling: Telling): JSX.Element[] {
  const notes: JSX.Element[] = [];
  if (view.cell.state === "contested" && view.choice === null) {
    notes.push(
      <div class="tm-note" key="contested">
        <Tag tone="check">Contradiction: check</Tag>
        <ul class="tm-note__list">
          {byIds(view, idsOf(view.cell).live).map((claim) => (
            <li key={claim.id}>{claimWords(claim, telling)}</li>
          ))}
        </ul>
        <span>It counts as not marked until somebody settles it. If you know, choose the right mark: you then say why.</span>
      </div>,
    );
  }
  if (view.outrun) {
    const unseen = byIds(view, [...idsOf(view.cell).live, ...idsOf(view.cell).joined]).filter(
      ({ id }) => view.choice?.replaces.includes(id) === false,
    );
    notes.push(
      <div class="tm-note" key="outrun">
        <Tag tone="check">Chosen before this came</Tag>
        <ul class="tm-note__list">
          {unseen.map((claim) => (
            <li key={claim.id}>{claimWords(claim, telling)}</li>
          ))}
        </ul>
        <span>Saved as it is, both stand and the office checks. To replace it, choose your mark again.</span>
      </div>,
    );
  }
  if (view.cell.recheck === true) {
    notes.push(
      note(
        "recheck",
        <>
          <Tag tone="check">Check</Tag> Came in at {view.cell.arrived}, and was seen absent after that. Find out where this
          pupil is.
        </>,
      ),
    );
  }
  for (const claim of view.shown.filter(({ verdict }) => verdict === "set_aside" || verdict === "held")) {
    notes.push(
      note(
        claim.id,
        <>
          <Tag tone="check">Check</Tag> {claimWords(claim, telling)}. {fateWords(claim, view.shown, telling)}
        </>,
      ),
    );
  }
  return notes;
}

/** The absence that a late arrival answered. */
function joinedNotes(view: RowView, telling: Telling): JSX.Element[] {
  if (view.choice !== null) return [];
  return byIds(view, idsOf(view.cell).joined).map((claim) =>
    note(claim.id, <>Before that: {claimWords(claim, telling)}.</>),
  );
}

function markNotes(view: RowView, nDue: string | null): JSX.Element[] {
  const notes: JSX.Element[] = [];
  const live = byIds(view, idsOf(view.cell).live);
  const said = view.choice ?? live[0];
  const message = view.choice === null ? live.find((one) => one.parent_message)?.parent_message : view.choice.parentMessage;
  const remark = said?.remark ?? "";
  const asks = view.choice === null ? live.some((one) => one.ask_office === true) : view.choice.askOffice;
  if (view.code === "N" && nDue !== null) notes.push(note("due", <>The reason must be known by {shortDate(nDue)}.</>));
  if (message) notes.push(note("message", <>A parent said: “{message}”</>));
  if (remark) notes.push(note("remark", <>Remark: “{remark}”</>));
  if (view.left !== null) notes.push(note("left", <>Left the site at {view.left}.</>));
  const amended = view.choice === null && live.some(isAmendment);
  if (!asks && !amended) return notes;
  notes.push(
    note(
      "tags",
      <>
        {amended ? <Tag tone="quiet">Amended</Tag> : null} {asks ? <Tag tone="warning">Office asked to look</Tag> : null}
      </>,
    ),
  );
  return notes;
}
