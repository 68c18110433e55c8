// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act as flush } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NewBody } from "../../../../pwa/src/domain/entry.ts";
import type { ShownWatch } from "../../../../pwa/src/domain/watches.ts";
import type { Case, Draft, DraftOpening, Group, Me, School, Visit } from "../../../../pwa/src/generated/types.ts";
import { NOTHING_YET } from "../../../../pwa/src/state/model.ts";
import type { OutboxItem } from "../../../../pwa/src/state/model.ts";
import type { OwnPhoto } from "../../../../pwa/src/state/app.ts";
import type { VisitDraft } from "../../../../pwa/src/domain/visit-drafts.ts";
import { account, AREA, at, BEA, DAY, familyCase, MO, PLAN, said, TWO, TWO_MS, visit, watch, WORKER } from "./factory.ts";

const recorded: NewBody[] = [];
const store = vi.hoisted(() => ({ problem: null as string | null, fields: new Map<string, Record<string, string>>(), gone: [] as string[] }));

vi.mock("../../../../pwa/src/state/app.ts", () => ({
  me: signal<Me | null>(null),
  school: signal<School | null>(null),
  cases: signal<ReadonlyMap<string, Case>>(new Map()),
  visits: signal<ReadonlyMap<string, Visit>>(new Map()),
  watches: signal<ReadonlyMap<string, ShownWatch>>(new Map()),
  groups: signal<ReadonlyMap<string, Group>>(new Map()),
  photos: signal<ReadonlyMap<string, OwnPhoto>>(new Map()),
  addPhoto: () => Promise.resolve(),
  fetchPhoto: () => Promise.resolve(null),
  retryPhoto: () => undefined,
  syncedDrafts: signal<ReadonlyMap<string, Draft>>(new Map()),
  draftOpenings: signal<readonly DraftOpening[]>([]),
  ask: () => Promise.resolve({ kind: "unreachable", reason: "No signal." }),
  visitDrafts: signal<ReadonlyMap<string, VisitDraft>>(new Map()),
  entries: signal<readonly OutboxItem[]>([]),
  status: signal(NOTHING_YET),
  now: signal(Date.parse("2026-11-23T14:00:00.000Z")),
  today: signal("2026-11-23"),
  nowLocal: signal("14:00"),
  ready: signal(true),
  observedNow: () => "2026-11-23T14:00:00.000Z",
  record: (body: NewBody) => {
    if (store.problem !== null) return Promise.reject(new Error(store.problem));
    recorded.push(body);
    return Promise.resolve();
  },
  loadVisitDraft: (draft: string) => Promise.resolve(store.fields.has(draft) ? { draft, fields: store.fields.get(draft), begunAt: "2026-11-23T14:00:00.000Z", savedAt: "2026-11-23T14:00:00.000Z" } : null),
  saveVisitDraft: (draft: string, { fields }: { fields: Record<string, string> }) => {
    if (store.problem !== null) return Promise.reject(new Error(store.problem));
    store.fields.set(draft, fields);
    return Promise.resolve();
  },
  draftSubmission: (draft: string) => ({ draft, covers: {}, begun_at: "2026-11-23T14:00:00.000Z" }),
  draftHandedIn: (draft: string) => {
    store.gone.push(draft);
    return Promise.resolve();
  },
  discardVisitDraft: (draft: string) => {
    store.gone.push(draft);
    store.fields.delete(draft);
    return Promise.resolve();
  },
  loadDraft: () => Promise.resolve(null),
  saveDraft: () => Promise.resolve(),
  dropDraft: () => Promise.resolve(),
}));

const state = await import("../../../../pwa/src/state/app.ts");
const { VisitsScreen } = await import("../../../../pwa/src/screens/visits/visits-screen.tsx");
const { WatchBar } = await import("../../../../pwa/src/screens/visits/watch-bar.tsx");
const { draftIdOf } = await import("../../../../pwa/src/screens/visits/note/drafts.ts");

