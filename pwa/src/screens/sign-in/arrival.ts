/** What the server says with the address that it leads a browser back to, after a provider's page. */
import type { SignInFailure } from "../../generated/types.ts";
import { isProblem } from "./problem-words.ts";

/** Whether somebody has just signed in through a provider: `/sign-in?done`. */
export function hasArrived(): boolean {
  return location.pathname === "/sign-in" && location.search === "?done";
}

/** Why a sign-in through a provider came to nothing (`/sign-in?problem=…`); null for no such thing. */
export function failureIn(search: string): SignInFailure | null {
  const query = new URLSearchParams(search);
  const problem = query.get("problem");
  return problem !== null && isProblem(problem) ? { problem, provider: query.get("provider") } : null;
}
