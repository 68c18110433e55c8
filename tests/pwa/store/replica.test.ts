import { beforeEach, describe, expect, test } from "vitest";
import { holdingDigest } from "../../../pwa/src/domain/canonical.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import schema from "../../../pwa/src/generated/schema.json" with { type: "json" };
import { isPublished } from "../../../pwa/src/store/published.ts";
import type { Published } from "../../../pwa/src/store/published.ts";
type History = Extract<Published, { type: "history" }>;
import { Generations, Replica } from "../../../pwa/src/store/replica.ts";
import { countingHex, freshStores } from "../support/browser.ts";
import { history, roll, SCHOOL, sheet } from "../support/factory.ts";

const dated = (date: string): Published => sheet([], { _id: `sheet:${date}:AM:form-1`, date });
const generations = (): Generations => {
  const random = countingHex();
  return new Generations(connectPerson("staff-1"), "staff-1", () => random(8));
};
const names = async (): Promise<string[]> => (await indexedDB.databases()).map(({ name }) => name ?? "").toSorted();

beforeEach(freshStores);

test("every kind of document that the schema publishes is known here", () => {
  const member = (of: unknown, name: string): unknown =>
    typeof of === "object" && of !== null ? Reflect.get(of, name) : undefined;
  const published = Object.values(schema.$defs)
    .map((definition) => member(definition, "properties"))
    .filter((properties) => member(properties, "_id") !== undefined)
    .map((properties) => member(member(properties, "type"), "const"))
    .filter((type) => type !== "entry");
  expect(published).toContain("sheet");
  expect(published.filter((type) => !isPublished({ _id: "x", type }))).toEqual([]);
});

describe("a generation", () => {
  test("puts a page and its token together, and removes what is gone", async () => {
    const replica = new Replica("staff-1", "one");
    expect(await replica.token()).toBeNull();
    expect(await replica.putPage(null, { put: [SCHOOL, sheet()], remove: [], token: "e.2" })).toBe(true);
    expect(await replica.putPage("e.2", { put: [roll(["pup-1"])], remove: ["school"], token: "e.4" })).toBe(true);
    expect((await replica.read()).filter(isPublished).map(({ type }) => type)).toEqual(["roll", "sheet"]);
    expect(await replica.token()).toBe("e.4");
  });

  test("says what it holds: every document in its revision, at the token of the last page", async () => {
    const replica = new Replica("staff-1", "one");
    expect(await replica.holding()).toEqual({ documents: 0, digest: holdingDigest([]), token: "" });
    const put = [
      { ...SCHOOL, _rev: "3-a" },
      { ...sheet(), _rev: "2-b" },
    ];
    await replica.putPage(null, { put, remove: [], token: "e.2" });
    const digest = holdingDigest([
      [sheet()._id, "2-b"],
      ["school", "3-a"],
    ]);
    expect(await replica.holding()).toEqual({ documents: 2, digest, token: "e.2" });
  });

  test("puts nothing when another tab has pulled meanwhile", async () => {
    const [one, other] = [new Replica("staff-1", "one"), new Replica("staff-1", "one")];
    await one.putPage(null, { put: [SCHOOL], remove: [], token: "e.1" });
    expect(await other.putPage(null, { put: [sheet()], remove: ["school"], token: "e.9" })).toBe(false);
    expect(await other.token()).toBe("e.1");
    expect(await other.readSome(["school", sheet()._id])).toEqual([SCHOOL]);
  });

  test("forgets days before the window, and nothing else", async () => {
    const replica = new Replica("staff-1", "one");
    const old = roll([], { _id: "roll:2026-11-13:form-1", date: "2026-11-13" });
    const put = [SCHOOL, dated("2026-11-01"), dated("2026-11-09"), dated("2026-11-23"), old, roll([])];
    await replica.putPage(null, { put, remove: [], token: "e.1" });
    const gone = await replica.trim({ sheetsFrom: "2026-11-09", rollsFrom: "2026-11-16", halves: null });
    expect(gone).toEqual(["sheet:2026-11-01:AM:form-1", "roll:2026-11-13:form-1"]);
    expect((await replica.read()).map(({ _id }) => _id)).toEqual([
      "roll:2026-11-23:form-1",
      "school",
      "sheet:2026-11-09:AM:form-1",
      "sheet:2026-11-23:AM:form-1",
    ]);
  });

  test("keeps histories out of what is read at once, and forgets half-terms outside the window", async () => {
    const replica = new Replica("staff-1", "one");
    const of = (half: string, pupil: string): History => history([], { _id: `history:${half}:${pupil}`, half, pupil });
    const [old, last, now] = [of("2026-06-01", "pup-1"), of("2026-09-02", "pup-1"), of("2026-11-02", "pup-2")];
    await replica.putPage(null, { put: [SCHOOL, old, last, now, sheet()], remove: [], token: "e.1" });
    expect((await replica.read()).map(({ _id }) => _id)).toEqual(["school", sheet()._id]);
    const window = { sheetsFrom: "2026-11-09", rollsFrom: "2026-11-16" };
    expect(await replica.trim({ ...window, halves: null })).toEqual([]);
    expect(await replica.trim({ ...window, halves: ["2026-11-02", "2026-09-02"] })).toEqual([old._id]);
    expect(await replica.readSome([old._id, last._id, now._id])).toEqual([last, now]);
    // The calendar was changed: what lay between its old edges goes as well.
    expect(await replica.trim({ ...window, halves: ["2026-11-02", "2026-09-07"] })).toEqual([last._id]);
  });

  test("drops what the server says to drop", async () => {
    const replica = new Replica("staff-1", "one");
    await replica.putPage(null, { put: [SCHOOL, sheet()], remove: [], token: "e.1" });
    await replica.drop([sheet()._id]);
    expect(await replica.read()).toEqual([SCHOOL]);
  });
});