interface Writable<T> {
  value: T;
}

/** The tests stand where the server stands: they put documents on the tablet. */
function put<T>(where: { readonly value: T }, value: T): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the signals above can be written
  (where as Writable<T>).value = value;
}

/** Do something, and let the screen draw it. */
function act(work: () => void): void {
  void flush(work);
}

let root: HTMLElement;

/** Open a page, and let what it reads come. */
async function show(tail: string): Promise<void> {
  act(() => render(<VisitsScreen tail={tail} />, root));
  // Once to know whether another tab has the note, once to read it.
  await settle();
  await settle();
}

async function settle(ms = 5): Promise<void> {
  await flush(async () => {
    await new Promise((done) => setTimeout(done, ms));
  });
}

function named(selector: string, text: string): HTMLElement {
  const found = [...root.querySelectorAll<HTMLElement>(selector)].find((one) => (one.getAttribute("aria-label") ?? one.textContent ?? "").trim().startsWith(text));
  if (found === undefined) throw new Error(`No ${selector} says “${text}”; the page says: ${root.textContent}`);
  return found;
}

function click(text: string, selector = "button"): void {
  act(() => named(selector, text).click());
}

/** Answer one of the groups of big buttons. */
function pick(legend: string, answer: string): void {
  const group = [...root.querySelectorAll<HTMLElement>("[role=group]")].find((one) => one.textContent?.includes(legend));
  const button = [...(group?.querySelectorAll<HTMLElement>("button") ?? [])].find((one) => one.textContent?.startsWith(answer));
  if (button === undefined) throw new Error(`Nothing asks “${legend}” with “${answer}”; the page says: ${root.textContent}`);
  act(() => button.click());
}

function type(label: string, value: string): void {
  const id = [...root.querySelectorAll("label")].find((one) => one.textContent?.startsWith(label))?.htmlFor;
  const field = root.querySelector<HTMLInputElement>(`#${CSS.escape(id ?? "-")}`);
  if (field === null) throw new Error(`No field “${label}”; the page says: ${root.textContent}`);
  act(() => {
    field.value = value;
    field.dispatchEvent(new Event(field.tagName === "SELECT" ? "change" : "input", { bubbles: true }));
  });
}

function submit(): void {
  act(() => {
    (root.querySelector("dialog form") ?? root.querySelector("form"))?.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
  });
}

function shown(): string {
  return root.textContent ?? "";
}

function only(): NewBody {
  const [body, ...more] = recorded;
  if (body === undefined || more.length > 0) throw new Error(`One entry was wanted, and there are ${recorded.length}`);
  return body;
}

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  recorded.length = 0;
  store.problem = null;
  store.fields.clear();
  store.gone.length = 0;
  put(state.me, WORKER);
  put(state.school, AREA);
  put(state.cases, new Map([["c-1", familyCase()]]));
  put(state.visits, new Map([["v-1", visit()]]));
  put(state.watches, new Map());
  put(state.visitDrafts, new Map());
  put(state.now, TWO_MS);
  put(state.status, { ...NOTHING_YET, online: true, lastContact: TWO });
});

afterEach(() => {
  act(() => render(null, root));
  root.remove();
});

