// @vitest-environment happy-dom
import { signal } from "@preact/signals";
import { render } from "preact";
import { act as flush } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { NewBody } from "../../../../pwa/src/domain/entry.ts";
import type { Card, Group, Held, History, Me, Roll, School, Sheet, Support, Unexplained } from "../../../../pwa/src/generated/types.ts";
import { NOTHING_YET } from "../../../../pwa/src/state/model.ts";
import type { OutboxItem } from "../../../../pwa/src/state/model.ts";
import { at, card, claim, group, held, MONDAY, open, row, school, sheet } from "./factories.ts";

const said: NewBody[] = [];
const recording = vi.hoisted(() => ({ problem: null as string | null }));

vi.mock("../../../../pwa/src/state/app.ts", () => ({
  me: signal<Me | null>({
    person: "o-dale",
    name: "Mrs Dale",
    role: "attendance_officer",
    schools: [{ school: "sch-1", name: "Fernhollow School" }],
    expires_at: "2026-11-24T00:00:00.000Z",
  }),
  school: signal<School | null>(null),
  sheets: signal<ReadonlyMap<string, Sheet>>(new Map()),
  cards: signal<ReadonlyMap<string, Card>>(new Map()),
  groups: signal<ReadonlyMap<string, Group>>(new Map()),
  rolls: signal<ReadonlyMap<string, Roll>>(new Map()),
  unexplained: signal<Unexplained | null>(null),
  held: signal<ReadonlyMap<string, Held>>(new Map()),
  supports: signal<ReadonlyMap<string, Support>>(new Map()),
  shareds: signal(new Map()),
  histories: signal<ReadonlyMap<string, readonly History[]>>(new Map()),
  showHistory: () => undefined,
  entries: signal<readonly OutboxItem[]>([]),
  status: signal(NOTHING_YET),
  now: signal(Date.parse("2026-11-23T09:30:00.000Z")),
  today: signal("2026-11-23"),
  nowLocal: signal("09:30"),
  ready: signal(true),
  observedNow: () => "2026-11-23T09:30:00.000Z",
  record: (body: NewBody) => {
    if (recording.problem !== null) return Promise.reject(new Error(recording.problem));
    said.push(body);
    return Promise.resolve();
  },
}));

const state = await import("../../../../pwa/src/state/app.ts");
const { OfficeScreen } = await import("../../../../pwa/src/screens/office/office-screen.tsx");

interface Writable<T> {
  value: T;
}

/** The tests stand where the server stands: they put documents on the tablet. */
function put<T>(where: { readonly value: T }, value: T): void {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the signals above can be written
  (where as Writable<T>).value = value;
}

function putSheets(...list: Sheet[]): void {
  put(state.sheets, new Map(list.map((one) => [one._id, one])));
}

/** Do something, and let the screen draw it: done at once, for work that is not asynchronous. */
function act(work: () => void): void {
  void flush(work);
}

let root: HTMLElement;

function show(tail: string): void {
  act(() => render(<OfficeScreen tail={tail} />, root));
}

/** Let what was clicked be saved. */
async function settle(): Promise<void> {
  await flush(async () => {
    await new Promise((done) => setTimeout(done, 5));
  });
}

function byText(selector: string, text: string): HTMLElement {
  const found = [...root.querySelectorAll<HTMLElement>(selector)].find((one) => {
    return (one.getAttribute("aria-label") ?? one.textContent ?? "").includes(text);
  });
  if (found === undefined) throw new Error(`No ${selector} says “${text}”; the page says: ${root.textContent}`);
  return found;
}

function click(selector: string, text: string): void {
  act(() => byText(selector, text).click());
}

