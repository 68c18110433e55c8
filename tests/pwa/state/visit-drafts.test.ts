/** A draft on several tablets of one author: offline, met again, reconciled, handed in, and killed between. */
import { beforeEach, describe, expect, test } from "vitest";
import type { Draft, DraftDropping, DraftEnd, DraftKept, DraftSaving } from "../../../pwa/src/generated/types.ts";
import { Signals } from "../../../pwa/src/state/signals.ts";
import { DraftDesk } from "../../../pwa/src/state/visit-drafts.ts";
import { settledFields, firstChoices } from "../../../pwa/src/screens/visits/drafts/settling.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import { VisitDrafts } from "../../../pwa/src/store/visit-drafts.ts";
import type { Answer } from "../../../pwa/src/sync/answers.ts";
import { Client } from "../../../pwa/src/sync/client.ts";
import { DraftPush } from "../../../pwa/src/sync/draft-push.ts";
import { countingHex, freshStores } from "../support/browser.ts";

const WHO = "worker-1";
const AREA = "area-1";
const ABOUT = { case: "case-1", visit: "visit-1" };
const AT = "2026-11-23T09:00:00.000Z";

/** What the server keeps of drafts: the latest of each copy, and what is over. */
class Shelf {
  readonly copies = new Map<string, Draft>();
  end: DraftEnd | null = null;
  readonly asked: string[] = [];

  save(saving: DraftSaving): Answer<DraftKept> {
    const { after: _after, ...said } = saving;
    this.asked.push(`PUT ${saving.copy_id} ${saving.n}`);
    const digest = "0".repeat(64);
    const ended = (this.end?.covers[saving.copy_id] ?? 0) >= saving.n;
    const stored = { author: WHO, author_name: "Fay Field", digest, received_at: AT };
    if (!ended) this.copies.set(saving.copy_id, { ...said, ...stored, _id: `draft:${saving.draft}:${WHO}:${saving.copy_id}`, type: "draft" });
    return { kind: "ok", value: { copy_id: saving.copy_id, n: saving.n, digest, received_at: AT, ended } };
  }

  over(draft: string, covers: DraftDropping["covers"], entry: string | null): void {
    const joined = { ...this.end?.covers, ...covers };
    this.end = { _id: `draft_end:${WHO}:${draft}`, draft, author: WHO, ...ABOUT, entry: entry ?? this.end?.entry ?? null, covers: joined, at: AT };
    for (const [copy, one] of this.copies) if ((joined[copy] ?? 0) >= one.n) this.copies.delete(copy);
  }
}

/** A client that reaches the shelf, or nothing at all. */
class Wire extends Client {
  down = false;
  readonly #shelf: Shelf;

  constructor(shelf: Shelf) {
    super({ fetch, now: () => 0, device: "none" });
    this.#shelf = shelf;
  }

  override saveDraft(_school: string, _draft: string, body: DraftSaving): Promise<Answer<DraftKept>> {
    return Promise.resolve(this.down ? { kind: "unreachable", reason: "No signal." } : this.#shelf.save(body));
  }

  override dropDraft(_school: string, draft: string, body: DraftDropping): Promise<Answer<unknown>> {
    if (this.down) return Promise.resolve({ kind: "unreachable", reason: "No signal." });
    this.#shelf.over(draft, body.covers, null);
    return Promise.resolve({ kind: "ok", value: {} });
  }
}

class Device {
  readonly signals = new Signals();
  readonly wire: Wire;
  readonly #shelf: Shelf;
  readonly #name: string;
  readonly #seed: number;
  entries = 0;
  desk!: DraftDesk;
  push!: DraftPush;

  constructor(name: string, shelf: Shelf, seed: number) {
    this.#name = name;
    this.#seed = seed;
    this.#shelf = shelf;
    this.wire = new Wire(shelf);
    this.start();
  }

