import { beforeEach, describe, expect, test } from "vitest";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import { savingOf, versionOf, VisitDrafts, waits } from "../../../pwa/src/store/visit-drafts.ts";
import type { DraftCopy } from "../../../pwa/src/store/visit-drafts.ts";
import { countingHex, freshStores } from "../support/browser.ts";

const INPUT = { case: "case-1", visit: "visit-1" };
const KEPT = { digest: "d".repeat(64), received_at: "2026-11-23T09:01:00.000Z" };

function storeOf(school = "area-1", person = "worker-1", seed = 1): VisitDrafts {
  const now = (): string => "2026-11-23T09:00:00.000Z";
  return new VisitDrafts({ connection: connectPerson(person), school, now, random: countingHex(seed) });
}

function said(text: string): { case: string; visit: string; fields: Record<string, string> } {
  return { ...INPUT, fields: { observation: text } };
}

async function only(store: VisitDrafts): Promise<DraftCopy> {
  const [copy] = await store.list();
  if (copy === undefined) throw new Error("There is no copy.");
  return copy;
}

let store: VisitDrafts;
beforeEach(() => {
  freshStores();
  store = storeOf();
});

describe("a draft on this tablet", () => {
  test("is there again after the browser was closed, as it was saved last", async () => {
    await store.save("draft-1", said("The door was op"));
    await store.save("draft-1", said("The door was open."));
    expect(await only(storeOf())).toMatchObject({ n: 2, fields: { observation: "The door was open." }, acked: null });
  });

  test("counts no saving that says nothing new", async () => {
    await store.save("draft-1", said("x"));
    await store.save("draft-1", said("x"));
    expect((await only(store)).n).toBe(1);
  });

  test("keeps what another tab saved meanwhile, whatever this one goes on to say", async () => {
    await store.save("draft-1", said("One."));
    await store.save("draft-1", said("One. Two from here."), { observation: "One." });
    await store.save("draft-1", said("One. Three from there."), { observation: "One." });
    await store.save("draft-1", said("One. Three from there. Four."), { observation: "One. Three from there." });
    const { fields } = await only(store);
    expect(fields["observation"]).toBe("One. Three from there. Four. Two from here.");
  });

  test("is of one area alone, and of one person", async () => {
    await store.save("draft-1", said("x"));
    expect(await storeOf("area-2").list()).toEqual([]);
    expect(await storeOf("area-1", "worker-2").list()).toEqual([]);
  });

  test("keeps nothing of half a character", async () => {
    await store.save("draft-1", said("well \uD83D"));
    expect((await only(store)).fields).toEqual({ observation: "well \uFFFD" });
  });

  test("waits until the server has its newest saving", async () => {
    await store.save("draft-1", said("x"));
    expect(waits(await only(store))).toBe(true);
    await store.sending("draft-1", 1, KEPT.digest);
    await store.save("draft-1", said("xy"));
    const { copy } = await only(store);
    await store.kept("draft-1", { copy_id: copy, n: 1, ...KEPT });
    expect(waits(await only(store))).toBe(true);
    await store.kept("draft-1", { copy_id: copy, n: 2, ...KEPT });
    expect(waits(await only(store))).toBe(false);
  });

  test("goes on under the name that the server gave it", async () => {
    await store.save("draft-1", said("x"));
    await store.kept("draft-1", { copy_id: "other", n: 1, ...KEPT });
    expect(await only(store)).toMatchObject({ copy: "other", n: 1, sent: [KEPT.digest] });
  });

  test("is offered again to a server that was put back, as what follows on an earlier one", async () => {
    await store.save("draft-1", said("x"));
    const { copy } = await only(store);
    await store.kept("draft-1", { copy_id: copy, n: 1, digest: "a".repeat(64), received_at: KEPT.received_at });
    await store.save("draft-1", said("xy"));
    await store.kept("draft-1", { copy_id: copy, n: 2, ...KEPT });
    await store.offerAgain();
    expect(waits(await only(store))).toBe(true);
    expect((await only(store)).sent).toEqual(["a".repeat(64), KEPT.digest]);
  });

  test("that the server refuses is not sent again until something is written", async () => {
    await store.save("draft-1", said("x"));
    await store.refused("draft-1", 1, "Too large.");
    expect(waits(await only(store))).toBe(false);
    await store.save("draft-1", said("y"));
    expect(waits(await only(store))).toBe(true);
  });

  test("that takes another in knows it from then on, by what its author chose", async () => {
    await store.save("draft-1", said("mine"));
    const other = { copy: "other", n: 3, saw: {}, seen: {}, fields: { observation: "theirs" } };
    await store.take("draft-1", said("both"), [other]);
    const copy = await only(store);
    expect(copy).toMatchObject({ n: 2, saw: { other: 3 }, fields: { observation: "both" } });
    expect(copy.seen["other"]).toEqual({ n: 3, saw: {}, fields: { observation: "theirs" } });
  });

  test("that follows another is not sent for that; what waits is, under another number", async () => {
    const other = { copy: "other", n: 3, saw: {}, seen: {}, fields: { observation: "theirs" } };
    await store.follow("draft-1", said(""), other);
    expect(waits(await only(store))).toBe(false);
    await store.save("draft-1", said("theirs and mine"));
    const mine = versionOf(await only(store));
    await store.follow("draft-1", said(""), { ...other, n: 4, saw: { [mine.copy]: mine.n } });
    expect(await only(store)).toMatchObject({ n: 2, fields: { observation: "theirs" } });
  });

  test("that was over already goes, unless more was written since", async () => {
    await store.save("draft-1", said("x"));
    await store.save("draft-1", said("xy"));
    await store.ended("draft-1", 1);
    expect((await only(store)).fields["observation"]).toBe("xy");
    await store.ended("draft-1", 2);
    expect(await store.list()).toEqual([]);
  });

  test("that is discarded waits until the server knows, and is gone then", async () => {
    await store.save("draft-1", said("x"));
    await store.drop("draft-1", INPUT, { other: 2 });
    expect(await only(store)).toMatchObject({ dropped: { other: 2 }, fields: {} });
    await store.forget("draft-1");
    expect(await store.list()).toEqual([]);
  });

  test("is sent without the bases of its merges where it would be too large with them", async () => {
    await store.take("draft-1", said("x"), [{ copy: "other", n: 1, saw: {}, seen: {}, fields: { observation: "y".repeat(500) } }]);
    const copy = await only(store);
    expect(Object.keys(savingOf(copy, 5000).seen ?? {})).toEqual(["other"]);
    expect(savingOf(copy, 500)).toMatchObject({ seen: {}, saw: { other: 1 } });
  });
});
