// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import type { JSX } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NewBody } from "../../../../pwa/src/domain/entry.ts";
import type { Card, Me, School, View } from "../../../../pwa/src/generated/types.ts";
import { NOTHING_YET } from "../../../../pwa/src/state/model.ts";
import type { Answer } from "../../../../pwa/src/sync/answers.ts";
import { card } from "./factories.ts";

const server = vi.hoisted(() => ({
  said: [] as unknown[],
  problem: null as string | null,
  asked: [] as string[],
  answer: null as unknown,
}));
const me = signal<Me | null>(null);
const status = signal({ ...NOTHING_YET, online: true });
const cards = signal<ReadonlyMap<string, Card>>(new Map());

vi.mock("../../../../pwa/src/state/app.ts", () => ({
  now: signal(0),
  me,
  status,
  cards,
  school: signal<School | null>(null),
  record: (body: NewBody) => {
    if (server.problem !== null) return Promise.reject(new Error(server.problem));
    server.said.push(body);
    return Promise.resolve();
  },
  ask: (path: string): Promise<Answer<unknown>> => {
    server.asked.push(path);
    return Promise.resolve(
      server.answer === null ? { kind: "unreachable", reason: "" } : { kind: "ok", value: server.answer },
    );
  },
}));

const { navigate } = await import("../../../../pwa/src/components/router.ts");
const { RestrictedNotice } = await import("../../../../pwa/src/components/restricted.tsx");
const { ViewsSection } = await import("../../../../pwa/src/screens/office/views/views-section.tsx");
const { howWords, readViews } = await import("../../../../pwa/src/screens/office/views/views.ts");

const looked: View = {
  how: "opened",
  person: "t-reed",
  person_name: "Mr Reed",
  role: "class_teacher",
  device: "dev-1",
  document: "card:p-1",
  pupil: "p-1",
  at: "2026-11-23T09:05:00.000Z",
  received_at: "2026-11-23T09:06:00.000Z",
};

let root: HTMLElement;

async function show(what: JSX.Element): Promise<void> {
  await act(() => render(what, root));
  await settle();
}

async function settle(): Promise<void> {
  await act(async () => {
    await new Promise((done) => setTimeout(done, 5));
  });
}

function be(role: Me["role"]): void {
  const schools = [{ school: "sch-1", name: "Fernhollow School" }];
  me.value = { person: "o-dale", name: "Mrs Dale", role, schools, expires_at: "2026-11-24T00:00:00.000Z" };
}

beforeEach(() => {
  root = document.createElement("div");
  server.said.length = 0;
  server.asked.length = 0;
  server.problem = null;
  server.answer = null;
  status.value = { ...NOTHING_YET, online: true };
  be("head");
  cards.value = new Map([
    ["p-1", { ...card("p-1"), restricted: true }],
    ["p-2", card("p-2")],
  ]);
  navigate("/office");
});

afterEach(() => {
  render(null, root);
});

describe("a restricted record", () => {
  test("says that opening it is noted, and notes it once while the page stays open", async () => {
    for (let opened = 0; opened < 3; opened += 1) {
      await show(<RestrictedNotice pupil="p-1" />);
      expect(root.textContent).toContain("Opening this record is noted.");
      await show(<p>closed</p>);
    }
    expect(server.said).toEqual([
      { kind: "record.viewed", document: "card:p-1", pupil: "p-1", purpose: null },
    ]);
  });

  test("is noted again on the next visit", async () => {
    await show(<RestrictedNotice pupil="p-1" />);
    await show(<p>closed</p>);
    navigate("/office/pupil/p-1");
    await show(<RestrictedNotice pupil="p-1" />);
    expect(server.said).toHaveLength(2);
  });

  test("is noted for whoever sees it by a grant, whatever their account is for", async () => {
    be("governor");
    const grant = { person: "o-dale", role: "family_worker" as const, pupils: ["p-1"] };
    const schools = [{ school: "sch-1", name: "Fernhollow School", grants: [grant] }];
    if (me.value !== null) me.value = { ...me.value, schools };
    await show(<RestrictedNotice pupil="p-1" />);
    expect(server.said).toHaveLength(1);
  });

  test("that could not be noted says so", async () => {
    server.problem = "There is no room left on this tablet.";
    await show(<RestrictedNotice pupil="p-1" />);
    expect(root.textContent).toContain("There is no room left on this tablet.");
  });

  test("is one of few: another is opened without a word", async () => {
    await show(<RestrictedNotice pupil="p-2" />);
    expect([root.textContent, server.said.length]).toEqual(["", 0]);
  });
});

describe("who has opened this record", () => {
  test("is listed for those who oversee it, the latest first", async () => {
    server.answer = { views: [looked, { ...looked, how: "fetched", role: null, device: null }], more: true };
    await show(<ViewsSection pupil="p-1" />);
    expect(server.asked).toEqual(["/db/sch-1/_views?pupil=p-1"]);
    const items = [...root.querySelectorAll("li")].map((item) => item.textContent);
    expect(items[0]).toBe("Mr Reed, class teacherOpened, Mon 23 Nov at 09:05 (dev-1)");
    expect(items[1]).toContain("Fetched by a program");
    expect(root.textContent).toContain("Only the latest 2 are shown");
  });

  test("is nobody, so far", async () => {
    server.answer = { views: [] };
    await show(<ViewsSection pupil="p-1" />);
    expect(root.textContent).toContain("Nobody, so far.");
  });

  test("can be asked for again when the server did not answer", async () => {
    await show(<ViewsSection pupil="p-1" />);
    expect(root.textContent).toContain("The server did not answer.");
    server.answer = { views: [looked] };
    await act(() => root.querySelector("button")?.click());
    await settle();
    expect(root.querySelectorAll("li")).toHaveLength(1);
  });

  test("waits for a signal", async () => {
    status.value = { ...NOTHING_YET, online: false };
    await show(<ViewsSection pupil="p-1" />);
    expect(root.textContent).toContain("there is no signal now");
    expect(server.asked).toEqual([]);
  });

  test("is not for everybody", async () => {
    be("attendance_officer");
    await show(<ViewsSection pupil="p-1" />);
    expect(root.textContent).toBe("");
  });

  test("is read with care", () => {
    expect(readViews(null)).toBeNull();
    expect(readViews({ views: "none" })).toBeNull();
    expect(readViews({ views: [looked, null, { how: "opened" }] })).toEqual({ views: [looked], more: false });
    expect(howWords({ ...looked, purpose: "A call from home" })).toBe("Opened: A call from home");
  });
});
