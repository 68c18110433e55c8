import { describe, expect, test } from "vitest";
import {
  acknowledge,
  addChild,
  annotate,
  arrivedSince,
  choose,
  clear,
  dropChild,
  fill,
  isEmpty,
  openForm,
  pinNew,
  pinOwn,
  reopen,
  reveal,
  sameClaims,
  sawOwn,
  settle,
  tapKey,
  trimmed,
  undo,
} from "../../../../pwa/src/screens/register/form.ts";
import type { RegisterForm } from "../../../../pwa/src/screens/register/form.ts";
import { viewRows } from "../../../../pwa/src/screens/register/view.ts";
import { claim, FRAME, row, tap } from "./factory.ts";

const stored = (form: RegisterForm): RegisterForm => structuredClone(form);

describe("what a choice replaces", () => {
  test("is what the row showed at the tap, and what that had replaced", () => {
    const old = claim("/");
    const now = claim("N", { replaces: [old.id] });
    const form = choose(openForm([row("ada", [old, now])]), "ada", tap("/"), FRAME);
    expect(form.choices["ada"]?.replaces).toEqual([old.id, now.id].toSorted());
  });

  test("is nothing for a blank row", () => {
    const form = choose(openForm([row("ada")]), "ada", tap("/"), FRAME);
    expect(form.choices["ada"]?.replaces).toEqual([]);
  });

  test("takes both sides of a contradiction that was shown", () => {
    const [one, other] = [claim("/"), claim("N")];
    const form = choose(openForm([row("ada", [one, other])]), "ada", tap("N"), FRAME);
    expect(form.choices["ada"]?.replaces).toEqual([one.id, other.id].toSorted());
  });

  test("leaves out what came after the form opened, until it is shown", () => {
    const late = claim("L", { arrived: "08:52" });
    const opened = openForm([row("ada")]);
    const since = row("ada", [late]);
    const unseen = choose(pinNew(opened, [since]), "ada", tap("N"), FRAME);
    expect(unseen.choices["ada"]?.replaces).toEqual([]);
    const shown = choose(reveal(opened, since), "ada", tap("N"), FRAME);
    expect(shown.choices["ada"]?.replaces).toEqual([late.id]);
  });

  test("stays as tapped when something is shown between the tap and saving", () => {
    const late = claim("L", { arrived: "08:52" });
    const since = row("ada", [late]);
    const form = reveal(choose(openForm([row("ada")]), "ada", tap("N"), FRAME), since);
    expect(form.choices["ada"]?.replaces).toEqual([]);
    expect(viewRows(form, [since], FRAME)[0]?.outrun).toBe(true);
    const again = choose(form, "ada", tap("N", "08:55"), FRAME);
    expect(again.choices["ada"]?.replaces).toEqual([late.id]);
    expect(viewRows(again, [since], FRAME)[0]?.outrun).toBe(false);
  });

  test("is not chosen again by words added to it", () => {
    const late = claim("L", { arrived: "08:52" });
    const form = reveal(choose(openForm([row("ada")]), "ada", tap("N"), FRAME), row("ada", [late]));
    expect(annotate(form, "ada", { remark: "Saw the bus" }).choices["ada"]).toMatchObject({
      remark: "Saw the bus",
      replaces: [],
      observedAt: tap("N").observedAt,
    });
  });

  test("leaves set-aside words alone: they do not stand, so there is nothing to replace", () => {
    const aside = claim("C", { verdict: "set_aside", verdict_reason: "Teachers may not use C." });
    const form = choose(openForm([row("ada", [aside])]), "ada", tap("N"), FRAME);
    expect(form.choices["ada"]?.replaces).toEqual([]);
  });
});

