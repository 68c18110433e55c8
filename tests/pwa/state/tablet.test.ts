import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Application } from "../../../pwa/src/state/application.ts";
import type { SyncRequest } from "../../../pwa/src/generated/types.ts";
import { DeviceStore } from "../../../pwa/src/store/device.ts";
import { Outbox } from "../../../pwa/src/store/outbox.ts";
import { withPhotos } from "../../../pwa/src/store/people.ts";
import { connectPerson } from "../../../pwa/src/store/person.ts";
import { bodyOf } from "../../../pwa/src/state/items.ts";
import { countingHex, freshStores } from "../support/browser.ts";
import { REVOKED_AT } from "../support/devices.ts";
import { newRegister, OFFICER, SCHOOL, sheet, TEACHER } from "../support/factory.ts";
import { Browser } from "../support/tabs.ts";

const CODE = "ABCD2345";
const LABEL = "Hall 3";

let browser: Browser;
beforeEach(() => {
  freshStores();
  browser = new Browser();
  browser.server.publish(SCHOOL);
  browser.server.publish(sheet());
  browser.server.devices.codes.set(CODE, LABEL);
});
afterEach(() => browser.close());

const { waitFor } = vi;

async function enrolled(): Promise<Application> {
  const tab = await browser.open();
  expect(await tab.enrol(CODE)).toEqual({ ok: true });
  return tab;
}

async function signedIn(me = TEACHER, given?: Application): Promise<Application> {
  browser.server.me = me;
  const tab = given ?? (await enrolled());
  expect(await tab.signIn("someone", "right")).toEqual({ ok: true });
  await waitFor(() => expect(tab.signals.sheets.value.size).toBe(1));
  return tab;
}

const databases = async (): Promise<string[]> => (await indexedDB.databases()).map(({ name = "" }) => name).toSorted();
const ids = (tab: Application): string[] => tab.signals.entries.value.map(({ id }) => id).toSorted();

