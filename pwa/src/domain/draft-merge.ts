/**
 * Three-way merge of drafts that one author wrote on several tablets. What only one side changed is
 * taken; text that both changed is merged by its words where the changes do not touch. Anything else
 * is a conflict that the author settles on screen: nothing is dropped without their choice.
 */
import { commonBase, relation, takenIn } from "./draft-versions.ts";
import type { Fields, Version } from "./draft-versions.ts";

/** A field that the author has to settle. */
export interface Conflict {
  field: string;
  /** As it was when the copies had everything in common; null where they had it in none. */
  base: string | null;
  /** What each copy says; this tablet's first. */
  versions: readonly string[];
  /** All of it: both changes, one after the other, the rest once. Null for what is chosen whole. */
  both: string | null;
}

/** What came of a merge. A conflict's field is in `fields` too, as this tablet has it. */
export interface Merged {
  fields: Fields;
  conflicts: readonly Conflict[];
}

/** Fields of several lines, by their names in the note's form. */
const PROSE = /^(observation|analysis|parent_view|outcome_note|(words|shared)\..+|seen\..+\.how|(new_barrier|new_action|strength)\..+\.what)$/u;
/** Fields that keep what was on the screen as another was answered: a list of claims, as JSON. */
const PIN = "pin.";

/** Whether a field is prose, merged by its sentences; any other is chosen whole. */
export function isProse(field: string): boolean {
  return PROSE.test(field);
}

/** Merge what other copies say into this one, one after the other. */
export function mergeAll(mine: Version, others: readonly Version[]): Merged {
  let joined = mine;
  const conflicts = new Map<string, Conflict>();
  for (const other of others) {
    const how = relation(joined, other);
    if (how === "same" || how === "ahead") continue;
    const base = how === "behind" ? joined.fields : commonBase(joined, other);
    const merged = mergeFields(base, joined.fields, other.fields);
    for (const before of conflicts.values()) conflicts.set(before.field, and(before, base, merged, other.fields));
    for (const one of merged.conflicts) if (!conflicts.has(one.field)) conflicts.set(one.field, one);
    joined = takenIn(joined, other, merged.fields);
  }
  return { fields: joined.fields, conflicts: [...conflicts.values()] };
}

/** Merge two sides field by field; where they conflict the field stays as `mine` has it. */
export function mergeFields(base: Fields, mine: Fields, theirs: Fields): Merged {
  const fields: Record<string, string> = {};
  const conflicts: Conflict[] = [];
  for (const field of new Set([...Object.keys(mine), ...Object.keys(theirs)])) {
    const [was, one, other] = [base[field] ?? "", mine[field] ?? "", theirs[field] ?? ""];
    const merged = mergeField(field, was, one, other);
    fields[field] = merged.text ?? one;
    if (merged.text !== null) continue;
    conflicts.push({ field, base: base[field] ?? null, versions: [one, other], both: merged.both });
  }
  return { fields, conflicts };
}

function mergeField(field: string, base: string, one: string, other: string): { text: string | null; both: string | null } {
  if (one === other || other === base) return { text: one, both: null };
  if (one === base) return { text: other, both: null };
  if (field.startsWith(PIN)) return { text: both(one, other), both: null };
  return isProse(field) ? mergeText(base, one, other) : { text: null, both: null };
}

/** All that the author had on either screen. */
function both(one: string, other: string): string {
  return JSON.stringify([...new Set([...listed(one), ...listed(other)])]);
}

