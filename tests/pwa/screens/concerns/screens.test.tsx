// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act as flush } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ShownStatus } from "../../../../pwa/src/domain/concerns.ts";
import type { NewBody } from "../../../../pwa/src/domain/entry.ts";
import type { Card, Case, Concern, Group, Me, Roll, School, SharedSupport, Support } from "../../../../pwa/src/generated/types.ts";
import { NOTHING_YET } from "../../../../pwa/src/state/model.ts";
import type { OutboxItem } from "../../../../pwa/src/state/model.ts";
import { concern, DUTY, household, item, note, raised, SAFE, TEN, TEN_MS } from "./factories.ts";

const said: NewBody[] = [];
const drafts = vi.hoisted(() => new Map<string, unknown>());
const answers = vi.hoisted(() => ({ pdf: { kind: "ok", value: new Blob(["%PDF-"]) } as { kind: string; value?: Blob; reason?: string }, asked: [] as string[] }));

vi.mock("../../../../pwa/src/state/app.ts", () => ({
  me: signal<Me | null>(null),
  school: signal<School | null>(null),
  cards: signal<ReadonlyMap<string, Card>>(new Map()),
  groups: signal<ReadonlyMap<string, Group>>(new Map()),
  rolls: signal<ReadonlyMap<string, Roll>>(new Map()),
  cases: signal<ReadonlyMap<string, Case>>(new Map()),
  concerns: signal<ReadonlyMap<string, Concern>>(new Map()),
  concernStatuses: signal<ReadonlyMap<string, ShownStatus>>(new Map()),
  supports: signal<ReadonlyMap<string, Support>>(new Map()),
  shareds: signal<ReadonlyMap<string, SharedSupport>>(new Map()),
  entries: signal<readonly OutboxItem[]>([]),
  status: signal(NOTHING_YET),
  now: signal(0),
  today: signal("2026-11-23"),
  nowLocal: signal("10:00"),
  observedNow: () => "2026-11-23T10:00:00.000Z",
  record: (body: NewBody) => {
    said.push(body);
    return Promise.resolve();
  },
  saveDraft: (key: string, value: unknown) => {
    drafts.set(key, value);
    return Promise.resolve();
  },
  loadDraft: (key: string) => Promise.resolve(drafts.get(key) ?? null),
  dropDraft: (key: string) => {
    drafts.delete(key);
    return Promise.resolve();
  },
  ask: (path: string) => {
    answers.asked.push(path);
    return Promise.resolve(answers.pdf);
  },
}));

const state = await import("../../../../pwa/src/state/app.ts");
const { begun, readBegun } = await import("../../../../pwa/src/components/concerns/begun.ts");
const { LoudBar } = await import("../../../../pwa/src/components/concerns/loud-bar.tsx");
const router = await import("../../../../pwa/src/components/router.ts");
const { ConcernsScreen } = await import("../../../../pwa/src/screens/concerns/concerns-screen.tsx");

interface Writable<T> {
  value: T;
}

function put<T>(where: { readonly value: T }, value: T): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the signals above can be written
  (where as Writable<T>).value = value;
}

function act(work: () => void): void {
  void flush(work);
}

async function settle(): Promise<void> {
  await flush(async () => {
    await new Promise((done) => setTimeout(done, 5));
  });
}

let root: HTMLElement;

function show(tail: string): void {
  act(() => {
    render(
      <>
        <LoudBar />
        <ConcernsScreen tail={tail} key={tail} />
      </>,
      root,
    );
  });
}

function click(words: string): void {
  const found = [...root.querySelectorAll<HTMLElement>("button, a, label")].find((one) => (one.getAttribute("aria-label") ?? one.textContent ?? "").includes(words));
  if (found === undefined) throw new Error(`Nothing to press says “${words}”; the page says: ${root.textContent}`);
  act(() => found.click());
}

function tick(id: string): void {
  act(() => root.querySelector<HTMLInputElement>(`#${id}`)?.click());
}

function type(id: string, value: string): void {
  const field = root.querySelector<HTMLInputElement>(`#${id}`);
  if (field === null) throw new Error(`No field ${id}`);
  act(() => {
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
}

function text(): string {
  return root.textContent ?? "";
}

function dials(): string[] {
  return [...root.querySelectorAll<HTMLAnchorElement>('[aria-label="Whom to ring now, in this order"] a')].map((one) => one.textContent ?? "");
}

function person(role: Me["role"]): void {
  put(state.me, { person: "me", name: "Me", role, schools: [{ school: "sch-1", name: "S", grants: [{ id: "post", person: "me", role }], digest: "" }], expires_at: TEN });
}

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  said.length = 0;
  answers.asked.length = 0;
  drafts.clear();
  begun.value = null;
  history.replaceState(null, "", "/concerns/new");
  put(state.school, SAFE);
  put(state.now, TEN_MS);
  put(state.concerns, new Map());
  put(state.concernStatuses, new Map());
  put(state.entries, []);
  put(state.status, { ...NOTHING_YET, online: true });
  person("class_teacher");
});

