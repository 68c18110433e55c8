// Pure words: dates, numbers of things, lists, languages. Plain British English.
import type { Session } from "../domain/entry.ts";

const LONG: Intl.DateTimeFormatOptions = { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" };
const SHORT: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric", month: "short", timeZone: "UTC" };
const long = new Intl.DateTimeFormat("en-GB", LONG);
const short = new Intl.DateTimeFormat("en-GB", SHORT);

/** "Monday 23 November". */
export function longDate(date: string): string {
  return long.format(new Date(date)).replace(",", "");
}

/** "Mon 23 Nov". */
export function shortDate(date: string): string {
  return short.format(new Date(date)).replace(",", "");
}

/** "1 entry", "3 entries". */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

/** "morning" or "afternoon". */
export function sessionWord(session: Session): string {
  return session === "AM" ? "morning" : "afternoon";
}

/** "a", "a and b", "a, b and c". */
export function listing(items: readonly string[]): string {
  if (items.length < 2) return items.join("");
  return `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;
}

/** "Seen", from "seen". */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The text as whole characters, without white space around it: half a character has no bytes. */
export function tidy(text: string): string {
  return new TextDecoder().decode(new TextEncoder().encode(text)).trim();
}

/** A number as a link that rings it: digits, and what else a telephone dials. */
export function telLink(number: string): string {
  return `tel:${number.replaceAll(/[^\d+*#]/gu, "")}`;
}

const languages = new Intl.DisplayNames(["en-GB"], { type: "language" });

/** "Polish", from "pl"; what somebody typed in words stays as it is. */
export function languageName(language: string): string {
  try {
    return languages.of(language) ?? language;
  } catch {
    return language;
  }
}

/** "93.1%"; a dash in words while nothing can be counted. */
export function rateWords(hundredths: number | null): string {
  return hundredths === null ? "Not known yet" : `${(Math.round(hundredths / 10) / 10).toFixed(1)}%`;
}