describe("the day", () => {
  test("lists today's visits, and says where there is none", async () => {
    await show("");
    expect(named("article", "14:00 to 15:10").textContent).toContain("Ben and Ada Finch");
    expect(shown()).toContain("No visit tomorrow.");
    expect(shown()).toContain("Nobody is out.");
    put(state.visits, new Map());
    await show("");
    expect(shown()).toContain("No visit today.");
  });

  test("says that nothing has come yet, rather than that there is nothing", async () => {
    put(state.visits, new Map());
    put(state.school, null);
    put(state.status, NOTHING_YET);
    await show("");
    expect(shown()).toContain("What this tablet may show you has not come yet.");
  });

  test("tells of a note that is owed, of a draft, and of who is out", async () => {
    put(state.now, Date.parse(at("16:00", "2026-11-24")));
    await show("");
    expect(shown()).toContain("More than a day: write it today.");
    const draft: VisitDraft = { draft: "d", case: "c-1", visit: "v-1", begunAt: TWO, savedAt: TWO, fields: {}, standing: { where: "tablet", reason: null }, others: "none", handedIn: null, covers: {} };
    put(state.visitDrafts, new Map([["d", draft]]));
    put(state.watches, new Map([["x-1", watch({ person: BEA, person_name: "Bea Lind", buddy: MO })]]));
    await show("");
    expect(shown()).toContain("Begun, not handed in. Kept on this tablet alone");
    expect(shown()).not.toContain("write it today");
    expect(named("article", "until 15:10").textContent).toContain("Bea LindYou are the buddy.Not back");
  });
});

describe("before leaving", () => {
  test("everything is said: who, where, what was agreed, how to reach them, and what is dangerous", async () => {
    const more = [
      said({ fact: "address", item: "h-1", address: PLAN.address, flags: ["do_not_disclose", "domestic_abuse"] }),
      said({ fact: "risk", item: "r-1", what: "A dog that bites", to: "visitor" }),
      said({ fact: "phone", item: "p-1", name: "Carla Finch", relation: "mother", number: "07700 900123" }),
      said({ fact: "phone", item: "p-2", name: "Dan Finch", relation: "father", number: "07700 900124", do_not_contact: true }),
      said({ fact: "language", language: "pl", interpreter: true }),
    ];
    put(state.cases, new Map([["c-1", familyCase(more)]]));
    const last = visit([said({ ...PLAN, starts: at("14:00", "2026-11-16"), ends: at("15:00", "2026-11-16") }), said({ fact: "outcome", outcome: "no_answer" })], { _id: "visit:v-0", visit: "v-0" });
    put(state.visits, new Map([["v-1", visit()], ["v-0", last]]));
    await show("v-1");
    for (const words of [
      "3 Fernhollow Rise",
      "Do not disclose this address",
      "Domestic abuse",
      "A dog that bites",
      "Ada Finch daughter, aged 9",
      "Quillbrook Primary",
      "Polish Interpreter needed",
      "Last visit Mon 16 Nov: no answer",
      "Walk to school together (Carla Finch, by Mon 30 Nov)",
      "Mo Hart goes alone; buddy: Bea Lind",
      "Do not contact",
    ]) {
      expect(shown()).toContain(words);
    }
    expect([...root.querySelectorAll("a[href^='tel:']")].map((one) => one.getAttribute("href"))).toEqual(["tel:07700900123"]);
  });

  test("one button has the server watch, and until it has, nobody does", async () => {
    await show("v-1");
    submit();
    await settle();
    expect(only()).toMatchObject({ kind: "watch.started", visit: "v-1", case: "c-1", where: PLAN.address, expected_back: PLAN.ends, buddy: BEA, phone: "07700 900001" });
    put(state.watches, new Map([["x-1", watch({ received_at: null, waiting: ["watch.started"], buddy: BEA })]]));
    await show("v-1");
    expect(named("[role=alert]", "Nobody is watching yet: this has not reached the server.").textContent).toContain("Ring Bea Lind before you go");
    expect(named("a", "Ring Bea Lind: 07700 900002").getAttribute("href")).toBe("tel:07700900002");
    put(state.watches, new Map([["x-1", watch({ buddy: BEA })]]));
    await show("v-1");
    expect(shown()).toContain("The server watches you until 15:10.");
  });

  test("without a signal it says before leaving that nobody will watch", async () => {
    put(state.status, { ...NOTHING_YET, online: false, lastContact: TWO });
    await show("v-1");
    expect(shown()).toContain("There is no signal. The server cannot watch you until there is one. Ring Bea Lind, 07700 900002, before you go.");
  });

  test("longer, back and safe, and help in two taps", async () => {
    put(state.watches, new Map([["x-1", watch()]]));
    await show("v-1");
    click("It takes longer");
    click("30 minutes more: 15:40");
    await settle();
    click("I need help");
    expect(recorded).toHaveLength(1);
    click("No, I am all right");
    click("I need help");
    click("Yes, call for help now");
    await settle();
    click("I am back and safe");
    await settle();
    expect(recorded).toMatchObject([
      { kind: "watch.extended", watch: "x-1", expected_back: at("15:40") },
      { kind: "watch.help", watch: "x-1" },
      { kind: "watch.ended", watch: "x-1" },
    ]);
  });

  test("help without a watch begins one", async () => {
    await show("v-1");
    click("I need help");
    click("Yes, call for help now");
    await settle();
    expect(recorded).toMatchObject([{ kind: "watch.started", visit: "v-1", where: PLAN.address }, { kind: "watch.help", where: PLAN.address }]);
  });

  test("a plan is changed on sight of the old one, and cancelled with a reason", async () => {
    const plan = said(PLAN);
    put(state.visits, new Map([["v-1", visit([plan])]]));
    await show("v-1/plan");
    type("Back by", "13:00");
    submit();
    expect(shown()).toContain("The visit must end after it starts, at 14:00");
    type("Back by", "15:30");
    submit();
    await settle();
    expect(only()).toMatchObject({ kind: "visit.planned", visit: "v-1", facts: [{ says: { ends: at("15:30") }, replaces: [plan.id] }] });
    recorded.length = 0;
    await show("v-1");
    click("Cancel the visit");
    type("Reason", "They asked for next week");
    submit();
    await settle();
    expect(only()).toMatchObject({ kind: "visit.planned", facts: [{ says: { cancelled: "They asked for next week", purpose: PLAN.purpose }, replaces: [plan.id] }] });
  });

  test("a new visit is planned for a family of one's own", async () => {
    await show("new");
    type("Family", "c-1");
    type("What the visit is for", "The first one");
    pick("Does the family know", "No");
    type("From", "09:00");
    type("Back by", "10:00");
    type("Address", "3 Fernhollow Rise");
    submit();
    await settle();
    expect(only()).toMatchObject({ kind: "visit.planned", case: "c-1", facts: [{ says: { purpose: "The first one", announced: false, workers: [MO], starts: at("09:00") }, replaces: [] }] });
  });
});

