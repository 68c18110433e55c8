import { beforeEach, describe, expect, test } from "vitest";
import { overlay } from "../../../pwa/src/domain/sheet.ts";
import { Signals } from "../../../pwa/src/state/signals.ts";
import { Views } from "../../../pwa/src/state/views.ts";
import type { Published } from "../../../pwa/src/store/published.ts";
import { claim, entry, MONDAY, roll, row, SCHOOL, sheet, taken, TEACHER, waiting } from "../support/factory.ts";

const CARD: Published = {
  _id: "card:pup-1",
  type: "card",
  pupil: "pup-1",
  known_as: "Ada",
  surname: "Example",
  year: "7",
  form: "form-1",
  form_name: "7A",
  groups: ["form-1"],
  enrolled_from: "2026-09-01",
};
const GROUP: Published = {
  _id: "group:form-1",
  type: "group",
  group: "form-1",
  name: "7A",
  kind: "form",
  room: "R1",
  teacher: "staff-1",
  teacher_name: "Tess Tutor",
  members: ["pup-1", "pup-2"],
  meets: [],
};
const AFTERNOON = sheet([row("pup-1")], { _id: `sheet:${MONDAY}:PM:form-1`, session: "PM", opens: "13:05", closes: "13:35" });
const register = { entry: entry(taken([claim("pup-1", "/")])), fate: null };

let signals: Signals;
let views: Views;
beforeEach(() => {
  signals = new Signals();
  views = new Views(signals);
  views.setDocuments([SCHOOL, CARD, GROUP, sheet(), AFTERNOON, roll(["pup-1", "pup-2"])]);
});

const morning = () => signals.sheets.value.get(sheet()._id);