describe("choices", () => {
  test("a parent's message stays with an absence only", () => {
    let form = choose(openForm([row("ada")]), "ada", tap("N"), FRAME);
    form = annotate(form, "ada", { parentMessage: "Has a cough", remark: "Rang back", askOffice: true });
    expect(choose(form, "ada", tap("N", "08:51"), FRAME).choices["ada"]?.parentMessage).toBe("Has a cough");
    expect(choose(form, "ada", tap("/", "08:52"), FRAME).choices["ada"]).toMatchObject({
      parentMessage: "",
      remark: "Rang back",
      askOffice: true,
    });
  });

  test("undo goes back step by step, a filled page in one", () => {
    const rows = [row("ada"), row("ben"), row("cy")];
    const first = choose(openForm(rows), "ada", tap("N"), FRAME);
    const filled = fill(first, ["ada", "ben", "cy"], tap("/"), FRAME);
    const changed = choose(filled, "ben", tap("L", "08:55", "08:55"), FRAME);
    const cleared = clear(changed, "ada", "Ada cleared");
    expect(undo(cleared)).toEqual(changed);
    expect(undo(undo(cleared))).toEqual(filled);
    expect(undo(undo(undo(cleared)))).toEqual(first);
    expect(undo(undo(undo(undo(cleared)))).choices).toEqual({});
    expect(undo(openForm(rows))).toEqual(openForm(rows));
  });

  test("a person's own saved words are shown at once; another's are not", () => {
    const [mine, theirs] = [claim("/", { author: "per-me" }), claim("N")];
    const rows = [row("ada", [mine, theirs])];
    const form = pinOwn(openForm([row("ada")]), rows, (one) => one.author === "per-me");
    expect(form.pins["ada"]).toEqual([mine]);
    expect(arrivedSince(form.pins["ada"] ?? [], rows[0]?.claims ?? [])).toEqual([theirs]);
    expect(pinOwn(form, rows, (one) => one.author === "per-me")).toBe(form);
  });

  test("voiding one's own register is no news to oneself, and shows nothing else", () => {
    const [mine, theirs] = [claim("/", { entry: "entry:mine" }), claim("N")];
    const form = openForm([row("ada", [mine])]);
    const voided = { ...mine, verdict: "voided" as const };
    const rows = [row("ada", [voided, theirs])];
    const after = acknowledge(form, rows, ({ entry }) => entry === "entry:mine");
    expect(acknowledge(after, rows, ({ entry }) => entry === "entry:mine")).toBe(after);
    expect(after.pins["ada"]).toEqual([voided]);
    expect(arrivedSince(after.pins["ada"] ?? [], [voided, theirs])).toEqual([theirs]);
  });

  test("saved pupils are done; what is left can still be saved", () => {
    let form = choose(openForm([row("ada"), row("ben")]), "ada", tap("/"), FRAME);
    form = { ...choose(form, "ben", tap("N"), FRAME), paper: { takenBy: "Mr Pryce", takenAt: "08:45" } };
    const some = settle(form, ["ada"]);
    expect(Object.keys(some.choices)).toEqual(["ben"]);
    expect(some.paper).not.toBeNull();
    expect(settle(some, ["ben"])).toMatchObject({ choices: {}, steps: [], paper: null });
  });

  test("a mark that was tapped while saving stays, and replaces the one that was saved", () => {
    const planned = choose(openForm([row("ada"), row("ben")]), "ada", tap("/"), FRAME);
    const tapped = choose(planned, "ada", tap("N"), FRAME);
    const own = claim("/");
    const form = sawOwn(pinOwn(settle(tapped, ["ada"], planned), [row("ada", [own])], () => true), ["ada"], own.entry);
    expect(form.choices["ada"]).toMatchObject({ code: "N", replaces: [own.id] });
    expect(settle(planned, ["ada"], planned).choices).toEqual({});
  });

  test("a child added by mistake leaves nothing behind", () => {
    const child = { pupil: "unlisted-1", knownAs: "A child", surname: "", note: "Red coat", onRoll: false };
    const opened = openForm([row("ada")]);
    const form = choose(addChild(opened, child, []), "unlisted-1", tap("/"), FRAME);
    expect(dropChild(form, "unlisted-1")).toEqual(opened);
    expect(addChild(form, child, [])).toBe(form);
  });
});

describe("a draft", () => {
  test("opened again gives back every choice, pin and step", () => {
    const late = claim("L", { arrived: "08:52" });
    const rows = [row("ada"), row("ben", [late])];
    const form = annotate(choose(openForm(rows), "ben", tap("N"), FRAME), "ben", { remark: "Not in room" });
    expect(reopen(stored(form), rows, new Set())).toEqual(form);
  });

  test("keeps the pin of a chosen row, and shows others as they are now", () => {
    const form = stored(choose(openForm([row("ada"), row("ben")]), "ada", tap("N"), FRAME));
    const [one, other] = [claim("/"), claim("/")];
    const rows = [row("ada", [one]), row("ben", [other])];
    const back = reopen(form, rows, new Set());
    const [ada, ben] = viewRows(back, rows, FRAME);
    expect(ada?.news).toEqual([one]);
    expect(ben?.news).toEqual([]);
    expect(choose(back, "ada", tap("N", "08:58"), FRAME).choices["ada"]?.replaces).toEqual([]);
  });

  test("keeps of the pins only what it needs, and nothing when nothing is chosen", () => {
    const rows = [row("ada", [claim("/")]), row("ben", [claim("N")])];
    const form = choose(openForm(rows), "ben", tap("/"), FRAME);
    expect(Object.keys(trimmed(form).pins)).toEqual(["ben"]);
    expect(reopen(stored(trimmed(form)), rows, new Set())).toEqual(form);
    expect([isEmpty(form), isEmpty(undo(form))]).toEqual([false, true]);
  });

  test("does not offer again what was saved just before the browser was killed", () => {
    const rows = [row("ada"), row("ben")];
    const form = choose(choose(openForm(rows), "ada", tap("/"), FRAME), "ben", tap("N", "08:51"), FRAME);
    const saved = new Set([tapKey("ada", tap("/").observedAt)]);
    const back = reopen(stored(form), rows, saved);
    expect(Object.keys(back.choices)).toEqual(["ben"]);
    expect(back.steps).toEqual([]);
  });
});

test("claims are the same only with the same fate", () => {
  const one = claim("/");
  expect(sameClaims([one], [{ ...one, received_at: null }])).toBe(true);
  expect(sameClaims([one], [{ ...one, verdict: "voided" }])).toBe(false);
  expect(arrivedSince([one], [{ ...one, verdict: "voided" }])).toHaveLength(1);
});