describe("generations", () => {
  test("the first is minted once", async () => {
    const made = generations();
    const first = await made.current("sch-1");
    expect((await made.current("sch-1")).generation).toBe(first.generation);
    expect((await made.current("sch-2")).generation).not.toBe(first.generation);
  });

  test("the one before is deleted after the switch, though a tab still reads it", async () => {
    const made = generations();
    const before = await made.current("sch-1");
    await before.putPage(null, { put: [SCHOOL], remove: [], token: "e.1" });
    const reader = new Replica("staff-1", before.generation);
    expect(await reader.read()).toEqual([SCHOOL]);
    const next = made.begin();
    await next.putPage(null, { put: [sheet()], remove: [], token: "f.1" });
    await made.switchTo("sch-1", next, before);
    expect((await made.current("sch-1")).generation).toBe(next.generation);
    expect(await names()).toEqual(["tidemark-staff-1", `tidemark-staff-1-replica-${next.generation}`]);
  });

  test("a half-pulled one that nobody points to is swept away, another person's is not", async () => {
    const made = generations();
    const current = await made.current("sch-1");
    await current.putPage(null, { put: [SCHOOL], remove: [], token: "e.1" });
    const left = made.begin();
    await left.putPage(null, { put: [SCHOOL], remove: [], token: "e.1" });
    await left.close();
    const another = new Replica("staff-2", "one");
    await another.putPage(null, { put: [SCHOOL], remove: [], token: "e.1" });
    await made.sweep();
    expect(await names()).toEqual([
      "tidemark-staff-1",
      `tidemark-staff-1-replica-${current.generation}`,
      "tidemark-staff-2-replica-one",
    ]);
  });

  test("forgetting leaves no document behind", async () => {
    const made = generations();
    await (await made.current("sch-1")).putPage(null, { put: [SCHOOL], remove: [], token: "e.1" });
    await made.forget("sch-1");
    expect(await names()).toEqual(["tidemark-staff-1"]);
    expect(await (await made.current("sch-1")).read()).toEqual([]);
  });
});

test("a kind of document that this version does not know is not taken", () => {
  expect(isPublished(SCHOOL)).toBe(true);
  for (const other of [null, "sheet", {}, { _id: "x" }, { _id: "x", type: "unheard_of" }, { type: "sheet" }]) {
    expect(isPublished(other)).toBe(false);
  }
});