describe("at the door", () => {
  test("one tap says that one has arrived, to the minute", async () => {
    put(state.now, TWO_MS + 42_000);
    await show("v-1");
    click("I am at the door");
    await settle();
    expect(only()).toMatchObject({ kind: "visit.noted", visit: "v-1", facts: [{ says: { fact: "arrived", at: TWO } }] });
  });

  test("a note is kept as it is typed, and is there when it is opened again", async () => {
    await show("v-1/note");
    pick("What came of it?", "Seen");
    await show("v-1/note/account");
    type("What you saw and heard", "The kitchen was wa");
    expect(shown()).toContain("Keeping…");
    await settle(350);
    expect(store.fields.get(draftIdOf("v-1", MO))).toEqual({ outcome: "seen", observation: "The kitchen was wa" });
    expect(shown()).toContain("Kept on this tablet 14:00");
    act(() => render(null, root));
    await show("v-1/note/account");
    expect(root.querySelector<HTMLTextAreaElement>("#note-observation")?.value).toBe("The kitchen was wa");
  });

  test("a tablet that cannot keep it says so loudly", async () => {
    await show("v-1/note/account");
    store.problem = "This tablet is full.";
    type("What you saw and heard", "The kitchen");
    await settle(350);
    expect(named("[role=alert]", "Not saved").textContent).toContain("This tablet is full. What you type is on the screen alone.");
    expect(shown()).toContain("NOT SAVED");
    store.problem = null;
    click("Try again now");
    await settle();
    expect(shown()).toContain("Kept on this tablet 14:00");
  });

  test("a visit that nobody answers is quickly said, and handed in", async () => {
    put(state.visits, new Map([["v-1", visit([said(PLAN), said({ fact: "arrived", at: TWO })])]]));
    put(state.cases, new Map([["c-1", familyCase([said({ fact: "phone", item: "p-1", name: "Carla Finch", relation: "mother", number: "07700 900123" })])]]));
    await show("v-1/note");
    pick("What came of it?", "No answer");
    pick("Did you leave a card?", "Yes");
    click("I rang Carla Finch");
    pick("Did they answer?", "No");
    await show("v-1/note/check");
    expect(shown()).toContain("Quillbrook Primary");
    click("Hand in the note");
    await settle();
    const body = only();
    expect(body).toMatchObject({ kind: "visit.submitted", visit: "v-1", draft: draftIdOf("v-1", MO), contribution: { observation: null } });
    expect("facts" in body ? body.facts?.map(({ says }) => says.fact) : []).toEqual(["outcome", "contact"]);
    expect(store.gone).toEqual([draftIdOf("v-1", MO)]);
  });

  test("what contradicts itself is put right before it is handed in", async () => {
    store.fields.set(draftIdOf("v-1", MO), { outcome: "seen", arrived: "13:30", left: "13:00" });
    await show("v-1/note/check");
    expect(shown()).toContain("You left at 13:00, before you arrived at 13:30.");
    click("Hand in the note");
    await settle();
    expect(recorded).toEqual([]);
  });

  test("a note that could not be written stays, and says so", async () => {
    store.fields.set(draftIdOf("v-1", MO), { outcome: "refused" });
    await show("v-1/note/check");
    store.problem = "This tablet is full.";
    click("Hand in the note");
    await settle();
    expect(named("[role=alert]", "Not handed in.").textContent).toContain("This tablet is full.");
    expect(store.gone).toEqual([]);
  });

  test("a note is thrown away only when asked twice", async () => {
    store.fields.set(draftIdOf("v-1", MO), { outcome: "refused" });
    await show("v-1/note/check");
    click("Throw this note away");
    click("Go on with it");
    expect(store.gone).toEqual([]);
    click("Throw this note away");
    click("Throw it away");
    await settle();
    expect(store.gone).toEqual([draftIdOf("v-1", MO)]);
  });

  test("a child's answers are asked for as far as they lead", async () => {
    await show("v-1/note/children");
    expect(shown()).not.toContain("Why not alone");
    pick("Did you see Ada Finch?", "Yes");
    pick("Did you speak with Ada Finch alone?", "No");
    type("Why not alone", "Her mother stayed");
    pick("Did you see Ben Finch?", "No");
    type("Why Ben Finch was not seen", "At football");
    await settle(350);
    expect(store.fields.get(draftIdOf("v-1", MO))).toEqual({
      "seen.m-ada": "true",
      "alone.m-ada": "false",
      "alone.m-ada.why_not": "Her mother stayed",
      "seen.m-ben": "false",
      "seen.m-ben.why_not": "At football",
    });
    pick("Did you see Ben Finch?", "No");
    expect(shown()).not.toContain("Why Ben Finch was not seen");
  });
});

