import { expect, test } from "vitest";
import { mayWords, minutesLeft, overWords, soonWords } from "../../../pwa/src/components/grant-words.ts";
import type { Grant } from "../../../pwa/src/generated/types.ts";

const ENDS = "2026-11-23T15:30:00.000Z";
const telling = { group: (group: string) => group.toUpperCase(), moment: (instant: string) => instant.slice(11, 16) };

function grant(more: Partial<Grant> = {}): Grant {
  return { person: "p", role: "cover_teacher", groups: ["7b"], ends: ENDS, ...more };
}

test("a grant says what one may do, and until when", () => {
  expect(mayWords(grant(), telling)).toBe("You may take the register of 7B until 15:30.");
  expect(mayWords(grant({ groups: ["7b", "7c"], ends: null }), telling)).toBe("You may take the registers of 7B and 7C.");
  expect(mayWords(grant({ starts: "2026-11-23T13:00:00.000Z" }), telling, "to_begin")).toBe(
    "From 13:00 you may take the register of 7B until 15:30.",
  );
  expect(mayWords(grant({ role: "family_worker", groups: [], pupils: ["x"] }), telling)).toBe(
    "You may see 1 pupil, with their attendance, as family worker until 15:30.",
  );
  expect(mayWords(grant({ role: "attendance_officer", groups: [] }), telling)).toBe("You may act as attendance officer until 15:30.");
});

test("of many groups the first are named, and the others counted", () => {
  const groups = ["a", "b", "c", "d", "e", "f", "g"];
  expect(overWords(grant({ groups }), telling)).toBe("Your cover of A, B, C, D, E and 2 more groups ended at 15:30.");
  expect(overWords(grant({ groups: groups.slice(0, 6) }), telling)).toBe("Your cover of A, B, C, D, E and F ended at 15:30.");
});

test("what is over is named by what it was", () => {
  expect(overWords(grant(), telling)).toBe("Your cover of 7B ended at 15:30.");
  expect(overWords(grant({ role: "class_teacher" }), telling)).toBe("Your registers of 7B ended at 15:30.");
  expect(overWords(grant({ groups: [] }), telling)).toBe("Your work as cover teacher ended at 15:30.");
  expect(overWords(grant({ role: "virtual_school", groups: [], pupils: ["x", "y"] }), telling)).toBe(
    "Your access to 2 pupils as Virtual School ended at 15:30.",
  );
});

test("its end is told ten minutes before, and no longer once it is there", () => {
  const at = (time: string): number | null => minutesLeft(grant(), Date.parse(`2026-11-23T${time}.000Z`));
  expect(["15:19:59", "15:20:00", "15:29:30", "15:30:00"].map(at)).toEqual([null, 10, 1, null]);
  expect(minutesLeft(grant({ ends: null }), Date.parse(ENDS))).toBeNull();
  expect(soonWords(grant(), 1, telling)).toBe("Your cover of 7B ends at 15:30, in 1 minute.");
});