describe("enrolling", () => {
  test("gives the tablet a name, and a key that signs every request from then on", async () => {
    const tab = await signedIn();
    const { devices } = browser.server;
    expect(tab.signals.enrolment.value).toEqual({
      device: [...devices.enrolled][0],
      label: LABEL,
      shared: true,
      school: "sch-1",
      schoolName: "Marsh Lane School",
    });
    expect(devices.said).toEqual([{ code: CODE, app: "1.2.3", storage: "unknown" }]);
    expect(devices.bound).toMatch(/^dev-/);
    const { body } = await tab.record(newRegister());
    expect(body.device).toBe(devices.bound);
    await waitFor(() => expect(browser.server.stored()).toHaveLength(1));
    await waitFor(() => expect(browser.server.syncs.at(-1)).toMatchObject({ device: devices.bound, storage: "unknown", app: "1.2.3" }));
  });

  test("outlasts the app: the next start signs with the same key", async () => {
    const tab = await signedIn();
    await tab.stop();
    const next = await browser.open();
    await waitFor(() => expect(next.signals.status.value.online).toBe(true));
    expect(next.signals.enrolment.value?.label).toBe(LABEL);
    expect(new Set(browser.server.devices.proofs.map(({ device }) => device)).size).toBe(1);
  });

  test("with a wrong or used code says so in the server's words, and a later code works", async () => {
    const tab = await browser.open();
    expect(await tab.enrol("WRNG2345")).toEqual({ ok: false, message: "No: bad_code." });
    expect(tab.signals.enrolment.value).toBeNull();
    expect(await tab.enrol(CODE)).toEqual({ ok: true });
  });

  test("without a signal says so, and the key made then is used when there is one", async () => {
    const tab = await browser.open();
    browser.offline = true;
    expect(await tab.enrol(CODE)).toEqual({
      ok: false,
      message: "The server cannot be reached. Enrolling needs the server: try again when there is a signal.",
    });
    const key = await new DeviceStore().key();
    browser.offline = false;
    expect(await tab.enrol(CODE)).toEqual({ ok: true });
    expect(tab.signals.enrolment.value?.device).toBe(key?.id);
  });

  test("whose answer was lost, and which was revoked then, begins with another key", async () => {
    const tab = await browser.open();
    browser.server.failNext("/devices", "cut after");
    expect(await tab.enrol(CODE)).toMatchObject({ ok: false });
    const first = await new DeviceStore().key();
    browser.server.devices.revoked.add(first?.id ?? "");
    browser.server.devices.codes.set(CODE, "Hall 4");
    expect(await tab.enrol(CODE)).toEqual({ ok: true });
    expect(tab.signals.enrolment.value?.label).toBe("Hall 4");
    expect(tab.signals.enrolment.value?.device).not.toBe(first?.id);
  });

  test("in a window that keeps no key says what to do", async () => {
    const tab = await browser.open();
    vi.spyOn(IDBObjectStore.prototype, "put").mockImplementation(() => {
      throw new DOMException("no", "DataCloneError");
    });
    expect(await tab.enrol(CODE)).toMatchObject({ ok: false, message: expect.stringContaining("Open Tidemark in an ordinary window.") });
    expect(browser.server.devices.said).toEqual([]);
  });

  test("of a tablet in use goes on with what waits, and binds the session that is there", async () => {
    browser.server.me = TEACHER;
    const tab = await browser.open();
    await waitFor(() => expect(tab.signals.sheets.value.size).toBe(1));
    browser.offline = true;
    const { id } = await tab.record(newRegister());
    browser.offline = false;
    expect(await tab.enrol(CODE)).toEqual({ ok: true });
    await waitFor(() => expect(browser.server.stored()).toEqual([id]));
    await waitFor(() => expect(browser.server.devices.bound).toBe(tab.signals.enrolment.value?.device));
    const devices = new Set([...browser.server.pushed.flat(), (await tab.record(newRegister()))].map(({ body }) => body.device));
    expect([...devices].map((device) => device?.slice(0, 4)).toSorted()).toEqual(["dev-", "tabl"]);
  });

  test("for somebody else sends what its person wrote before, and says whose it is not", async () => {
    browser.server.me = TEACHER;
    const tab = await browser.open();
    await waitFor(() => expect(tab.signals.sheets.value.size).toBe(1));
    browser.offline = true;
    const { id } = await tab.record(newRegister());
    browser.offline = false;
    browser.server.devices.owner = OFFICER.person;
    expect(await tab.enrol(CODE)).toEqual({ ok: true });
    await waitFor(() => expect(browser.server.stored()).toEqual([id]));
    await waitFor(() => expect(tab.signals.status.value.trouble).toBe("No: not_your_device."));
    expect([tab.signals.status.value.waiting, browser.server.devices.bound]).toEqual([0, null]);
  });

  test("is known in every tab", async () => {
    const [one, other] = [await browser.open(), await browser.open()];
    await one.enrol(CODE);
    await waitFor(() => expect(other.signals.enrolment.value?.label).toBe(LABEL));
  });

  test("on a page that is not secure says so", async () => {
    browser.subtle = undefined;
    const tab = await browser.open();
    expect(await tab.enrol(CODE)).toMatchObject({ ok: false, message: expect.stringContaining("https://") });
  });
});

describe("an enrolled tablet", () => {
  test("whose clock is off corrects its proofs by the server's time, and asks once more", async () => {
    browser.server.nowMs += 3_600_000;
    const tab = await signedIn();
    await waitFor(() => expect(tab.signals.status.value.online).toBe(true));
    expect(browser.server.devices.proofs.every(({ iat }) => iat * 1000 === browser.server.nowMs)).toBe(true);
    expect(tab.signals.status.value.signInNeeded).toBe(false);
  });

  test("of somebody else says so at sign-in, and after a sign-in elsewhere", async () => {
    const tab = await enrolled();
    browser.server.devices.owner = OFFICER.person;
    browser.server.me = TEACHER;
    expect(await tab.signIn("someone", "right")).toEqual({ ok: false, message: "No: not_your_device." });
    await tab.stop();
    const next = await browser.open();
    await waitFor(() => expect(next.signals.trouble.value).toBe("No: not_your_device."));
    expect([next.signals.me.value, browser.server.me]).toEqual([null, null]);
  });

  test("tells what it holds when it is asked to", async () => {
    const tab = await signedIn();
    browser.server.prove = true;
    await tab.syncNow();
    const proven = (): SyncRequest | undefined => browser.server.syncs.findLast(({ holds }) => (holds ?? null) !== null);
    await waitFor(() => expect(proven()).toBeDefined());
    const { holds, token } = proven() ?? {};
    expect(holds).toMatchObject({ documents: 2, token });
  });

  test("that is shared says how much of others waits on it, and shows none of it", async () => {
    const tab = await signedIn();
    browser.offline = true;
    await tab.record(newRegister());
    await tab.record(newRegister());
    await tab.signOut();
    await waitFor(() => expect(tab.signals.status.value.others).toBe(2));
    browser.offline = false;
    await signedIn(OFFICER, tab);
    await waitFor(() => expect(tab.signals.status.value.others).toBe(2));
    expect([ids(tab), tab.signals.status.value.waiting]).toEqual([[], 0]);
    await tab.signOut();
    await signedIn(TEACHER, tab);
    await waitFor(() => expect(browser.server.stored()).toHaveLength(2));
    await waitFor(() => expect(tab.signals.status.value.others).toBe(0));
  });
});