describe("afterwards", () => {
  const two = { ...PLAN, workers: [MO, BEA] };
  const seen = said({ fact: "seen", item: "m-ada", seen: true });
  const unseen = said({ fact: "seen", item: "m-ada", seen: false, why_not: "asleep" }, { author: BEA });

  beforeEach(() => {
    put(state.visits, new Map([["v-1", visit([said(two), seen, unseen], { contributions: [account(MO), account(BEA)] })]]));
  });

  test("two accounts stand side by side, and neither can be changed", async () => {
    await show("v-1");
    expect(named("article", "The account of Mo Hart").textContent).toContain("What Mo Hart saw");
    expect(named("article", "The account of Bea Lind").textContent).toContain("Handed in 17:00 by the tablet’s clock. Received 17:01.");
    expect(shown()).not.toContain("Write the note");
    await show("v-1/note");
    expect(shown()).toContain("Your note of this visit is handed in. You can add to it, not change it.");
  });

  test("something is added to an account", async () => {
    await show("v-1");
    click("Add something to the account of Bea Lind");
    submit();
    expect(shown()).toContain("Write what is to be added");
    type("What is to be added", "She rang at 18:00.");
    submit();
    await settle();
    expect(only()).toEqual({ kind: "visit.addendum", case: "c-1", visit: "v-1", to: `entry:${BEA}`, text: "She rang at 18:00." });
  });

  test("where two differ both are kept until somebody settles it with a reason", async () => {
    await show("v-1");
    expect(shown()).toContain("People differ");
    click("Settle it: Ada Finch, seen");
    submit();
    expect(shown()).toContain("Choose which holds");
    act(() => root.querySelector<HTMLInputElement>(`input[value="${unseen.id}"]`)?.click());
    type("How you know", "Mo saw her sister");
    submit();
    await settle();
    const body = only();
    expect(body).toMatchObject({ kind: "visit.settled", visit: "v-1", reason: "Mo saw her sister", facts: [{ says: { fact: "seen", seen: false } }] });
    expect("facts" in body && new Set(body.facts?.[0]?.replaces)).toEqual(new Set([seen.id, unseen.id]));
  });
});