function listed(text: string): string[] {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

/** What a third copy says of a field that two others conflict in. */
function and(before: Conflict, base: Fields, merged: Merged, theirs: Fields): Conflict {
  const { field } = before;
  const [was, said, [, ...rest]] = [base[field] ?? "", theirs[field] ?? "", before.versions];
  const again = merged.conflicts.some((one) => one.field === field);
  const versions = [merged.fields[field] ?? "", ...rest, ...(again ? [said] : [])];
  if (before.both === null) return { ...before, versions: [...new Set(versions)] };
  const all = mergeText(was, before.both, said);
  return { ...before, versions: [...new Set(versions)], both: all.text ?? all.both };
}

/**
 * Merge text by its sentences: each that comes out is one that somebody wrote, whole. `text` null:
 * both changed the same place. `both`: there first what `one` says, then what only `other` says.
 */
export function mergeText(base: string, one: string, other: string): { text: string | null; both: string } {
  const regions = align(sentences(base), sentences(one), sentences(other));
  const said = regions.map(agreed);
  const all = regions.flatMap((region, index) => said[index] ?? region.one.concat(beyond(region)));
  return { text: said.includes(null) ? null : together(said.flatMap((part) => part ?? [])), both: together(all) };
}

/** What stands between two sentences that all three have: the same place in each of them. */
interface Region {
  base: readonly string[];
  one: readonly string[];
  other: readonly string[];
}

/** What a region comes to; null where both changed it. */
function agreed({ base, one, other }: Region): readonly string[] | null {
  if (alike(one, other) || alike(other, base)) return one;
  return alike(one, base) ? other : null;
}

/** What only the other side says in a region. */
function beyond({ one, other }: Region): string[] {
  const said = new Set(one.map(bare));
  return other.filter((sentence) => !said.has(bare(sentence)));
}

/** Cut three texts at the sentences that all have in common; those are regions of their own. */
function align(base: readonly string[], one: readonly string[], other: readonly string[]): Region[] {
  const [inOne, inOther] = [matches(base, one), matches(base, other)];
  const regions: Region[] = [];
  let [b, o, t] = [0, 0, 0];
  for (let index = 0; index <= base.length; index += 1) {
    const [i, j] = index === base.length ? [one.length, other.length] : [inOne[index], inOther[index]];
    if (i === undefined || j === undefined || i < 0 || j < 0) continue;
    const before = { base: base.slice(b, index), one: one.slice(o, i), other: other.slice(t, j) };
    if (before.base.length + before.one.length + before.other.length > 0) regions.push(before);
    if (index < base.length) regions.push({ base: base.slice(index, index + 1), one: one.slice(i, i + 1), other: other.slice(j, j + 1) });
    [b, o, t] = [index + 1, i + 1, j + 1];
  }
  return regions;
}

/** For each sentence of `base` its place in `text`, as in a longest common subsequence; -1: none. */
function matches(base: readonly string[], text: readonly string[]): Int32Array {
  const width = text.length + 1;
  const lengths = new Uint16Array((base.length + 1) * width);
  const [from, to] = [base.map(bare), text.map(bare)];
  for (let i = base.length - 1; i >= 0; i -= 1) {
    for (let j = text.length - 1; j >= 0; j -= 1) {
      const next = from[i] === to[j] ? (lengths[(i + 1) * width + j + 1] ?? 0) + 1 : longer(lengths, i, j, width);
      lengths[i * width + j] = next;
    }
  }
  const found = new Int32Array(base.length).fill(-1);
  for (let i = 0, j = 0; i < base.length && j < text.length; ) {
    if (from[i] === to[j]) {
      found[i] = j;
      i += 1;
      j += 1;
    } else if ((lengths[(i + 1) * width + j] ?? 0) >= (lengths[i * width + j + 1] ?? 0)) i += 1;
    else j += 1;
  }
  return found;
}

function longer(lengths: Uint16Array, i: number, j: number, width: number): number {
  return Math.max(lengths[(i + 1) * width + j] ?? 0, lengths[i * width + j + 1] ?? 0);
}

/** A text's sentences and lines, each with the space that follows it. */
export function sentences(text: string): string[] {
  return text.match(/[^]*?(?:[.!?…]+["'”’)\]]*\s+|\n\s*|$)/gu)?.filter((part) => part !== "") ?? [];
}

/** Without the space around it: that is nobody's words. */
function bare(sentence: string): string {
  return sentence.trim();
}

function alike(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((sentence, index) => bare(sentence) === bare(other[index] ?? ""));
}

/** Sentences put together again. One that ended its text stays one, though another follows now. */
function together(parts: readonly string[]): string {
  return parts.reduce((text, part) => {
    if (text === "" || /[.!?…]["'”’)\]]*\s+$|\n\s*$/u.test(text)) return text + part;
    return /[.!?…]["'”’)\]]*$/u.test(text) ? `${text} ${part}` : `${text.trimEnd()}\n${part}`;
  }, "");
}
