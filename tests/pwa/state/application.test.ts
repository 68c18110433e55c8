import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Application } from "../../../pwa/src/state/application.ts";
import { Replica } from "../../../pwa/src/store/replica.ts";
import { freshStores } from "../support/browser.ts";
import { claim, history, newRegister, OFFICER, SCHOOL, sheet, TEACHER } from "../support/factory.ts";
import { Browser } from "../support/tabs.ts";

let browser: Browser;
beforeEach(() => {
  freshStores();
  browser = new Browser();
  browser.server.publish(SCHOOL);
  browser.server.publish(sheet());
});
afterEach(() => browser.close());

/** A browser in which `me` has signed in, and all that is published has come. */
async function signedIn(me = TEACHER): Promise<Application> {
  browser.server.me = me;
  const tab = await browser.open();
  expect(await tab.signIn("someone", "right")).toEqual({ ok: true });
  await vi.waitFor(() => expect(tab.signals.sheets.value.size).toBe(1));
  return tab;
}

const states = (tab: Application): string[] => tab.signals.entries.value.map(({ state }) => state);
const settled = (tab: Application, ...expected: string[]): Promise<void> =>
  vi.waitFor(() => expect(states(tab)).toEqual(expected));

describe("signing in", () => {
  test("is what a new tablet asks for", async () => {
    const tab = await browser.open();
    expect([tab.signals.ready.value, tab.signals.me.value]).toEqual([true, null]);
  });

  test("with the wrong password says so in words", async () => {
    const tab = await browser.open();
    expect(await tab.signIn("someone", "wrong")).toEqual({
      ok: false,
      message: "That name and password do not go together. Check both and try again, or ask the office.",
    });
    browser.server.failNext("/session", { status: 429, body: { title: "Too many", detail: "Wait a minute.", code: "slow" } });
    expect(await tab.signIn("someone", "wrong")).toEqual({ ok: false, message: "Wait a minute." });
    browser.offline = true;
    expect(JSON.stringify(await tab.signIn("someone", "right"))).toContain("Signing in needs the server");
  });

  test("opens the person's work", async () => {
    const tab = await signedIn();
    expect(tab.signals.me.value).toEqual(TEACHER);
    expect(tab.signals.school.value?.name).toBe("Marsh Lane School");
    await vi.waitFor(() => expect(tab.signals.status.value).toMatchObject({ online: true, offsetMs: 0, waiting: 0 }));
  });

  test("brings the days of the window, and none before", async () => {
    browser.server.publish(sheet(undefined, { _id: "sheet:2026-11-06:AM:form-1", date: "2026-11-06" }));
    browser.server.publish(sheet(undefined, { _id: "sheet:2026-11-20:AM:form-1", date: "2026-11-20" }));
    browser.server.me = TEACHER;
    const tab = await browser.open();
    await vi.waitFor(() => expect(tab.signals.sheets.value.size).toBe(2));
    expect([...tab.signals.sheets.value.keys()].toSorted()).toEqual(["sheet:2026-11-20:AM:form-1", sheet()._id]);
  });

  test("brings half-terms that a screen asks for, and lets go of what has left the window", async () => {
    const [last, now] = ["2026-09-02", "2026-11-02"];
    const broken = { first: "2026-10-26", last: "2026-10-30", kind: "holiday" } as const;
    const cut = (changes: Partial<typeof SCHOOL.calendar>): typeof SCHOOL => ({
      ...SCHOOL,
      calendar: { ...SCHOOL.calendar, closures: [broken], ...changes },
    });
    browser.server.publish(cut({}));
    browser.server.publish(history([["2026-09-10", "/", "I"]], { half: last }));
    browser.server.publish(history([["2026-11-20", "/", "N"]], { half: now }));
    browser.server.publish(history([["2026-06-10", "/", "/"]], { half: "2026-06-01" }));
    const tab = await signedIn();
    expect(tab.signals.histories.value.size).toBe(0);
    tab.showHistory("pup-1");
    const halves = (): string[] => (tab.signals.histories.value.get("pup-1") ?? []).map(({ half }) => half);
    await vi.waitFor(() => expect(halves()).toEqual([now, last]));
    browser.server.publish(history([["2026-11-20", "/", "I"]], { half: now }));
    await tab.syncNow();
    await vi.waitFor(() => expect(tab.signals.histories.value.get("pup-1")?.[0]?.days).toEqual([["2026-11-20", "/", "I"]]));
    // The next term begins: no feed says that the autumn's first half has left, the calendar does.
    const spring = { name: "Spring", first: "2026-11-23", last: "2027-03-24" };
    const terms = [{ name: "Autumn", first: last, last: "2026-11-20" }, spring];
    browser.server.publish(cut({ terms }));
    await tab.syncNow();
    await vi.waitFor(() => expect(halves()).toEqual([now]));
    const { person } = TEACHER;
    const generation = (await indexedDB.databases()).find(({ name }) => name?.includes(`${person}-replica`));
    const replica = new Replica(person, generation?.name?.split("replica-")[1] ?? "");
    expect(await replica.readSome([`history:${last}:pup-1`, "history:2026-06-01:pup-1"])).toEqual([]);
    await replica.close();
  });

  test("lets go of held entries that were decided on before the window, and of no others", async () => {
    const decided = (id: string, at: string, what: "declined" | "contested"): { _id: string } => {
      const outcome = { what, at, by: "staff-9", by_name: "Olu Officer", reason: "A double", entries: [] };
      const held = { _id: id, type: "held", what: "held", entry: "entry:x", outcome };
      return held;
    };
    browser.server.publish(decided("held:old", "2026-07-01T09:00:00.000Z", "declined"));
    browser.server.publish(decided("held:argued", "2026-07-01T09:00:00.000Z", "contested"));
    browser.server.publish(decided("held:new", "2026-11-20T09:00:00.000Z", "declined"));
    const open = { _id: "held:open", type: "held", what: "held", entry: "entry:y", outcome: null };
    browser.server.publish(open);
    const tab = await signedIn();
    const kept = (): string[] => [...tab.signals.held.value.keys()].toSorted();
    await vi.waitFor(() => expect(kept()).toEqual(["held:argued", "held:new", "held:open"]));
  });

  test("is not asked for when the browser has a session already", async () => {
    browser.server.me = TEACHER;
    const tab = await browser.open();
    await vi.waitFor(() => expect(tab.signals.me.value).toEqual(TEACHER));
  });

  test("of somebody who works at no school says what to do", async () => {
    browser.server.me = { ...TEACHER, schools: [] };
    const tab = await browser.open();
    expect(await tab.signIn("someone", "right")).toMatchObject({ message: "Tess Tutor works at no school yet; the office can add one." });
  });
});

