/**
 * A published visit with this person's own entries folded over it, by the fold the server uses
 * (`sync/family/visits.py`): what they record shows at once and without a signal, `received_at` null until
 * the server has it. `tests/vectors/visits.json` holds both to one reading.
 */
import type { Addendum, Contributed, Photo, Visit } from "../generated/types.ts";
import { liveClaims, valuesOf, withClaims } from "./facts.ts";
import type { Cells, FactCell, FactSaid } from "./facts.ts";
import type { Waiting } from "./sheet.ts";
import { instant } from "./time.ts";
import { corrected, isOfAVisit, tells, visitFacts, writtenAt } from "./told.ts";

const NOTE_DUE_HOURS = 24;
const NOTE_OVERDUE_HOURS = 48;
const HOUR_MS = 3_600_000;
/** The flag of a plan, or a departure, that lies before the visit's beginning. */
const BACKWARDS = "ends_before_it_starts";

/** Own entries over what is published of a visit; null where there is nothing to show. */
export function overlayVisit(base: Visit | null, own: readonly Waiting[], restricted: boolean): Visit | null {
  const first = own.map(({ entry }) => entry.body).find(isOfAVisit);
  if (base !== null && (base.restricted ?? false) === restricted && (own.length === 0 || first === undefined)) return base;
  if (base === null && !own.some(isHeard)) return null;
  const visit = base?.visit ?? first?.visit ?? "";
  const cells = flagged(withClaims(base?.cells ?? [], own.flatMap(visitFacts)));
  const ended = endedAt(cells);
  const owing = owingOf(cells);
  const due = owing.size === 0 ? null : ended;
  const handedIn = handedInBy(base, own);
  return {
    _id: base?._id ?? `visit:${visit}`,
    type: "visit",
    visit,
    case: base?.case ?? first?.case ?? "",
    cells: [...cells],
    ...narrative(base, own),
    photos: photos(base, own),
    ended_at: ended,
    note_due_at: later(due, NOTE_DUE_HOURS),
    note_overdue_at: later(due, NOTE_OVERDUE_HOURS),
    owed_by: due === null ? [] : [...owing].filter((person) => !handedIn.has(person)).toSorted(),
    restricted,
    as_at: base?.as_at ?? own.map(writtenAt).toSorted().at(-1) ?? "",
  };
}

/** Whether anything of an own entry speaks: a fact of the visit, a note, an addendum, a photo. */
function isHeard(one: Waiting): boolean {
  const tellsMore = tells(one, "visit.submitted") || tells(one, "visit.addendum") || tells(one, "photo.added");
  return (tellsMore && one.silent === null) || visitFacts(one).some(({ verdict }) => verdict === "stands");
}

/**
 * When it ended, or will, as far as is known: left, else the plan's end, the latest of several; never
 * before it began. Null where nobody said, or it is cancelled.
 */
export function endedAt(cells: Cells): string | null {
  const plans = valuesOf(cells, "plan").filter(({ cancelled = null }) => cancelled === null);
  const left = valuesOf(cells, "left").map(({ at }) => at);
  const arrived = valuesOf(cells, "arrived").map(({ at }) => at);
  const ends = left.length > 0 ? left : plans.map((plan) => plan.ends);
  const begun = arrived.length > 0 ? arrived : plans.map((plan) => plan.starts);
  return ends.length === 0 ? null : ([...ends, ...begun].toSorted().at(-1) ?? null);
}

/** Who has to write about it: the workers of the plan, or whoever recorded a visit nobody planned. */
function owingOf(cells: Cells): ReadonlySet<string> {
  const plans = valuesOf(cells, "plan");
  if (plans.length === 0) return new Set(cells.flatMap(liveClaims).map(({ author }) => author));
  return new Set(plans.flatMap(({ cancelled = null, workers }) => (cancelled === null ? workers : [])));
}

/** Who has handed in a note: as the server has it, and here. */
function handedInBy(base: Visit | null, own: readonly Waiting[]): ReadonlySet<string> {
  const owed = new Set(base?.owed_by);
  const before = base === null || endedAt(base.cells) === null ? [] : [...owingOf(base.cells)].filter((one) => !owed.has(one));
  const here = own.filter((one) => tells(one, "visit.submitted") && one.silent?.verdict !== "declined");
  const notes = (base?.contributions ?? []).map(({ author }) => author);
  return new Set([...before, ...notes, ...here.map(({ entry }) => entry.body.author)]);
}