describe("somebody who is out", () => {
  test("is shown to their buddy, who says how they know that all is well", async () => {
    put(state.watches, new Map([["x-1", watch({ person: BEA, person_name: "Bea Lind", phone: "07700 900002", buddy: MO })]]));
    put(state.now, Date.parse(at("15:20")));
    await show("watch/x-1");
    expect(shown()).toContain("Bea Lind is not back");
    expect(named("a", "Ring Bea Lind: 07700 900002").getAttribute("href")).toBe("tel:07700900002");
    click("I know that they are safe");
    type("How you know", "She is on the telephone");
    submit();
    await settle();
    expect(only()).toEqual({ kind: "watch.confirmed", watch: "x-1", how: "She is on the telephone" });
  });

  test("is said on every page of one's own, with whether anybody watches", () => {
    put(state.watches, new Map([["x-1", watch({ visit: null, received_at: null, waiting: ["watch.started"] })]]));
    act(() => render(<WatchBar />, root));
    expect(shown()).toContain("Nobody is watching yet: this has not reached the server.");
    put(state.watches, new Map());
    act(() => render(<WatchBar />, root));
    expect(shown()).toBe("");
  });

  test("is said on every page of their buddy's and their lead's once they are not back, and of nobody else's", () => {
    const late = watch({ person: BEA, person_name: "Bea Lind", buddy: MO });
    put(state.watches, new Map([["x-1", late]]));
    act(() => render(<WatchBar />, root));
    expect(shown()).toBe("");
    put(state.now, Date.parse(at("15:10")));
    act(() => render(<WatchBar />, root));
    expect(shown()).toContain("Bea Lind was expected back at 15:10.");
    put(state.watches, new Map([["x-1", { ...late, buddy: null }]]));
    act(() => render(<WatchBar />, root));
    expect(shown()).toBe("");
    put(state.me, { ...WORKER, role: "team_lead" });
    put(state.watches, new Map([["x-1", { ...late, buddy: null, state: "help" as const }]]));
    act(() => render(<WatchBar />, root));
    expect(shown()).toContain("Bea Lind needs help.");
  });
});

test("a place that is none says so", async () => {
  await show("v-none");
  expect(shown()).toContain("No such visit here");
  await show("watch/none");
  expect(shown()).toContain("Nobody is out here");
  expect(DAY).toBe("2026-11-23");
});
