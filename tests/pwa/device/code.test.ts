// @vitest-environment happy-dom
import { beforeEach, expect, test } from "vitest";
import { codeMistake, offeredCode, plainCode, shownCode, takeOfferedCode } from "../../../pwa/src/device/code.ts";

beforeEach(() => {
  offeredCode.value = "";
});

test("a code is forgiven its case, its dash and its spaces", () => {
  for (const typed of ["K7MQ-3XWP", "k7mq3xwp", " k7mq 3xwp ", "K7MQ–3XWP"]) {
    expect([plainCode(typed), shownCode(typed), codeMistake(typed)]).toEqual(["K7MQ3XWP", "K7MQ-3XWP", null]);
  }
});

test("what is no code is told apart in words before the server is asked", () => {
  expect(codeMistake(" - ")).toBe("Enter the code from the office’s screen");
  expect(codeMistake("K7MQ")).toBe("A code has 8 letters and numbers; this one has 4");
  expect(shownCode("K7M")).toBe("K7M");
});

test("the code goes out of the address at once, and leaves no place in the history", () => {
  history.replaceState(null, "", "/enrol#k7mq3xwp");
  const places = history.length;
  takeOfferedCode();
  expect([offeredCode.value, location.pathname, location.hash, history.length]).toEqual(["K7MQ-3XWP", "/enrol", "", places]);
});

test("no other page's fragment is taken for a code", () => {
  history.replaceState(null, "", "/fire#main");
  takeOfferedCode();
  history.replaceState(null, "", "/enrol");
  takeOfferedCode();
  expect(offeredCode.value).toBe("");
});