  /** Begin as the app does; again, as after its browser was killed. */
  start(): void {
    // One browser's databases are apart from another's: here by their name.
    const connection = connectPerson(`${WHO}-${this.#name}`);
    const store = new VisitDrafts({ connection, school: AREA, now: () => AT, random: countingHex(this.#seed) });
    this.desk = new DraftDesk({ person: WHO, store, signals: this.signals, onWritten: () => undefined });
    this.push = new DraftPush({
      drafts: store,
      client: this.wire,
      school: AREA,
      device: this.#name,
      entriesWait: () => Promise.resolve(this.entries > 0),
      leading: () => true,
      onDrafts: () => this.desk.read(),
    });
  }

  write(text: string, draft = "draft-1"): Promise<void> {
    return this.desk.save(draft, { ...ABOUT, fields: { observation: text } });
  }

  /** Send, then pull. */
  async sync(): Promise<void> {
    this.push.now();
    await this.push.idle;
    this.signals.syncedDrafts.value = new Map([...this.#shelf.copies.values()].map((one) => [one._id, one]));
    this.signals.draftEnds.value = new Map(this.#shelf.end === null ? [] : [[this.#shelf.end.draft, this.#shelf.end]]);
    await this.desk.read();
  }

  async text(draft = "draft-1"): Promise<string | undefined> {
    return (await this.desk.load(draft))?.fields["observation"];
  }

  shown(draft = "draft-1"): { where: string; others: string } | null {
    const found = this.signals.visitDrafts.value.get(draft);
    return found === undefined ? null : { where: found.standing.where, others: found.others };
  }

  /** The author keeps both, where both wrote in one place. */
  async settle(draft = "draft-1"): Promise<void> {
    const from = this.desk.reconcile(draft);
    await this.desk.settle(settledFields(from.fields, from.conflicts, firstChoices(from.conflicts)), from);
  }
}

let shelf: Shelf;
let car: Device;
let desk: Device;
beforeEach(() => {
  freshStores();
  shelf = new Shelf();
  car = new Device("car", shelf, 1);
  desk = new Device("desk", shelf, 2);
});

describe("a draft on two tablets", () => {
  test("says where its newest words are", async () => {
    car.wire.down = true;
    await car.write("One.");
    await car.sync();
    expect(car.shown()).toEqual({ where: "tablet", others: "none" });
    car.wire.down = false;
    await car.sync();
    expect(car.shown()).toEqual({ where: "server", others: "none" });
  });

  test("is gone on with on the other one, and back again", async () => {
    await car.write("One.");
    await car.sync();
    await desk.sync();
    expect(await desk.text()).toBe("One.");
    await desk.write("One. Two.");
    await desk.sync();
    await car.sync();
    expect(car.shown()?.others).toBe("newer");
    expect(await car.text()).toBe("One. Two.");
  });

  test("written on both without a signal is settled by its author, and handed in with all of it", async () => {
    await car.write("One.");
    await car.sync();
    await desk.sync();
    await desk.text();
    await car.write("One. From the car.");
    await desk.write("One. From the desk.");
    for (const one of [car, desk, car]) await one.sync();
    expect(car.shown()?.others).toBe("apart");
    await car.settle();
    expect(await car.text()).toBe("One. From the car. From the desk.");
    await car.sync();
    await desk.sync();
    expect(desk.shown()?.others).toBe("newer");
    const ends = car.desk.submission("draft-1");
    expect(Object.keys(ends?.covers ?? {})).toHaveLength(2);
    shelf.over("draft-1", ends?.covers ?? {}, "entry:x");
    await car.desk.handedIn("draft-1");
    for (const one of [car, desk]) {
      await one.sync();
      expect(one.shown()).toBeNull();
    }
  });

  test("is settled by nobody where both came to say the same", async () => {
    await car.write("Nobody in.");
    await desk.write("Nobody in.");
    for (const one of [car, desk, car]) await one.sync();
    expect(await car.text()).toBe("Nobody in.");
    expect(car.shown()?.others).toBe("none");
  });

  test("keeps what came while its author was choosing", async () => {
    await car.write("Car.");
    await desk.write("Desk.");
    for (const one of [car, desk, car]) await one.sync();
    const from = car.desk.reconcile("draft-1");
    await desk.write("Desk. More from the desk.");
    for (const one of [desk, car]) await one.sync();
    await car.desk.settle({ observation: "Car. Desk." }, from);
    expect(car.shown()?.others).toBe("apart");
    await car.settle();
    expect(await car.text()).toContain("More from the desk.");
  });

  test("loses nothing where the browser is killed before and after it is sent", async () => {
    await car.write("One.");
    car.start();
    await car.desk.read();
    expect(await car.text()).toBe("One.");
    await car.sync();
    car.start();
    await car.write("One. Two.");
    car.start();
    await car.sync();
    expect([...shelf.copies.values()].map(({ fields }) => fields["observation"])).toEqual(["One. Two."]);
  });
});

describe("a third tablet", () => {
  test("that comes late with more than was handed in keeps it for its author", async () => {
    const late = new Device("late", shelf, 3);
    await car.write("One.");
    for (const one of [car, late]) await one.sync();
    await late.text();
    late.wire.down = true;
    await late.write("One. Late words.");
    const ends = car.desk.submission("draft-1");
    shelf.over("draft-1", ends?.covers ?? {}, "entry:x");
    await car.desk.handedIn("draft-1");
    late.wire.down = false;
    await late.sync();
    expect(late.signals.visitDrafts.value.get("draft-1")).toMatchObject({ handedIn: "entry:x", fields: { observation: "One. Late words." } });
    await car.sync();
    expect(car.signals.visitDrafts.value.get("draft-1")).toMatchObject({ handedIn: "entry:x" });
    await car.desk.discard("draft-1");
    for (const one of [car, late]) {
      await one.sync();
      expect(one.shown()).toBeNull();
    }
    expect(shelf.copies.size).toBe(0);
  });
});

describe("drafts and entries", () => {
  test("an entry that waits goes first", async () => {
    car.entries = 1;
    await car.write("One.");
    await car.sync();
    expect(shelf.asked).toEqual([]);
    car.entries = 0;
    await car.sync();
    expect(shelf.asked).toHaveLength(1);
  });

  test("what was discarded without a signal is discarded on the server later, and shows nowhere", async () => {
    await car.write("One.");
    await car.sync();
    car.wire.down = true;
    await car.desk.discard("draft-1");
    await car.sync();
    expect(car.shown()).toBeNull();
    car.wire.down = false;
    await car.sync();
    expect(shelf.copies.size).toBe(0);
    await desk.sync();
    expect(desk.shown()).toBeNull();
  });
});
