/** The people of a school, sorted by what somebody at the desk looks for. Pure. */
import type { BodyOf } from "../../domain/entry.ts";
import { POST } from "../../domain/grants.ts";
import type { DeviceHolding, DeviceRow, GrantLine, PersonAccess } from "../../generated/types.ts";
import type { OutboxItem } from "../../state/model.ts";

export interface Sorted {
  /** With something that somebody gave, in force or to begin. */
  readonly granted: readonly PersonAccess[];
  /** With something that is over, and nothing given now. */
  readonly ended: readonly PersonAccess[];
  /** With no more than their post. */
  readonly posts: readonly PersonAccess[];
}

/** Whether somebody gave it for a time, rather than with an account. */
export function isGiven({ grant }: GrantLine): boolean {
  return (grant.id ?? POST) !== POST || (grant.ends ?? null) !== null;
}

/** Everybody once, in the order they came in; those whose name holds `typed`. */
export function sortPeople(people: readonly PersonAccess[], typed: string): Sorted {
  const words = typed.trim().toLocaleLowerCase("en-GB");
  const found = people.filter(({ name }) => name.toLocaleLowerCase("en-GB").includes(words));
  const now = (one: PersonAccess): boolean => one.grants.some((line) => isGiven(line) && line.state !== "over");
  const past = (one: PersonAccess): boolean => one.grants.some(({ state }) => state === "over");
  return {
    granted: found.filter(now),
    ended: found.filter((one) => !now(one) && past(one)),
    posts: found.filter((one) => !now(one) && !past(one)),
  };
}

export type GrantItem = OutboxItem & { body: BodyOf<"grant.given"> | BodyOf<"grant.ended"> };

/** Own entries about grants that the server's list cannot know of yet, or that did not come to stand. */
export function pendingOf(entries: readonly OutboxItem[], people: readonly PersonAccess[]): GrantItem[] {
  const listed = new Set(people.flatMap(({ grants }) => grants.flatMap(({ grant }) => [grant.id, grant.ended?.entry])));
  return entries.filter((item): item is GrantItem => {
    if (item.body.kind !== "grant.given" && item.body.kind !== "grant.ended") return false;
    return item.state === "waiting" || item.state === "refused" || (item.state === "held" && !listed.has(item.id));
  });
}

/** What is known of a person on each tablet they used. */
export function tabletsOf(rows: readonly DeviceRow[], person: string): { row: DeviceRow; holding: DeviceHolding | undefined }[] {
  return rows.flatMap((row) => {
    const found = (row.people ?? []).find((one) => one.person === person);
    return found === undefined || row.state === "gone" ? [] : [{ row, holding: found.holding }];
  });
}