/** Contributions in order of writing, each with what was added; and addenda whose note has not come. */
function narrative(base: Visit | null, own: readonly Waiting[]): { contributions: Contributed[]; addenda: Addendum[] } {
  const speaking = own.filter(({ silent }) => silent === null);
  const before = base?.contributions ?? [];
  const notes = unique([...before, ...speaking.flatMap(noteOf)]);
  const added = unique([...before.flatMap(({ addenda = [] }) => addenda), ...(base?.addenda ?? []), ...speaking.flatMap(addendumOf)]);
  const of = (entry: string): Addendum[] => added.filter(({ to }) => to === entry);
  return {
    contributions: notes.map((note) => ({ ...note, addenda: of(note.entry) })),
    addenda: added.filter(({ to }) => !notes.some(({ entry }) => entry === to)),
  };
}

function noteOf(one: Waiting): Contributed[] {
  if (!tells(one, "visit.submitted")) return [];
  const { entry, authorName, receivedAt } = one;
  const { author, role, device, begun_at: begun = null, contribution } = entry.body;
  return [
    {
      entry: entry._id,
      author,
      author_name: authorName,
      role,
      device,
      begun_at: begun === null ? null : corrected(one, begun),
      written_at: writtenAt(one),
      received_at: receivedAt,
      contribution: {
        observation: contribution.observation ?? null,
        analysis: contribution.analysis ?? null,
        parent_view: contribution.parent_view ?? null,
        words: contribution.words ?? [],
      },
      addenda: [],
    },
  ];
}

function addendumOf(one: Waiting): Addendum[] {
  if (!tells(one, "visit.addendum")) return [];
  const { entry, authorName, receivedAt } = one;
  const { author, text, to } = entry.body;
  return [{ entry: entry._id, to, author, author_name: authorName, written_at: writtenAt(one), received_at: receivedAt, text }];
}

/** Photos in the order in which they were taken; each once. */
function photos(base: Visit | null, own: readonly Waiting[]): Photo[] {
  const known = new Set((base?.photos ?? []).map(({ entry }) => entry));
  const here = own.filter(({ silent, entry }) => silent === null && !known.has(entry._id)).flatMap(photoOf);
  const every = [...(base?.photos ?? []), ...here];
  const order = (one: Photo): string => `${one.taken_at} ${one.entry}`;
  const found = new Map<string, Photo>();
  for (const one of every.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))) if (!found.has(one.photo)) found.set(one.photo, one);
  return [...found.values()];
}

function photoOf(one: Waiting): Photo[] {
  if (!tells(one, "photo.added")) return [];
  const { author, photo, caption = null, media_type: type, bytes, digest, thumbnail = null, taken_at: taken } = one.entry.body;
  return [
    {
      photo,
      entry: one.entry._id,
      author,
      author_name: one.authorName,
      caption,
      media_type: type,
      bytes,
      digest,
      thumbnail,
      taken_at: corrected(one, taken),
      state: "waiting",
      reason: null,
    },
  ];
}

/** Each entry once, the published one first, in order of writing. */
function unique<T extends { entry: string; written_at: string }>(every: readonly T[]): T[] {
  const found = new Map<string, T>();
  for (const one of every) if (!found.has(one.entry)) found.set(one.entry, one);
  return [...found.values()].toSorted((a, b) => (`${a.written_at} ${a.entry}` < `${b.written_at} ${b.entry}` ? -1 : 1));
}

/** With a flag on each plan and departure that lies before the beginning. */
function flagged(cells: Cells): FactCell[] {
  const arrived = valuesOf(cells, "arrived").map(({ at }) => at).toSorted()[0] ?? "";
  return cells.map((cell) => {
    if (cell.cell !== "plan" && cell.cell !== "left") return cell;
    const claims = cell.claims.map((claim) => flag(claim, arrived));
    return claims.some((claim, index) => claim !== cell.claims[index]) ? { ...cell, claims } : cell;
  });
}

function flag(claim: FactSaid, arrived: string): FactSaid {
  const { says, flags = [] } = claim;
  const backwards = (says.fact === "plan" && says.ends < says.starts) || (says.fact === "left" && says.at < arrived);
  const others = flags.filter((one) => one !== BACKWARDS);
  if (backwards === flags.includes(BACKWARDS)) return claim;
  return { ...claim, flags: backwards ? [...others, BACKWARDS] : others };
}

function later(moment: string | null, hours: number): string | null {
  return moment === null ? null : instant(Date.parse(moment) + hours * HOUR_MS);
}