function type(id: string, value: string): void {
  const field = root.querySelector<HTMLInputElement>(`#${id}`);
  if (field === null) throw new Error(`No field ${id}`);
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

function choose(value: string): void {
  act(() => root.querySelector<HTMLInputElement>(`input[type="radio"][value="${CSS.escape(value)}"]`)?.click());
}

function errors(): string[] {
  return [...root.querySelectorAll(".govuk-error-summary__list a")].map((one) => one.textContent ?? "");
}

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  said.length = 0;
  recording.problem = null;
  put(state.school, school());
  put(state.cards, new Map(["ada", "ben"].map((pupil) => [pupil, card(pupil)])));
  put(state.groups, new Map([["g-8a", group("g-8a", ["ada", "ben"])]]));
  put(state.unexplained, null);
  put(state.held, new Map());
  put(state.entries, []);
  putSheets();
});

afterEach(() => {
  act(() => render(null, root));
  root.remove();
});

function headings(): string[] {
  return [...root.querySelectorAll("h2")].map((one) => (one.textContent ?? "").replaceAll(/\s+/g, " ").trim());
}

describe("the school now", () => {
  test("an empty morning: every section stands in its order, with words where there is nothing", () => {
    putSheets(sheet("g-8a", [row("ada", [claim("/")]), row("ben", [claim("/")])]));
    show("");
    expect(headings()).toEqual([
      "Registers missing 0",
      "Registers in part 0",
      "To find 0",
      "Contested 0",
      "Off site, unconfirmed 0",
      "Signed in and still marked absent 0",
      "N, due and overdue 0",
      "Held and set aside 0",
      "Silent tablets",
      "Headcount",
    ]);
    expect(root.textContent).toContain("Every register is in.");
    expect(root.textContent).toContain("100.0%provisional, as at 09:20");
    expect(root.textContent).toContain("No connection.");
  });

  test("a missing register can be rung, reassigned, taken here and keyed in from paper", () => {
    putSheets(sheet("g-8a", [row("ada"), row("ben")]));
    show("");
    const line = byText("#missing li", "8A");
    expect(line.textContent).toContain("Room 12");
    expect(line.textContent).toContain("20 minutes late");
    expect([...line.querySelectorAll("a")].map((one) => one.getAttribute("href"))).toEqual([
      "tel:212",
      `/register/${MONDAY}/AM/g-8a`,
      `/register/${MONDAY}/AM/g-8a?paper`,
    ]);
  });

  test("reassigning asks for whom and why", async () => {
    putSheets(sheet("g-8a", [row("ada")]));
    show("");
    click("#missing button", "Reassign");
    submit();
    expect(errors()).toEqual(["Choose who takes this register", "Enter the reason"]);
    type("to", "t-cover");
    type("reason", "Mr Ash is ill");
    submit();
    await settle();
    expect(said).toEqual([
      { kind: "register.reassigned", group: "g-8a", date: MONDAY, session: "AM", to: "t-cover", reason: "Mr Ash is ill" },
    ]);
    expect(root.querySelector("dialog")).toBeNull();
  });

  test("settling replaces both sides, with the reason", async () => {
    const here = claim("/");
    const ill = claim("I", { author_name: "Mrs Dale", role: "attendance_officer", kind: "mark.amended", group: null });
    putSheets(sheet("g-8a", [row("ada", [here, ill]), row("ben", [claim("/")])]));
    show("");
    click("#contested button", "Settle: Ada Marsh");
    const dialog = root.querySelector("dialog");
    expect(dialog?.textContent).toContain("Mr Ash, class teacher. Register of 8A.");
    expect(dialog?.textContent).toContain("Mrs Dale, attendance officer. Office, amending a mark.");
    submit();
    expect(errors()).toEqual(["Choose the mark that is right", "Enter the reason: it is kept with the mark for good"]);
    choose("I");
    type("reason", "Mother rang");
    submit();
    await settle();
    expect(said).toEqual([
      {
        kind: "contest.settled",
        date: MONDAY,
        session: "AM",
        reason: "Mother rang",
        claims: [{ pupil: "ada", code: "I", observed_at: at("09:30"), replaces: [here.id, ill.id].toSorted() }],
      },
    ]);
    expect(root.textContent).toContain("Saved on this tablet");
  });

  test("a claim that comes in while the dialog is open must be looked at; typed words stay", async () => {
    const here = claim("/");
    const ill = claim("I");
    const both = [here, ill];
    putSheets(sheet("g-8a", [row("ada", both)]));
    show("");
    click("#contested button", "Settle");
    choose("I");
    type("reason", "Mother rang");
    const late = claim("L", { arrived: "08:55", kind: "arrival.recorded", group: null, author_name: "Mr Gate" });
    act(() => putSheets(sheet("g-8a", [row("ada", [...both, late])])));
    expect(byText("h3", "New since you opened this")).toBeDefined();
    submit();
    await settle();
    expect(said).toEqual([]);
    expect(errors()).toEqual(["A new mark came in while you were deciding: look at it first"]);
    expect(root.querySelector<HTMLTextAreaElement>("#reason")?.value).toBe("Mother rang");
    click("button", "I have looked at this");
    submit();
    await settle();
    expect(said).toMatchObject([{ claims: [{ replaces: [here.id, ill.id, late.id].toSorted() }] }]);
  });

  test("what was settled elsewhere meanwhile leaves the list and not the dialog", () => {
    const both = [claim("/"), claim("I")];
    putSheets(sheet("g-8a", [row("ada", both)]));
    show("");
    click("#contested button", "Settle");
    type("reason", "Mother rang");
    const settled = claim("I", { kind: "contest.settled", replaces: both.map((one) => one.id) });
    act(() => putSheets(sheet("g-8a", [row("ada", [...both, settled])])));
    expect(headings()).toContain("Contested 0");
    expect(root.querySelector<HTMLTextAreaElement>("#reason")?.value).toBe("Mother rang");
  });

  test("closing with words typed asks first", () => {
    putSheets(sheet("g-8a", [row("ada", [claim("/"), claim("I")])]));
    show("");
    click("#contested button", "Settle");
    type("reason", "Moth");
    click("dialog button", "Cancel");
    expect(root.querySelector("dialog")?.textContent).toContain("Leave without saving?");
    click("dialog button", "Go on with it");
    expect(root.querySelector<HTMLTextAreaElement>("#reason")?.value).toBe("Moth");
    click("dialog button", "Cancel");
    click("dialog button", "Leave without saving");
    expect(root.querySelector("dialog")).toBeNull();
  });

  test("a contest that comes up while the page is open is marked as new", () => {
    putSheets(sheet("g-8a", [row("ada", [claim("/"), claim("I")]), row("ben", [claim("/")])]));
    show("");
    const news = claim("N", { received_at: "2026-11-23T09:30:01.000Z" });
    act(() => putSheets(sheet("g-8a", [row("ada", [claim("/"), claim("I")]), row("ben", [claim("/"), news])])));
    expect(root.querySelectorAll("#contested > ul > li")).toHaveLength(2);
    const fresh = [...root.querySelectorAll(".tm-office-line--new")].map((one) => one.textContent);
    expect(fresh).toHaveLength(1);
    expect(fresh[0]).toContain("Ben Marsh");
  });

  test("recording the reason for an N amends it; leave asks for its decision", async () => {
    const n = claim("N", { parent_message: "Being sick" });
    putSheets(sheet("g-8a", [row("ada", [n]), row("ben", [claim("/")])]));
    show("");
    expect(byText("#find li", "Ada Marsh").textContent).toContain("Proposed I: Illness");
    click("#find button", "Record the reason");
    choose("other");
    type("code-other", "C");
    type("reason", "Funeral");
    submit();
    expect(errors()).toEqual([
      "Enter who asked for the leave",
      "Enter the date on which it was asked for",
      "Enter who authorised the leave",
    ]);
    type("asked-by", "Father");
    type("asked-on", "2026-11-20");
    type("authorised-by", "Ms Head");
    submit();
    await settle();
    expect(said).toMatchObject([
      { kind: "mark.amended", reason: "Funeral", claims: [{ code: "C", replaces: [n.id], decision: { asked_by: "Father" } }] },
    ]);
  });

  test("confirming off site names who confirmed", async () => {
    putSheets(sheet("g-8a", [row("ada", [claim("V")]), row("ben", [claim("/")])]));
    show("");
    click("#off-site button", "Confirm");
    type("reason", "Rang at 09:20");
    submit();
    expect(errors()).toEqual(["Enter who confirmed it"]);
    type("observed-by", "Mr Reed, trip leader");
    submit();
    await settle();
    expect(said).toMatchObject([{ kind: "mark.amended", claims: [{ code: "V", observed_by: "Mr Reed, trip leader" }] }]);
  });

  test("due Ns are amended to O by one action, less those unticked, and by somebody named", async () => {
    const old = { date: "2026-11-16", session: "AM" as const, due: MONDAY };
    put(state.unexplained, open([{ ...old, pupil: "ada", live: ["ada.0"] }, { ...old, pupil: "ben", live: ["ben.0"] }]));
    show("");
    expect(root.textContent).toContain("Due today: day 5 of 5");
    act(() => root.querySelector<HTMLInputElement>('input[type="checkbox"]')?.click());
    click("#open-n button", "Amend 1 mark to O");
    expect(root.querySelector("dialog")?.textContent).toContain("You, Mrs Dale, amend these marks");
    type("reason", "Rang three times");
    submit();
    await settle();
    expect(said).toMatchObject([{ kind: "mark.amended", date: "2026-11-16", claims: [{ pupil: "ben", code: "O" }] }]);
  });

  test("what is held is counted, with the one that waits longest and the way there", () => {
    put(state.held, new Map([["held:1", held()]]));
    show("");
    const section = byText("#held", "A register");
    expect(section.querySelector("h2")?.textContent).toBe("Held and set aside 1");
    expect(section.textContent).toContain("Waiting longest: A register, from Ms Birch, since 09:01. The group is not known to the school.");
    expect(section.querySelector('a[href="/office/inbox"]')?.textContent).toBe("Decide on 1 held entry");
  });

  test("a device that cannot save says so, and keeps the form", async () => {
    recording.problem = "There is no space left on this device.";
    putSheets(sheet("g-8a", [row("ada", [claim("/"), claim("I")])]));
    show("");
    click("#contested button", "Settle");
    choose("/");
    type("reason", "Saw her");
    submit();
    await settle();
    expect(errors()).toEqual(["There is no space left on this device."]);
    expect(root.querySelector<HTMLTextAreaElement>("#reason")?.value).toBe("Saw her");
  });
});