describe("writing", () => {
  test("shows at once, is sent, and says that it was received", async () => {
    const tab = await signedIn();
    const item = await tab.record(newRegister());
    expect(item).toMatchObject({ state: "waiting", n: 1, body: { author: "staff-1", role: "class_teacher" } });
    expect([...tab.signals.sheets.value.values()][0]?.rows[0]?.cell.code).toBe("/");
    await settled(tab, "stored");
    expect(browser.server.stored()).toEqual([item.id]);
    expect(tab.signals.status.value.lastIn).toBe("2026-11-23T09:00:00.000Z");
  });

  test("carries the server's time and the last contact's nonce", async () => {
    const tab = await signedIn();
    await vi.waitFor(() => expect(tab.signals.status.value.lastContact).not.toBeNull());
    const { body } = await tab.record(newRegister());
    expect(body.clock?.offset_ms).toBe(0);
    expect(body.clock?.contact).toMatch(/^nonce-/);
  });

  test("needs no network, survives a cold start without one, and goes when there is one", async () => {
    const tab = await signedIn();
    browser.offline = true;
    await tab.record(newRegister());
    await vi.waitFor(() => expect(tab.signals.status.value).toMatchObject({ online: false, waiting: 1 }));
    await tab.stop();
    const next = await browser.open();
    expect([next.signals.me.value, states(next)]).toEqual([TEACHER, ["waiting"]]);
    expect([...next.signals.sheets.value.values()][0]?.rows[0]?.cell.code).toBe("/");
    browser.offline = false;
    browser.wake();
    await settled(next, "stored");
  });

  test("before anybody signed in is refused in words", async () => {
    const tab = await browser.open();
    expect(() => tab.record(newRegister())).toThrow("Sign in first");
    expect(() => tab.saveDraft("key", 1)).toThrow("Sign in first");
  });

  test("a draft is kept, and dropped", async () => {
    const tab = await signedIn();
    await tab.saveDraft("register", { a: 1 });
    expect(await tab.loadDraft("register")).toEqual({ a: 1 });
    await tab.dropDraft("register");
    expect(await tab.loadDraft("register")).toBeNull();
  });

  test("what was refused is offered again when the person asks for it", async () => {
    const tab = await signedIn();
    browser.server.failNext("_bulk_docs", { status: 400, body: { error: "bad_request", reason: "No list." } });
    await tab.record(newRegister());
    await settled(tab, "refused");
    expect(tab.signals.entries.value[0]?.reason).toBe("No list.");
    await tab.syncNow();
    await settled(tab, "stored");
  });
});

