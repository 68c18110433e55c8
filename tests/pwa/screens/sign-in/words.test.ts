import { describe, expect, test } from "vitest";
import schema from "../../../../pwa/src/generated/schema.json" with { type: "json" };
import { failureIn } from "../../../../pwa/src/screens/sign-in/arrival.ts";
import { isProblem, problemWords } from "../../../../pwa/src/screens/sign-in/problem-words.ts";

const problems = schema.$defs.SignInFailure.properties.problem.enum;

describe("a sign-in that came to nothing", () => {
  test.each(problems)("is said in words: %s", (problem) => {
    if (!isProblem(problem)) throw new Error(`There are no words for ${problem}.`);
    for (const name of ["Example Trust", null]) {
      const words = problemWords(problem, name);
      expect(words).toMatch(/^[A-Z].*\.$/);
      expect(words).not.toMatch(/OpenID|token|claim|undefined|null/);
    }
  });

  test("is read from the address, and from nothing else", () => {
    expect(failureIn("?problem=no_role&provider=trust")).toEqual({ problem: "no_role", provider: "trust" });
    expect(failureIn("?problem=no_role")).toEqual({ problem: "no_role", provider: null });
    for (const other of ["", "?done", "?problem=", "?problem=toString", "?problem=<script>"]) expect(failureIn(other)).toBeNull();
  });
});