describe("the late desk", () => {
  test("name, Enter, Enter: signed in at the time on the clock", async () => {
    const n = claim("N");
    putSheets(sheet("g-8a", [row("ada", [n]), row("ben", [claim("/")])]));
    show("late");
    type("pupil", "ada");
    act(() => {
      root.querySelector("#pupil")?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    });
    expect(root.textContent).toContain("Now: N: Reason not yet known.");
    expect(root.textContent).toContain("U: after closing at 09:10");
    choose("M");
    submit();
    await settle();
    expect(said).toEqual([
      {
        kind: "arrival.recorded",
        date: MONDAY,
        session: "AM",
        claims: [{ pupil: "ada", code: "M", arrived: "09:30", observed_at: at("09:30"), replaces: [n.id] }],
      },
    ]);
    expect(root.querySelector<HTMLInputElement>("#pupil")?.value).toBe("");
    expect(root.textContent).toContain("Saved on this tablet. Ada Marsh came in at 09:30");
  });

  test("leaving early needs company and a reason", async () => {
    show("late");
    click('[role="tab"]', "Leaving early");
    submit();
    expect(errors()).toEqual(["Choose the pupil who is leaving", "Enter with whom the pupil is leaving, or “alone”", "Enter why the pupil is leaving"]);
    type("pupil", "ben");
    click(".tm-office-option", "Ben Marsh");
    type("leaving-with", "His aunt");
    type("leaving-why", "Dentist");
    submit();
    await settle();
    expect(said).toMatchObject([{ kind: "departure.recorded", pupil: "ben", left: "09:30", left_with: "His aunt", reason: "Dentist" }]);
  });

  test("an arrival is undone by amending the mark", async () => {
    const n = claim("N");
    const late = claim("L", { arrived: "09:05", kind: "arrival.recorded", group: null, replaces: [n.id] });
    putSheets(sheet("g-8a", [row("ada", [n, late])]));
    show("late");
    click("#moves button", "Undo: Ada Marsh");
    choose("N");
    type("reason", "Signed in the wrong pupil");
    submit();
    await settle();
    expect(said).toMatchObject([{ kind: "mark.amended", claims: [{ code: "N", replaces: [n.id, late.id].toSorted() }] }]);
  });
});

