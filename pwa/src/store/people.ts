/** Everybody's own databases on this tablet, whoever is at it: `tidemark-<person>`. */
import { Outbox } from "./outbox.ts";
import { connectPerson } from "./person.ts";
import { DEVICE_DATABASE } from "./device.ts";
import { Photos } from "./photos.ts";
import { VisitDrafts } from "./visit-drafts.ts";

const PREFIX = "tidemark-";
const REPLICA = /-replica-[0-9a-f]+$/;

/** People who wrote something on this tablet, or began to; none where the browser cannot list databases. */
export async function peopleHere(): Promise<string[]> {
  const factory: Partial<Pick<IDBFactory, "databases">> = indexedDB;
  if (factory.databases === undefined) return [];
  const names = (await indexedDB.databases()).map(({ name = "" }) => name);
  return names
    .filter((name) => name.startsWith(PREFIX) && name !== DEVICE_DATABASE && !REPLICA.test(name))
    .map((name) => name.slice(PREFIX.length))
    .toSorted();
}

/** Do `work` with a person's outbox, and let go of it again. */
export async function withOutbox<T>(person: string, work: (outbox: Outbox) => Promise<T>): Promise<T> {
  const connection = connectPerson(person);
  try {
    return await work(new Outbox(connection, noRandom));
  } finally {
    await connection.close();
  }
}

/** Do `work` with a person's drafts of visits, and let go of them again. */
export async function withDrafts<T>(person: string, work: (drafts: VisitDrafts) => Promise<T>): Promise<T> {
  const connection = connectPerson(person);
  try {
    return await work(new VisitDrafts({ connection, school: "", now: noRandom, random: noRandom }));
  } finally {
    await connection.close();
  }
}

/** Do `work` with a person's photos, and let go of them again. */
export async function withPhotos<T>(person: string, work: (photos: Photos) => Promise<T>): Promise<T> {
  const connection = connectPerson(person);
  try {
    return await work(new Photos(connection));
  } finally {
    await connection.close();
  }
}

/** Entries on this tablet, of everybody but `person`, that the server has not got. */
export async function waitingOfOthers(person: string | null): Promise<number> {
  const others = (await peopleHere()).filter((other) => other !== person);
  const counts = await Promise.all(
    others.map((other) => withOutbox(other, async (outbox) => (await outbox.unsent()).length)),
  );
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Nothing is written into another person's outbox, so nothing has to be named. */
function noRandom(): never {
  throw new Error("An entry is written only by the person at the tablet.");
}