/** Two people's entries on one tablet, all unsent; resolves to their ids. */
async function withWork(): Promise<{ tab: Application; unsent: string[] }> {
  const tab = await signedIn();
  browser.offline = true;
  await tab.record(newRegister());
  await tab.saveDraft("register", { half: "done" });
  const theirs = ids(tab);
  await tab.signOut();
  browser.offline = false;
  await signedIn(OFFICER, tab);
  browser.offline = true;
  for (let n = 0; n < 3; n += 1) await tab.record(newRegister());
  return { tab, unsent: [...theirs, ...ids(tab)].toSorted() };
}

function revoke(): string {
  const [device = ""] = browser.server.devices.enrolled;
  browser.server.devices.revoked.add(device);
  browser.server.me = null;
  return device;
}

function comeBack(): void {
  browser.offline = false;
  browser.wake();
}

const gone = (tab: Application): Promise<void> => waitFor(() => expect(tab.signals.departure.value?.stage).toBe("done"), 4000);

describe("a revoked tablet", () => {
  test("hands over everybody's entries, destroys everything, says so, and shows what happened", async () => {
    const { tab, unsent } = await withWork();
    const device = revoke();
    comeBack();
    await gone(tab);
    expect(browser.server.devices.handedOver()).toEqual(unsent);
    expect(browser.server.devices.farewells.map(({ last }) => last)).toEqual([true]);
    expect([...browser.server.devices.wiped]).toEqual([device]);
    expect(await databases()).toEqual([]);
    expect(tab.signals.departure.value).toEqual({
      stage: "done",
      label: LABEL,
      schoolName: "Marsh Lane School",
      revokedAt: REVOKED_AT,
      handedOver: 4,
      left: 0,
      photosLost: 0,
      trouble: null,
    });
    expect([tab.signals.me.value, tab.signals.sheets.value.size, tab.signals.entries.value]).toEqual([null, 0, []]);
    await tab.stop();
    const next = await browser.open();
    expect(next.signals.departure.value?.handedOver).toBe(4);
    expect(await databases()).toEqual([]);
  });

  test("is found out while nobody is at it, with nothing to hand over", async () => {
    const tab = await enrolled();
    await tab.stop();
    revoke();
    const next = await browser.open();
    await gone(next);
    expect(browser.server.devices.farewells).toEqual([{ entries: [], last: true }]);
    expect(await databases()).toEqual([]);
  });

  test("is found out while it lies about with nobody at it", async () => {
    const tab = await enrolled();
    revoke();
    browser.wake();
    await gone(tab);
    expect(await databases()).toEqual([]);
  });

  test("keeps every entry while there is no signal, also over a start, and shows no pupil", async () => {
    const { tab, unsent } = await withWork();
    revoke();
    browser.server.failNext("/devices/farewell", ...Array.from({ length: 99 }, () => "cut before" as const));
    comeBack();
    await waitFor(() => expect(tab.signals.departure.value).toMatchObject({ stage: "handing-over", left: 4 }));
    await waitFor(() => expect(tab.signals.departure.value?.trouble).toContain("cannot be reached"));
    expect(tab.signals.sheets.value.size).toBe(0);
    browser.offline = true;
    await tab.stop();
    const next = await browser.open();
    await waitFor(() => expect(next.signals.departure.value).toMatchObject({ stage: "handing-over", left: 4 }));
    expect(next.signals.me.value).toBeNull();
    browser.server.faults.clear();
    comeBack();
    await gone(next);
    expect(browser.server.devices.handedOver()).toEqual(unsent);
    expect(next.signals.departure.value?.handedOver).toBe(4);
  });

  test("counts the photos that went with the rest, once, also over a start", async () => {
    const { tab } = await withWork();
    const person = tab.signals.me.value?.person ?? "";
    const bytes = { photo: new ArrayBuffer(9), thumbnail: new ArrayBuffer(3) };
    const taken = { school: "area", case: "c", visit: "v", caption: null, bytes, sent: { photo: 0, thumbnail: 0 }, announced: true, reason: null, failures: 0, takenMs: 1 };
    await withPhotos(person, async (photos) => {
      await photos.put({ ...taken, photo: "p-1", state: "waiting", storedMs: null });
      await photos.put({ ...taken, photo: "p-2", state: "held", storedMs: null });
      await photos.put({ ...taken, photo: "p-3", state: "stored", storedMs: 2 });
    });
    revoke();
    comeBack();
    await gone(tab);
    expect(tab.signals.departure.value).toMatchObject({ handedOver: 4, photosLost: 2 });
    expect(await databases()).toEqual([]);
    await tab.stop();
    const next = await browser.open();
    expect(next.signals.departure.value?.photosLost).toBe(2);
  });

  test("halves a portion that is too large", async () => {
    const { tab, unsent } = await withWork();
    browser.server.devices.most = 1;
    revoke();
    comeBack();
    await gone(tab);
    expect(browser.server.devices.handedOver()).toEqual(unsent);
    expect(browser.server.devices.farewells.map(({ last }) => last)).toEqual([false, false, false, true]);
  });

  test("keeps, with all that is on it, an entry that the server will not take, and says why", async () => {
    const { tab, unsent } = await withWork();
    browser.server.devices.tooLarge.add(unsent[0] ?? "");
    revoke();
    comeBack();
    await waitFor(() => expect(tab.signals.departure.value).toMatchObject({ left: 1, trouble: "No: too_large." }));
    expect(browser.server.devices.handedOver()).toEqual(unsent.slice(1));
    expect((await databases()).length).toBeGreaterThan(1);
    browser.server.devices.tooLarge.clear();
    browser.wake();
    await gone(tab);
    expect(browser.server.devices.handedOver()).toEqual(unsent);
  });

  test("hands over what the server refused before, too", async () => {
    const tab = await signedIn();
    browser.server.failNext("_bulk_docs", { status: 400, body: { error: "bad_request", reason: "No." } });
    const { id } = await tab.record(newRegister());
    await waitFor(() => expect(tab.signals.status.value.refused).toBe(1));
    revoke();
    browser.wake();
    await gone(tab);
    expect(browser.server.devices.handedOver()).toEqual([id]);
  });

  test("takes other open tabs with it, at once", async () => {
    const { tab } = await withWork();
    const other = await browser.open();
    await waitFor(() => expect(other.signals.me.value).toEqual(OFFICER));
    revoke();
    comeBack();
    await Promise.all([gone(tab), gone(other)]);
    expect(other.signals.me.value).toBeNull();
    expect(() => other.record(newRegister())).toThrow("Sign in first");
    expect(await databases()).toEqual([]);
    expect(browser.server.devices.handedOver()).toHaveLength(4);
  });

  test("destroys nothing that a tab saved when all had been handed over", async () => {
    const { tab, unsent } = await withWork();
    // oxlint-disable-next-line typescript/unbound-method -- called below as the store's own
    const { depart } = DeviceStore.prototype;
    const late: string[] = [];
    vi.spyOn(DeviceStore.prototype, "depart").mockImplementation(async function note(this: DeviceStore, departure) {
      await depart.call(this, departure);
      if (departure.stage !== "emptying" || late.length > 0) return;
      const connection = connectPerson(TEACHER.person);
      const body = bodyOf(newRegister(), {
        author: TEACHER.person,
        role: TEACHER.role,
        device: "tablet-1",
        written_at: REVOKED_AT,
        clock: { offset_ms: 0, contact: null },
      });
      late.push((await new Outbox(connection, countingHex(99)).append("sch-1", body)).entry._id);
      await connection.close();
    });
    revoke();
    comeBack();
    await gone(tab);
    expect(late).toHaveLength(1);
    expect(browser.server.devices.handedOver()).toEqual([...unsent, ...late].toSorted());
    expect(await databases()).toEqual([]);
  });

  test("can be enrolled anew, under another key", async () => {
    const { tab } = await withWork();
    const device = revoke();
    comeBack();
    await gone(tab);
    browser.server.devices.codes.set(CODE, "Hall 4");
    browser.server.devices.bound = null;
    expect(await tab.enrol(CODE)).toEqual({ ok: true });
    expect(tab.signals.departure.value).toBeNull();
    expect(tab.signals.enrolment.value?.label).toBe("Hall 4");
    expect(tab.signals.enrolment.value?.device).not.toBe(device);
    await signedIn(TEACHER, tab);
    expect((await tab.record(newRegister())).body.device).toBe(tab.signals.enrolment.value?.device);
  });

  test("can be used without being enrolled, as one that nobody used", async () => {
    const { tab } = await withWork();
    revoke();
    comeBack();
    await gone(tab);
    browser.server.devices.bound = null;
    await tab.beAnew();
    expect([tab.signals.departure.value, tab.signals.enrolment.value]).toEqual([null, null]);
    await signedIn(TEACHER, tab);
    expect((await tab.record(newRegister())).body.device).toMatch(/^tablet-/);
  });

  /** Where the app may be killed: before a request is made, or after it was answered and that was lost. */
  const DEATHS = ["/devices/farewell", "/devices/wiped"].flatMap((path) =>
    (["cut before", "cut after"] as const).map((fault) => ({ path, fault })),
  );

  test.each(DEATHS)("killed with $path $fault goes on at the next start, and loses nothing", async ({ path, fault }) => {
    const { tab, unsent } = await withWork();
    browser.server.devices.most = 2;
    browser.server.failNext(path, fault);
    revoke();
    comeBack();
    await waitFor(() => expect(tab.signals.departure.value?.trouble).not.toBeNull());
    // Killed: whatever it does from here on reaches neither the server nor the stores.
    browser.kill();
    const next = await browser.open();
    await gone(next);
    expect(browser.server.devices.handedOver()).toEqual(unsent);
    expect([...browser.server.devices.wiped]).toHaveLength(1);
    expect(await databases()).toEqual([]);
    expect(next.signals.departure.value?.handedOver).toBe(4);
  });

  test("killed before it destroyed its key does so at the next start", async () => {
    const { tab } = await withWork();
    revoke();
    const destroy = vi.spyOn(DeviceStore.prototype, "destroy").mockImplementation(() => new Promise(() => undefined));
    comeBack();
    await waitFor(() => expect(destroy).toHaveBeenCalledOnce(), 4000);
    expect([tab.signals.departure.value?.stage, await databases()]).toEqual(["telling", ["tidemark-device"]]);
    browser.kill();
    destroy.mockRestore();
    const next = await browser.open();
    expect(next.signals.departure.value).toMatchObject({ stage: "done", handedOver: 4 });
    expect(await databases()).toEqual([]);
    expect(browser.server.devices.wiped.size).toBe(1);
  });

  test("whose store fails at any step takes that step again", async () => {
    for (const nth of [0, 1, 2, 3, 5, 8, 13, 21]) {
      freshStores();
      browser = new Browser();
      browser.server.publish(SCHOOL);
      browser.server.publish(sheet());
      browser.server.devices.codes.set(CODE, LABEL);
      const { tab, unsent } = await withWork();
      // oxlint-disable-next-line typescript/unbound-method -- called below as the database's own
      const { transaction } = IDBDatabase.prototype;
      let before = nth;
      revoke();
      const spy = vi.spyOn(IDBDatabase.prototype, "transaction").mockImplementation(function fail(this: IDBDatabase, ...given) {
        if (tab.signals.departure.peek() !== null && before-- === 0) throw new DOMException("broken", "UnknownError");
        return transaction.apply(this, given);
      });
      comeBack();
      await waitFor(() => {
        browser.wake();
        expect(tab.signals.departure.value?.stage).toBe("done");
      }, 8000);
      spy.mockRestore();
      expect([nth, browser.server.devices.handedOver()]).toEqual([nth, unsent]);
      expect([nth, await databases()]).toEqual([nth, []]);
      await browser.close();
    }
  }, 60_000);
});