test("a planned code is recorded, and one on today's sheets withdrawn", async () => {
  const planned = [{ entry: "e:5", code: "M", source: "Hospital letter", by_name: "Mrs Dale" }];
  putSheets(sheet("g-8a", [row("ada", [], { planned })]));
  show("planned");
  submit();
  expect(errors()).toEqual(["Choose the pupil", "Choose the code", "Enter where this comes from, like “Mother rang 08:05”"]);
  type("pupil", "ben");
  click(".tm-office-option", "Ben Marsh");
  type("planned-code", "V");
  type("source", "Trip to the coast");
  submit();
  await settle();
  click("#plans button", "Withdraw: Ada Marsh");
  type("reason", "Cancelled by the hospital");
  submit();
  await settle();
  expect(said).toMatchObject([
    { kind: "planned.recorded", pupil: "ben", first: MONDAY, last: MONDAY, sessions: ["AM", "PM"], code: "V" },
    { kind: "planned.withdrawn", entry: "e:5", pupil: "ada", first: MONDAY, last: MONDAY },
  ]);
});

describe("a pupil's marks", () => {
  test("today's cells with everything ever said of them, for good", () => {
    const first = claim("N");
    const second = claim("I", { kind: "mark.amended", group: null, replaces: [first.id], reason: "Mother rang", author_name: "Mrs Dale", role: "attendance_officer" });
    putSheets(sheet("g-8a", [row("ada", [first, second])]));
    show("pupil/ada");
    expect(root.querySelector("h1")?.textContent).toBe("Ada Marsh");
    expect(document.title).not.toContain("Ada");
    const text = root.textContent ?? "";
    expect(text).toContain("Reason: “Mother rang”");
    expect(text).toContain("Mrs Dale, attendance officer. Office, amending a mark.");
    expect(text).toContain("Replaced");
    expect(text).toContain("Stands");
  });

  test("the support of the family, as far as the office may know of it", () => {
    show("pupil/ada");
    expect(root.textContent).not.toContain("Family support");
    const support: Support = {
      _id: "support:c:ada",
      type: "support",
      pupil: "ada",
      case: "c",
      status: "open",
      lead_name: "Wren Worker",
      agency: "Tarn Council",
      visits: [{ visit: "v", on: "2026-11-19", outcome: "no_answer" }],
      actions: [{ item: "i", what: "Walk with Ada to school.", owner: "Her aunt", due: "2026-11-27", status: "open" }],
      as_at: at("09:00"),
    };
    act(() => put(state.supports, new Map([[support._id, support]])));
    const words = root.querySelector('[aria-label="Family support"]')?.textContent ?? "";
    expect(words).toContain("Support is going on, led by Wren Worker (Tarn Council).");
    expect(words).toContain("Home visit Thursday 19 November: nobody answered.");
    expect(words).toContain("Walk with Ada to school (Her aunt, by Fri 27 Nov): open.");
    put(state.supports, new Map());
  });

  test("nobody is found under an address that names nobody", () => {
    show("pupil/nobody");
    expect(root.textContent).toContain("No pupil on this tablet’s roll has this address.");
    show("elsewhere");
    expect(root.textContent).toContain("Page not found");
  });
});

