import { beforeEach, describe, expect, test } from "vitest";
import { DeviceStore } from "../../../pwa/src/store/device.ts";
import { Drafts } from "../../../pwa/src/store/drafts.ts";
import { seal, unseal } from "../../../pwa/src/store/envelope.ts";
import type { Envelope } from "../../../pwa/src/store/envelope.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import { askToPersist } from "../../../pwa/src/store/storage.ts";
import { freshStores } from "../support/browser.ts";
import { OFFICER, TEACHER } from "../support/factory.ts";

beforeEach(freshStores);

describe("the tablet", () => {
  test("is named once, also by two tabs at once", async () => {
    const ids = await Promise.all(["one", "two"].map((name) => new DeviceStore().id(() => `tablet-${name}`)));
    expect(new Set(ids).size).toBe(1);
    expect(await new DeviceStore().id(() => "tablet-three")).toBe(ids[0]);
  });

  test("knows who is at it, and whoever was", async () => {
    const device = new DeviceStore();
    expect(await device.atTablet()).toEqual({ person: null, signedOut: false });
    await device.remember(TEACHER);
    await device.remember(OFFICER);
    expect(await device.atTablet()).toEqual({ person: OFFICER.person, signedOut: false });
    expect(await device.person(TEACHER.person)).toEqual(TEACHER);
    expect(await device.person("staff-9")).toBeNull();
  });

  test("knows whether the server was told of a signing out", async () => {
    const device = new DeviceStore();
    await device.remember(TEACHER);
    await device.leave(false);
    expect(await new DeviceStore().atTablet()).toEqual({ person: null, signedOut: true });
    await device.leave(true);
    expect(await device.atTablet()).toEqual({ person: null, signedOut: false });
  });
});

test("a draft is kept until it is dropped, each person's apart", async () => {
  const mine = new Drafts(connectPerson("staff-1"));
  await mine.save("register", { marks: new Map([["pup-1", "/"]]) });
  expect(await new Drafts(connectPerson("staff-1")).load("register")).toEqual({ marks: new Map([["pup-1", "/"]]) });
  expect(await new Drafts(connectPerson("staff-2")).load("register")).toBeNull();
  await mine.drop("register");
  expect(await mine.load("register")).toBeNull();
});

test("an envelope that a newer version wrote is not read as something else", () => {
  expect(unseal(seal({ a: 1 }))).toEqual({ a: 1 });
  const newer: unknown = { v: 1, alg: "A256GCM", data: "…" };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  expect(() => unseal(newer as Envelope<string>)).toThrow("A newer version of Tidemark");
});

const storage = (persisted: boolean, persist: () => Promise<boolean>): StorageManager =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  ({ persisted: () => Promise.resolve(persisted), persist }) as StorageManager;
const never = (): Promise<boolean> => Promise.reject(new Error("asked"));

describe("asking the browser to keep the data", () => {
  test.each([
    ["is not repeated once it agreed", storage(true, never), "persistent"],
    ["may be granted", storage(false, () => Promise.resolve(true)), "persistent"],
    ["may be declined", storage(false, () => Promise.resolve(false)), "best-effort"],
    ["may fail", storage(false, never), "unknown"],
    ["may not be possible", undefined, "unknown"],
  ])("%s", async (_, manager, expected) => {
    expect(await askToPersist(manager)).toBe(expected);
  });
});