describe("signing in again", () => {
  test("is asked for when the session has ended; nothing is lost", async () => {
    const tab = await signedIn();
    browser.server.me = null;
    await tab.record(newRegister());
    await vi.waitFor(() => expect(tab.signals.status.value.signInNeeded).toBe(true));
    expect(tab.signals.status.value.message).toBe("Sign in again to send 1 entry; they are safe on this tablet.");
    browser.server.me = { ...TEACHER, role: "head" };
    expect(await tab.signIn("someone", "right")).toEqual({ ok: true });
    await settled(tab, "stored");
    expect(tab.signals.me.value?.role).toBe("head");
    expect((await tab.record(newRegister())).body.role).toBe("head");
  });

  test("a new name or role is learnt without it", async () => {
    const tab = await signedIn();
    browser.server.me = { ...TEACHER, name: "Tess Taylor" };
    await tab.stop();
    const next = await browser.open();
    await vi.waitFor(() => expect(next.signals.me.value?.name).toBe("Tess Taylor"));
  });
});

describe("signing in through a provider", () => {
  const arrive = async (): Promise<Application> => {
    await Promise.all(browser.tabs.splice(0).map((tab) => tab.stop()));
    return browser.open({ arrived: true });
  };

  test("is offered as the server says", async () => {
    const tab = await browser.open();
    browser.server.ways = { providers: [{ id: "trust", name: "Example Trust" }], local: false };
    expect(await tab.ways()).toEqual({ kind: "ok", value: browser.server.ways });
    browser.offline = true;
    expect(await tab.ways()).toMatchObject({ kind: "unreachable" });
  });

  test("lets in whoever came back, also on a tablet that nobody used", async () => {
    browser.server.me = TEACHER;
    const tab = await arrive();
    expect([tab.signals.me.value, tab.signals.trouble.value]).toEqual([TEACHER, null]);
  });

  test("lets in another person than was at the tablet, whose entries stay theirs", async () => {
    const before = await signedIn();
    browser.offline = true;
    await before.record(newRegister());
    await before.stop();
    browser.offline = false;
    browser.server.me = OFFICER;
    const tab = await arrive();
    expect([tab.signals.me.value, states(tab)]).toEqual([OFFICER, []]);
    expect(browser.server.pushed).toEqual([]);
  });

  test("counts after a sign-out that the server was not told of", async () => {
    const before = await signedIn();
    browser.offline = true;
    await before.signOut();
    browser.offline = false;
    browser.server.me = OFFICER;
    const tab = await arrive();
    expect(tab.signals.me.value).toEqual(OFFICER);
    expect(browser.server.me).toEqual(OFFICER);
  });

  test("tells the other tabs", async () => {
    const other = await signedIn();
    browser.server.me = OFFICER;
    await browser.open({ arrived: true });
    await vi.waitFor(() => expect(other.signals.me.value).toEqual(OFFICER));
  });

  test("that the browser did not keep is said, and whoever was at the tablet still is", async () => {
    await signedIn();
    browser.server.me = null;
    const tab = await arrive();
    expect(tab.signals.me.value).toEqual(TEACHER);
    expect(tab.signals.trouble.value).toContain("Allow cookies");
    await vi.waitFor(() => expect(tab.signals.status.value.signInNeeded).toBe(true));
  });

  test("without a signal on the way back is said, too", async () => {
    browser.offline = true;
    const tab = await arrive();
    expect([tab.signals.me.value, tab.signals.trouble.value]).toEqual([null, "The server cannot be reached."]);
  });

  test("ends at the provider too, where the server says so", async () => {
    const tab = await signedIn();
    browser.server.elsewhere = "https://idp.example/end";
    expect(await tab.signOut()).toBe("https://idp.example/end");
    browser.server.elsewhere = null;
    browser.server.me = TEACHER;
    await tab.signIn("someone", "right");
    expect(await tab.signOut()).toBeNull();
  });
});

describe("signing out", () => {
  test("keeps what waits and says so; what came from the server goes", async () => {
    const tab = await signedIn();
    browser.offline = true;
    await tab.record(newRegister());
    await tab.signOut();
    expect([tab.signals.me.value, tab.signals.sheets.value.size, states(tab)]).toEqual([null, 0, []]);
    expect(tab.signals.status.value.message).toBe(
      "You are signed out. 1 entry waits on this tablet and will be sent when you sign in here again.",
    );
    const names = (await indexedDB.databases()).map(({ name }) => name);
    expect(names.filter((name) => name?.includes("replica"))).toEqual([]);
    browser.offline = false;
    expect(await tab.signIn("someone", "right")).toEqual({ ok: true });
    await settled(tab, "stored");
  });

  test("offline is made good when the app is next opened", async () => {
    const tab = await signedIn();
    browser.offline = true;
    await tab.signOut();
    await tab.stop();
    browser.offline = false;
    const next = await browser.open();
    await vi.waitFor(() => expect(browser.server.me).toBeNull());
    expect(next.signals.me.value).toBeNull();
    expect(next.signals.status.value.message).not.toContain("waits");
  });

  test("another person's work is their own, and nobody's entry is sent in another's name", async () => {
    const tab = await signedIn();
    browser.offline = true;
    await tab.record(newRegister());
    await tab.signOut();
    browser.offline = false;
    browser.server.me = OFFICER;
    expect(await tab.signIn("someone", "right")).toEqual({ ok: true });
    expect([tab.signals.me.value, states(tab)]).toEqual([OFFICER, []]);
    await tab.record({ kind: "arrival.recorded", date: "2026-11-23", session: "AM", claims: [claim("pup-1", "L", { arrived: "09:05" })] });
    await settled(tab, "stored");
    expect(browser.server.pushed.flat().map(({ body }) => body.author)).toEqual(["staff-2"]);
  });
});