describe("held entries", () => {
  const body = {
    kind: "register.taken",
    author: "t-birch",
    device: "tablet-7",
    written_at: at("08:55"),
    date: MONDAY,
    session: "AM",
    group: "g-8a",
    claims: [{ pupil: "ada", code: "I", observed_at: at("08:50"), remark: "Sick note" }],
  };
  const digest = "ab".repeat(32);
  const original = JSON.stringify({ _id: "entry:9", digest, body });
  const whole = (more: Partial<Held> = {}): Held =>
    held({ original, date: MONDAY, releasable: true, reason: "A cover teacher may not use the code I.", ...more });
  const putHeld = (...list: Held[]): void => put(state.held, new Map(list.map((one) => [one._id, one])));

  test("nothing held is said in words", () => {
    show("inbox");
    expect(headings()).toEqual([]);
    expect(root.textContent).toContain("Nothing waits for a decision.");
  });

  test("what, whose, why, since when; the tabs say how many", () => {
    putHeld(whole(), held({ _id: "held:2", kind: null, original: "{", releasable: false, received_at: at("09:20") }));
    show("inbox");
    expect(headings()).toEqual(["A register of 8A, Mon 23 Nov, morning", "Something that is no entry"]);
    const line = byText("article", "A register of 8A");
    for (const words of ["A cover teacher may not", "Ada Marsh", "I: Illness", "Sick note", "From Ms Birch.", "Tablet: tablet-7.", "since 09:01"]) {
      expect(line.textContent).toContain(words);
    }
    expect([...line.querySelectorAll("button")].map(({ textContent }) => textContent)).toEqual(["Release", "Correct and release", "Decline"]);
    const odd = byText("article", "Something that is no entry");
    expect([...odd.querySelectorAll("button")].map(({ textContent }) => textContent)).toEqual(["Decline"]);
    expect([...root.querySelectorAll('[role="tab"]')].map(({ textContent }) => textContent)).toEqual([
      "To decide (2)",
      "Held (2)",
      "Part set aside (0)",
      "Decided (0)",
    ]);
    type("order", "newest");
    expect(headings()[0]).toBe("Something that is no entry");
    click('[role="tab"]', "Part set aside");
    expect(root.textContent).toContain("No mark is set aside.");
  });

  test("is released with a reason, and shown as decided while that waits", async () => {
    putHeld(whole());
    show("inbox");
    click("button", "Release: A register of 8A");
    submit();
    expect(errors()).toEqual(["Enter the reason"]);
    type("reason", "He rang his mother");
    submit();
    await settle();
    const released = { kind: "quarantine.released", held: "held:1", entry: "entry:9", reason: "He rang his mother", replaces: [], date: MONDAY } as const;
    expect(said).toEqual([released]);
    expect(root.textContent).toContain("A register of 8A, Mon 23 Nov, morning is released");
    const waiting: OutboxItem[] = [
      {
        log: "l",
        n: 1,
        id: "entry:d",
        body: { ...released, replaces: [], author: "o-dale", role: "attendance_officer", device: "d", written_at: at("09:30") },
        state: "waiting",
        reason: null,
        receivedAt: null,
        setAside: [],
        outcome: null,
        backedUp: false,
      },
    ];
    act(() => put(state.entries, waiting));
    expect(root.textContent).toContain("Nothing waits for a decision.");
    click('[role="tab"]', "Decided (1)");
    expect(byText("article", "A register of 8A").textContent).toContain("It waits on this tablet to be sent");
    click("button", "Decline instead");
    type("reason", "No, she was wrong");
    submit();
    await settle();
    expect(said.at(-1)).toMatchObject({ kind: "quarantine.declined", replaces: ["entry:d"] });
  });

  test("is corrected: the form holds what was written, and replaces what is live and what is held", async () => {
    const live = claim("N");
    putSheets(sheet("g-8a", [row("ada", [live]), row("ben", [])]));
    putHeld(whole());
    show("inbox");
    click("button", "Correct and release: A register of 8A");
    const value = (id: string): string | undefined => root.querySelector<HTMLInputElement>(`#${id}`)?.value;
    expect([value("date"), value("session"), value("mark-0-code"), value("mark-0-remark")]).toEqual([MONDAY, "AM", "I", "Sick note"]);
    expect(root.querySelector("dialog")?.textContent).toContain("What you record replaces this");
    submit();
    expect(errors()).toEqual(["Enter the reason: its author reads it, and it is kept for good"]);
    type("mark-0-code", "L");
    type("reason", "Came late");
    submit();
    expect(errors()).toEqual(["Mark 1: Enter the time of arrival, like 09:25"]);
    type("mark-0-arrived", "09:15");
    submit();
    await settle();
    expect(said).toMatchObject([
      {
        kind: "quarantine.corrected",
        held: "held:1",
        entry: "entry:9",
        date: MONDAY,
        session: "AM",
        claims: [{ pupil: "ada", code: "U", arrived: "09:15", remark: "Sick note", replaces: [live.id, `${digest.slice(0, 24)}.0`].toSorted() }],
      },
    ]);
  });

  test("one's own is not offered to decide on", () => {
    putHeld(whole({ sender: "o-dale", author: "o-dale" }));
    show("inbox");
    const line = byText("article", "A register of 8A");
    expect(line.textContent).toContain("You wrote this, so somebody else at the desk decides on it.");
    expect(line.querySelectorAll("button")).toHaveLength(0);
  });

  test("two who decided differently are both shown, and a third decision names both", async () => {
    const decisions = [
      { entry: "d1", what: "released", by: "o-dale", at: at("09:10"), reason: "Fine", replaces: [] },
      { entry: "d2", what: "declined", by: "t-ash", at: at("09:12"), reason: "Not fine", replaces: [] },
    ] satisfies Held["decisions"];
    const outcome = { what: "contested", by: "t-ash", by_name: "Mr Ash", at: at("09:12"), reason: "Not fine", entries: ["d1", "d2"] } as const;
    putHeld(whole({ decisions, outcome: { ...outcome, entries: ["d1", "d2"] } }));
    show("inbox");
    const line = byText("article", "A register of 8A");
    expect(line.textContent).toContain("Two people decided differently.");
    expect(line.textContent).toContain("Released by Mrs Dale, 09:10: “Fine”");
    expect(line.textContent).toContain("Declined by Mr Ash, 09:12: “Not fine”");
    click("button", "Release instead");
    type("reason", "Asked them both");
    submit();
    await settle();
    expect(said).toMatchObject([{ kind: "quarantine.released", replaces: ["d1", "d2"] }]);
  });

  test("a decision that comes while one decides is shown, and nothing is saved over it", async () => {
    putHeld(whole());
    show("inbox");
    click("button", "Decline: A register of 8A");
    type("reason", "No");
    const decided = { entry: "d1", what: "released", by: "t-ash", at: at("09:29"), reason: "Yes", replaces: [] } as const;
    const outcome = { what: "released", by: "t-ash", by_name: "Mr Ash", at: at("09:29"), reason: "Yes", entries: ["d1"] } as const;
    act(() => putHeld(whole({ decisions: [{ ...decided, replaces: [] }], outcome: { ...outcome, entries: ["d1"] } })));
    expect(root.querySelector('dialog [role="alert"]')?.textContent).toContain("Released, 09:29: “Yes”");
    submit();
    await settle();
    expect(errors()[0]).toContain("Somebody decided on this while you were");
    expect(said).toEqual([]);
  });
});
