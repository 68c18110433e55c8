/** Why a sign-in through a provider came to nothing, in words that say what to do. */
import type { SignInFailure } from "../../generated/types.ts";

type Problem = SignInFailure["problem"];

const WORDS: Readonly<Record<Problem, (provider: string) => string>> = {
  account_closed: () => "Your account here is closed. If you still work at a school that uses Tidemark, ask its office.",
  another_identity: (provider) =>
    `Your username here belongs to somebody else at ${provider}. Ask whoever looks after Tidemark to check the account.`,
  claim_missing: (provider) =>
    `${provider} did not say what Tidemark needs to know you by, for example a verified email address. Tell whoever looks after Tidemark.`,
  interrupted: (provider) => `Signing in with ${provider} was interrupted, or took longer than 10 minutes. Start again.`,
  no_role: (provider) =>
    `${provider} knows you, but gives you no work in any school here. Ask whoever looks after your accounts to add you to the right group.`,
  no_such_provider: () => "There is no such way to sign in any more. Choose one of those below.",
  not_admitted: (provider) => `That account of ${provider} is not one that your school lets in. Sign in with your school’s own account.`,
  provider_refused: (provider) => `${provider} did not sign you in. Try again, or ask whoever looks after your accounts there.`,
  provider_unreachable: (provider) =>
    `${provider} does not answer at the moment. Try again in a minute. What is on this tablet can be used without it.`,
  provider_wrong: (provider) =>
    `${provider} answered in a way that Tidemark cannot trust, so nobody was signed in. Tell whoever looks after Tidemark.`,
  too_many_groups: (provider) =>
    `You are in more groups than ${provider} can name at once. Ask whoever looks after your accounts to send Tidemark only the groups it needs.`,
  unknown_person: () => "Nobody has made an account for you here yet. Ask your school’s office.",
};

/** Whether the server's word is one that there are words for. */
export function isProblem(word: string): word is Problem {
  return Object.hasOwn(WORDS, word);
}

/** A sentence or two; `name` is the provider's, where it is known. */
export function problemWords(problem: Problem, name: string | null): string {
  return WORDS[problem](name ?? "The sign-in provider");
}
