import { expect, test } from "vitest";
import { fieldLabel, fieldValue, theirFieldLabel } from "../../../../pwa/src/screens/visits/drafts/field-words.ts";

const NAMES = new Map([["m-1", "Ann You"]]);

test("a field asks its author, and is told to another who reads it", () => {
  expect(["observation", "arrived", "call.c-1.how", "alone.m-1"].map((field) => [fieldLabel(field, NAMES), theirFieldLabel(field, NAMES)])).toEqual([
    ["What you saw and heard", "What they saw and heard"],
    ["You arrived at", "They arrived at"],
    ["How you tried to reach them", "How they tried to reach them"],
    ["You spoke with Ann You alone", "They spoke with Ann You alone"],
  ]);
  expect(["seen.m-1", "alone.m-1.why_not"].map((field) => theirFieldLabel(field, NAMES))).toEqual(["Ann You was seen", "Why not with Ann You alone"]);
});

test("a choice reads as the form offers it", () => {
  expect([fieldValue("outcome", "no_answer", NAMES), fieldValue("basis", "consent", NAMES), fieldValue("alone.m-1", "true", NAMES)]).toEqual(["No answer", "The family agreed", "Yes"]);
});