describe("what screens read", () => {
  test("is the published documents, by their keys", () => {
    expect(signals.school.value).toBe(SCHOOL);
    expect([...signals.cards.value.keys(), ...signals.groups.value.keys()]).toEqual(["pup-1", "form-1"]);
    expect([...signals.sheets.value.keys()]).toEqual([sheet()._id, AFTERNOON._id]);
    expect([...signals.rolls.value.keys()]).toEqual([roll([])._id]);
    expect([signals.held.value.size, signals.unexplained.value]).toEqual([0, null]);
  });

  test("holds an own entry at once, also in the fire list", () => {
    views.setEntries([register], [], TEACHER.name);
    expect(morning()?.rows[0]?.cell.code).toBe("/");
    expect(signals.rolls.value.get(roll([])._id)?.rows.map(({ am }) => am.state)).toEqual(["on_site", "unknown"]);
    expect(signals.entries.value).toMatchObject([{ state: "waiting", n: 1 }]);
  });

  test("computes only what changed again", () => {
    views.setEntries([register], [], TEACHER.name);
    const [one, other] = [morning(), signals.sheets.value.get(AFTERNOON._id)];
    expect(other).toBe(AFTERNOON);
    views.setEntries([register, { entry: entry(taken([claim("pup-1", "N")], { session: "PM" }), 2), fate: null }], [], TEACHER.name);
    expect(morning()).toBe(one);
    expect(signals.sheets.value.get(AFTERNOON._id)).not.toBe(other);
  });

  test("follows what the server says of an own entry", () => {
    views.setEntries([register], [], TEACHER.name);
    const fate = { state: "held" as const, reason: "No.", receivedAt: null, setAside: [] };
    views.setEntries([{ ...register, fate }], [], TEACHER.name);
    expect(morning()?.rows[0]?.cell.state).toBe("unmarked");
  });

  test("follows what the desk decided, before the sheet says so", () => {
    const held = { state: "held" as const, reason: "No.", receivedAt: "2026-11-23T07:00:00.000Z", setAside: [] };
    const silent = overlay(sheet(), [waiting(register.entry, { silent: { verdict: "held", reason: "No." } })]);
    views.changeDocuments([sheet()._id], [{ ...silent, type: "sheet" }]);
    views.setEntries([{ ...register, fate: held }], [], TEACHER.name);
    expect(morning()?.rows[0]?.cell.state).toBe("unmarked");
    const outcome = { by: "o", by_name: "Mrs Dale", at: "2026-11-23T10:00:00.000Z", reason: "Right after all", entries: ["e"] };
    views.setEntries([{ ...register, fate: { ...held, outcome: { ...outcome, what: "released" } } }], [], TEACHER.name);
    expect(morning()?.rows[0]?.cell.code).toBe("/");
    expect(signals.entries.value).toMatchObject([{ state: "released", outcome: { by_name: "Mrs Dale" } }]);
    for (const what of ["declined", "corrected"] as const) {
      views.setEntries([{ ...register, fate: { ...held, outcome: { ...outcome, what } } }], [], TEACHER.name);
      expect(morning()?.rows[0]?.claims?.[0]).toMatchObject({ verdict: "declined", verdict_reason: "Mrs Dale: Right after all" });
      expect(signals.entries.value[0]?.state).toBe(what);
    }
    views.setEntries([{ ...register, fate: { ...held, outcome: { ...outcome, what: "contested" } } }], [], TEACHER.name);
    expect(morning()?.rows[0]?.claims?.[0]).toMatchObject({ verdict: "held" });
    expect(signals.entries.value[0]?.state).toBe("held");
  });

  test("of a kind that only a newer version knows is counted, and comes to light when it is known", () => {
    views.changeDocuments(["plan:1", "plan:2"], [{ _id: "plan:1" }, { _id: "plan:2" }]);
    expect(views.unknown).toBe(2);
    expect(signals.school.value).toBe(SCHOOL);
    views.changeDocuments(["plan:1"], []);
    expect(views.unknown).toBe(1);
    views.setDocuments([SCHOOL, { _id: "plan:3" }]);
    expect([views.unknown, signals.school.value]).toEqual([1, SCHOOL]);
  });

  test("changes and goes with the documents", () => {
    const unexplained: Published = { _id: "unexplained", type: "unexplained", rows: [], as_at: "2026-11-23T08:00:00.000Z" };
    const held: Published = {
      _id: "held:1",
      type: "held",
      what: "held",
      entry: "entry:1",
      kind: null,
      sender: "staff-1",
      sender_name: "Tess Tutor",
      reason_code: "x",
      reason: "y",
      received_at: "2026-11-23T08:00:00.000Z",
    };
    views.changeDocuments(["unexplained", "held:1", CARD._id, AFTERNOON._id], [unexplained, held]);
    expect([signals.unexplained.value, signals.held.value.get("held:1")]).toEqual([unexplained, held]);
    expect([signals.cards.value.size, signals.sheets.value.size]).toEqual([0, 1]);
    views.changeDocuments(["unexplained", "school", "gone"], []);
    expect([signals.unexplained.value, signals.school.value]).toEqual([null, null]);
  });

  test("is computed in the school's own time zone", () => {
    const school = { ...SCHOOL, calendar: { ...SCHOOL.calendar, time_zone: "Atlantic/Stanley" } };
    signals.now.value = Date.parse("2026-11-23T02:30:00.000Z");
    expect([signals.today.value, signals.nowLocal.value]).toEqual(["2026-11-23", "02:30"]);
    views.changeDocuments(["school"], [school]);
    expect([signals.today.value, signals.nowLocal.value]).toEqual(["2026-11-22", "23:30"]);
  });

  test("is nobody's when the person has gone", () => {
    views.setEntries([register], [], TEACHER.name);
    signals.status.value = { ...signals.status.value, storage: "persistent", waiting: 1 };
    signals.clear();
    expect([signals.school.value, signals.sheets.value.size, signals.entries.value]).toEqual([null, 0, []]);
    expect(signals.status.value).toMatchObject({ storage: "persistent", waiting: 0 });
  });
});
