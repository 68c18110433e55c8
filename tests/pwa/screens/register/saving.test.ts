import { describe, expect, test } from "vitest";
import { addChild, annotate, choose, openForm } from "../../../../pwa/src/screens/register/form.ts";
import { amendedPupils, planEntries } from "../../../../pwa/src/screens/register/saving.ts";
import { claim, FRAME, row, tap } from "./factory.ts";

describe("saving", () => {
  test("writes first words as a register, and changes as amendments with their reason", () => {
    const saved = claim("N");
    let form = openForm([row("ada"), row("ben", [saved]), row("cy", [claim("/")])]);
    form = choose(form, "ada", tap("/"), FRAME);
    form = choose(form, "ben", tap("L", "08:58", "08:58"), FRAME);
    expect(amendedPupils(form)).toEqual(["ben"]);
    const plans = planEntries(form, FRAME, "grp-7b", { ben: " Came in late " });
    expect(plans.map(({ pupils }) => pupils)).toEqual([["ada"], ["ben"]]);
    expect(plans[0]?.body).toEqual({
      kind: "register.taken",
      group: "grp-7b",
      date: "2026-11-23",
      session: "AM",
      paper: null,
      claims: [{ pupil: "ada", code: "/", observed_at: tap("/").observedAt, replaces: [] }],
    });
    expect(plans[1]?.body).toMatchObject({
      kind: "mark.amended",
      reason: "Came in late",
      claims: [{ pupil: "ben", code: "L", arrived: "08:58", replaces: [saved.id] }],
    });
  });

  test("speaks for nobody the person did not choose", () => {
    expect(planEntries(openForm([row("ada"), row("ben", [claim("/")])]), FRAME, "grp-7b", {})).toEqual([]);
  });

  test("keeps one amendment a reason, and none without", () => {
    let form = openForm(["ada", "ben", "cy"].map((pupil) => row(pupil, [claim("N")])));
    for (const pupil of ["ada", "ben", "cy"]) form = choose(form, pupil, tap("/"), FRAME);
    const plans = planEntries(form, FRAME, "grp-7b", { ada: "Missed", ben: "Came in", cy: "Missed" });
    expect(plans.map(({ pupils }) => pupils)).toEqual([["ada", "cy"], ["ben"]]);
    expect(() => planEntries(form, FRAME, "grp-7b", { ada: "Missed", ben: "  " })).toThrow(/no reason/);
  });

  test("carries notes, paper and a described child", () => {
    let form = addChild(
      openForm([row("ada")]),
      { pupil: "unlisted-7", knownAs: "Unknown child", surname: "", note: "Red coat, says Sam", onRoll: false },
      [],
    );
    form = choose(form, "ada", tap("N"), FRAME);
    form = annotate(form, "ada", { parentMessage: " Temperature ", askOffice: true, remark: "half \ud83d" });
    form = choose(form, "unlisted-7", tap("/"), FRAME);
    form = { ...form, paper: { takenBy: "Mr Pryce ", takenAt: "08:45" } };
    const [plan] = planEntries(form, FRAME, "grp-7b", {});
    expect(plan?.body).toMatchObject({
      paper: { taken_by: "Mr Pryce", taken_at: "08:45" },
      claims: [
        { pupil: "ada", parent_message: "Temperature", ask_office: true, observed_by: "Mr Pryce", remark: "half \ufffd" },
        { pupil: "unlisted-7", remark: "Red coat, says Sam" },
      ],
    });
  });

  test("splits what one entry cannot hold", () => {
    const rows = Array.from({ length: 501 }, (_, index) => row(`p${index}`));
    let form = openForm(rows);
    for (const { pupil } of rows) form = choose(form, pupil, tap("/"), FRAME);
    expect(planEntries(form, FRAME, "grp-7b", {}).map(({ pupils }) => pupils.length)).toEqual([500, 1]);
  });
});