describe("two tabs", () => {
  test("show the same, and only one of them sends", async () => {
    const one = await signedIn();
    const other = await browser.open();
    await Promise.all([one.record(newRegister()), other.record(newRegister()), one.record(newRegister())]);
    await settled(one, "stored", "stored", "stored");
    await settled(other, "stored", "stored", "stored");
    expect(browser.server.pushed.flat()).toHaveLength(3);
    expect(new Set(one.signals.entries.value.map(({ n }) => n)).size).toBe(3);
    browser.server.publish(sheet(undefined, { taker_name: "Cal Cover" }));
    await vi.waitFor(() => {
      for (const tab of [one, other]) expect([...tab.signals.sheets.value.values()][0]?.taker_name).toBe("Cal Cover");
    });
    for (const tab of [one, other]) expect(tab.signals.status.value.online).toBe(true);
  });

  test("are signed in and out together", async () => {
    const [one, other] = [await signedIn(), await browser.open()];
    await one.signOut();
    await vi.waitFor(() => expect(other.signals.me.value).toBeNull());
    browser.server.me = OFFICER;
    await other.signIn("someone", "right");
    await vi.waitFor(() => expect(one.signals.me.value).toEqual(OFFICER));
  });
});

test("a private window says why nothing can be kept", async () => {
  vi.spyOn(indexedDB, "open").mockImplementation(() => {
    throw new DOMException("denied", "SecurityError");
  });
  const tab = await browser.open();
  expect(tab.signals.ready.value).toBe(true);
  expect(tab.signals.status.value.message).toContain("Open Tidemark in an ordinary window.");
  expect(await tab.signIn("someone", "right")).toMatchObject({ ok: false });
});

describe("somebody who works in two schools", () => {
  const BOTH = { ...TEACHER, schools: [...TEACHER.schools, { school: "sch-2", name: "Hill Top School" }] };
  const open = (tab: Application): (string | undefined)[] => (tab.signals.me.value?.schools ?? []).map(({ school }) => school);
  const synced = (school: string): boolean => browser.server.requests.includes(`POST /db/${school}/_sync`);

  test("opens the other, in every tab, and finds it open again", async () => {
    const tab = await signedIn(BOTH);
    const other = await browser.open();
    await vi.waitFor(() => expect(tab.signals.status.value.online).toBe(true));
    expect(await tab.openSchool("sch-2")).toBeNull();
    expect(open(tab)).toEqual(["sch-2", "sch-1"]);
    await vi.waitFor(() => expect(open(other)).toEqual(["sch-2", "sch-1"]));
    await vi.waitFor(() => expect(synced("sch-2")).toBe(true));
    await tab.record(newRegister([claim("pup-1", "/")]));
    await settled(tab, "stored");
    expect(browser.server.requests).toContain("POST /db/sch-2/_bulk_docs");
    expect(browser.server.requests).not.toContain("POST /db/sch-1/_bulk_docs");
    await browser.close();
    const again = await browser.open();
    await vi.waitFor(() => expect(open(again)).toEqual(["sch-2", "sch-1"]));
  });

  test("stays where entries wait", async () => {
    const tab = await signedIn(BOTH);
    await vi.waitFor(() => expect(tab.signals.status.value.online).toBe(true));
    browser.server.failNext("_bulk_docs", ...Array.from({ length: 20 }, () => ({ status: 503 })));
    await tab.record(newRegister([claim("pup-1", "/")]));
    expect(await tab.openSchool("sch-2")).toContain("Entries wait here");
    expect(open(tab)).toEqual(["sch-1", "sch-2"]);
    expect(synced("sch-2")).toBe(false);
  });

  test("stays where the server does not answer, with what is here", async () => {
    const tab = await signedIn(BOTH);
    browser.offline = true;
    expect(await tab.openSchool("sch-2")).toContain("Try again when there is a signal");
    expect(open(tab)).toEqual(["sch-1", "sch-2"]);
    expect(tab.signals.sheets.value.size).toBe(1);
  });
});