afterEach(() => {
  act(() => render(null, root));
  router.guardLeaving(null);
  root.remove();
});

describe("the card", () => {
  test("says whom to ring, and changes with what is so", () => {
    show("new");
    expect(dials()).toEqual(["Lena LeadThe role of Lena Lead01632 960001"]);
    expect(root.querySelector('a[href="tel:01632960001"]')).not.toBeNull();
    tick("concern-staff");
    expect(dials().map((one) => one.slice(0, 9))).toEqual(["Hana Head", "Designate"]);
    tick("concern-staff");
    tick("concern-immediate");
    expect(dials()[0]).toContain("999");
    tick("concern-immediate");
    tick("concern-closed");
    expect(dials().at(-1)).toContain("Duty team");
  });

  test("says what to do where no number is known", () => {
    put(state.school, { ...SAFE, staff: [], safeguarding: null });
    show("new");
    expect(text()).toContain("No numbers of");
  });
});

describe("raising one", () => {
  test("nothing is sent that says nothing", async () => {
    show("new");
    click("Send this concern");
    act(() => root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
    await settle();
    expect(text()).toContain("Write what you saw and heard, in your own words");
    expect(said).toEqual([]);
  });

  test("ring, write, send: with who was told and when", async () => {
    show("new");
    click("I have just rung Lena Lead");
    type("concern-child", "A child in a red coat");
    type("concern-text", "A bruise.");
    expect(drafts.get("concern")).toMatchObject({ text: "A bruise.", childName: "A child in a red coat" });
    act(() => root.querySelector("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
    await settle();
    expect(said).toHaveLength(1);
    expect(said[0]).toMatchObject({
      kind: "concern.raised",
      text: "A bruise.",
      child_name: "A child in a red coat",
      pupil: null,
      told: [{ name: "Lena Lead", how: "phone", at: TEN }],
    });
    expect(drafts.size).toBe(0);
    expect(router.path.value).toMatch(/^\/concerns\/mine\/[0-9a-f]{32}$/);
  });

  test("one that was begun is asked about on leaving, and kept", async () => {
    show("new");
    type("concern-text", "A bruise.");
    act(() => router.navigate("/entries"));
    expect(router.path.value).not.toBe("/entries");
    expect(text()).toContain("You have not sent this concern");
    click("Leave without sending");
    expect(router.path.value).toBe("/entries");
    await settle();
    expect(text()).toContain("You began a concern and have not sent it.");
    act(() => router.navigate("/concerns/new"));
    show("new/again");
    begun.value = null;
    await flush(readBegun);
    expect(begun.value).toMatchObject({ text: "A bruise." });
  });

  test("and removed only on purpose", async () => {
    show("new");
    type("concern-text", "A bruise.");
    click("Remove what you wrote");
    click("Remove it");
    await settle();
    expect([drafts.size, begun.value]).toEqual([0, null]);
  });

  test("from a visit, the children of its family are offered first, with their schools' numbers", () => {
    put(state.school, { ...SAFE, phase: "area", staff: [], safeguarding: { duty: DUTY } });
    put(state.cases, new Map([["k1", household()]]));
    history.replaceState(null, "", "/concerns/new?visit=v1&case=k1");
    show("new");
    expect(dials().map((one) => one.slice(0, 9))).toEqual(["Duty team"]);
    expect(root.querySelector('[aria-label="Children found"]')?.textContent).toContain("Bo Finch");
    click("Ada FinchFernhollow School");
    expect(dials()[0]).toContain("Lena Lead");
    put(state.cases, new Map());
  });

  test("whom it is about is chosen from the staff, and is not rung", () => {
    show("new");
    tick("concern-staff");
    tick("concern-about-head");
    expect(dials().map((one) => one.slice(0, 9))).toEqual(["Chi Chair", "Designate"]);
  });
});

describe("one's own", () => {
  test("is loud on every page until it is received, then says who has it", () => {
    put(state.entries, [item(raised())]);
    show("");
    const bar = root.querySelector('[role="alert"]');
    expect(bar?.textContent).toContain("This concern has not reached the server. Ring Lena Lead 01632 960001.");
    const status: ShownStatus = { _id: "s", type: "concern_status", concern: "c1", entry: "entry:concern.raised", state: "new", received_at: TEN, goes_to: "the safeguarding lead of Fernhollow School", held: null };
    act(() => {
      put(state.entries, [item(raised(), { state: "stored", receivedAt: TEN })]);
      put(state.concernStatuses, new Map([["c1", status]]));
    });
    expect(root.querySelector('[role="alert"]')).toBeNull();
    expect(text()).toContain("It is with the safeguarding lead of Fernhollow School. Nobody has acknowledged it yet.");
    act(() => put(state.concernStatuses, new Map([["c1", { ...status, state: "acknowledged", acknowledged_by: "Lena Lead", acknowledged_at: TEN }]])));
    expect(root.querySelector(".tm-concern-bar")).toBeNull();
    expect(text()).toContain("Acknowledged by Lena Lead, 10:00.");
  });

  test("its page has the numbers, and takes whom one told since", async () => {
    put(state.entries, [item(raised({ told: [{ name: "Dev Deputy", how: "message", at: TEN }] }))]);
    show("mine/c1");
    expect(text()).toContain("Dev Deputy, by message");
    click("I have just rung Lena Lead");
    await settle();
    expect(said).toEqual([{ kind: "concern.told", concern: "c1", told: { name: "Lena Lead", how: "phone", at: TEN } }]);
    show("mine/another");
    expect(text()).toContain("No concern of yours");
  });
});

describe("answering for them", () => {
  beforeEach(() => {
    person("safeguarding_lead");
    put(state.concerns, new Map([["c1", concern({ immediate: true })], ["c2", concern({ concern: "c2", state: "closed", child_name: null, pupil: null })]]));
  });

  test("the queue: new ones first, with how long", () => {
    put(state.now, TEN_MS + 12 * 60_000);
    show("");
    expect(text()).toContain("1 concern waits for somebody to acknowledge it.");
    expect(root.querySelector('[aria-label="New concerns"]')?.textContent).toContain("12 minutes ago");
    expect(root.querySelector('[aria-label="New concerns"]')?.textContent).toContain("In danger now");
    expect(root.querySelector('[aria-label="Closed concerns"]')?.textContent).toContain("A child whose name was not given");
  });

  test("who opens one is noted; it is acknowledged, and then what was done", async () => {
    show("c1");
    await settle();
    expect(said.shift()).toEqual({ kind: "record.viewed", document: "concern:c1", pupil: "pup-1", purpose: null });
    expect(text()).toContain("A bruise on the arm.");
    expect(document.title).not.toContain("Ada");
    click("Acknowledge it");
    await settle();
    expect(said.shift()).toEqual({ kind: "concern.acknowledged", concern: "c1", note: null });
    const form = (): Element | null | undefined => root.querySelector("#concern-note")?.closest("form");
    act(() => form()?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
    expect(text()).toContain("Say what was done");
    type("concern-note", "Rang home.");
    act(() => root.querySelector<HTMLInputElement>('input[value="referred"]')?.click());
    act(() => form()?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
    await settle();
    expect(said.shift()).toEqual({ kind: "concern.noted", concern: "c1", text: "Rang home.", status: "referred" });
  });

  test("what waits here is shown as such, and a held one has its author rung", () => {
    put(state.concerns, new Map([["c1", concern({ held: "It came without words.", text: "", notes: [note("told", { held: "Not theirs." })] })]]));
    const mine = { kind: "concern.acknowledged", concern: "c1", author: "me", role: "safeguarding_lead", device: "d", written_at: TEN } as const;
    put(state.entries, [item(mine)]);
    show("c1");
    expect(text()).toContain("you acknowledged it. It waits on this tablet.");
    expect(text()).toContain("ring Tess Tutor");
    expect(text()).toContain("It came without a word.");
    expect(text()).toContain("This is held: Not theirs.");
  });

  test("it is taken over once; a second time asks, and says who did before", async () => {
    show("c1");
    await settle();
    said.length = 0;
    click("Save the PDF");
    await settle();
    expect(answers.asked).toEqual(["/db/sch-1/_concerns/c1/pdf"]);
    type("concern-system", "MyConcern");
    type("concern-reference", "R-1");
    act(() => root.querySelector("#concern-reference")?.closest("form")?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true })));
    await settle();
    expect(said).toEqual([{ kind: "concern.exported", concern: "c1", system: "MyConcern", reference: "R-1" }]);
    const exported = [note("exported", { system: "MyConcern", reference: "R-1" })];
    act(() => put(state.concerns, new Map([["c1", concern({ exported, notes: exported })]])));
    expect(text()).toContain("Lena Lead took it into MyConcern under the reference R-1");
    expect(root.querySelector("#concern-reference")).toBeNull();
    click("Save the PDF");
    expect(text()).toContain("It was taken over before");
    expect(answers.asked).toHaveLength(1);
    answers.pdf = { kind: "busy", reason: "The server is busy." };
    click("Save it again");
    await settle();
    expect(answers.asked).toHaveLength(2);
    expect(text()).toContain("The PDF could not be fetched. The server is busy.");
  });

  test("one that is not theirs is not there", () => {
    show("c9");
    expect(text()).toContain("not yours to see");
  });

  test("a pupil: concerns, what was shared, and support", () => {
    const shared: SharedSupport = { _id: "shared:k:pup-1", type: "shared", pupil: "pup-1", case: "k", lines: [{ item: "i", text: "Do not ring the father.", basis: "safeguarding", by_name: "Wren", at: TEN }], as_at: TEN };
    put(state.shareds, new Map([[shared._id, shared]]));
    show("pupil/pup-1");
    expect(text()).toContain("Do not ring the father.");
    expect(text()).toContain("for safeguarding");
    expect(text()).toContain("by Tess Tutor");
    put(state.shareds, new Map());
    show("pupil/nobody");
    expect(text()).toContain("No concern about this pupil");
  });
});
