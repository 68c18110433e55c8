/**
 * Versions of a draft: how its author's copies stand to each other, and what two of them had in
 * common. Each copy is written by one store alone, and counts its savings.
 */

/** A form's fields by name: prose as it is, anything else as the form writes it. */
export type Fields = Readonly<Record<string, string>>;
/** How far copies are known: by copy, the number of its last saving that was taken in. */
export type Covers = Readonly<Record<string, number>>;

/** Another copy as it was when it was taken in last. */
export interface Seen {
  readonly n: number;
  readonly saw: Covers;
  readonly fields: Fields;
}

interface Snapshot extends Seen {
  readonly copy: string;
}

/** One copy of a draft as it stands. */
export interface Version {
  readonly copy: string;
  readonly n: number;
  readonly saw: Covers;
  readonly seen: Readonly<Record<string, Seen>>;
  readonly fields: Fields;
}

/** `behind`: the other has all of this one, and more. `apart`: each has what the other has not. */
type Relation = "same" | "behind" | "ahead" | "apart";

/** How far every copy is known to whoever has this one. */
export function coversOf({ copy, n, saw }: Pick<Version, "copy" | "n" | "saw">): Covers {
  return n === 0 ? saw : { ...saw, [copy]: n };
}

/** The further of two for each copy. */
export function further(one: Covers, other: Covers): Covers {
  const joined: Record<string, number> = { ...one };
  for (const [copy, n] of Object.entries(other)) joined[copy] = Math.max(n, joined[copy] ?? 0);
  return joined;
}

/** Whether `one` knows all that `other` knows. */
export function reaches(one: Covers, other: Covers): boolean {
  return Object.entries(other).every(([copy, n]) => (one[copy] ?? 0) >= n);
}

/** How one copy stands to another. */
export function relation(one: Version, other: Version): Relation {
  const [mine, theirs] = [coversOf(one), coversOf(other)];
  const [has, isHad] = [reaches(mine, theirs), reaches(theirs, mine)];
  if (has && isHad) return "same";
  return has ? "ahead" : isHad ? "behind" : "apart";
}

/** One copy after it has taken the other in, saying `fields` by now. */
export function takenIn(one: Version, other: Version, fields: Fields): Version {
  const seen: Record<string, Seen> = { ...one.seen };
  for (const [copy, kept] of Object.entries({ ...other.seen, [other.copy]: asSeen(other) })) {
    if (copy !== one.copy && (seen[copy]?.n ?? 0) < kept.n) seen[copy] = kept;
  }
  const { [one.copy]: _own, ...saw } = further(one.saw, coversOf(other));
  return { ...one, saw, seen, fields };
}

function asSeen({ n, saw, fields }: Version): Seen {
  return { n, saw, fields };
}

/**
 * What two copies had in common last, for a three-way merge: field by field. A field that they had
 * in no one version is left out, as if it had been empty: then nothing of either side goes.
 */
export function commonBase(one: Version, other: Version): Fields {
  const [mine, theirs] = [coversOf(one), coversOf(other)];
  const known = [...snapshots(one), ...snapshots(other)];
  const common = known.filter(({ copy, n }) => (mine[copy] ?? 0) >= n && (theirs[copy] ?? 0) >= n);
  const latest = common.filter((base) => !common.some((later) => isAfter(later, base)));
  const [first, ...rest] = latest;
  if (first === undefined) return {};
  // Both took in the other at once: what the two bases say alike is common all the same.
  return Object.fromEntries(Object.entries(first.fields).filter(([name, text]) => rest.every(({ fields }) => fields[name] === text)));
}

/**
 * What a copy remembers of others. Not what it says itself: since its last saving it may have taken
 * another in, and whoever has seen that saving remembers what it said.
 */
function snapshots({ seen }: Version): Snapshot[] {
  return Object.entries(seen).map(([copy, kept]) => ({ copy, n: kept.n, saw: kept.saw, fields: kept.fields }));
}

function isAfter(later: Snapshot, base: Snapshot): boolean {
  return (later.copy === base.copy && later.n > base.n) || (later.copy !== base.copy && (later.saw[base.copy] ?? 0) >= base.n);
}
