// Where the person is: the History API and one signal. Paths name dates, groups and opaque ids,
// never a person.
import { computed, signal } from "@preact/signals";

const current = signal(typeof location === "undefined" ? "/" : location.pathname);

/** The path on the address bar, without query or fragment. */
export const path = computed(() => current.value);

/** Counts navigations, so that a screen knows a person came to it (not only that it redrew). */
export const visits = signal(0);

/** Asked before leaving a screen; answers false to stay. One screen at a time may set it. */
type Guard = (to: string) => boolean;
let guard: Guard | null = null;

/** Set (or with null remove) the guard of the screen that is open. */
export function guardLeaving(next: Guard | null): void {
  guard = next;
}

/** Go to `to` (a path of this app). */
export function navigate(to: string, { replace = false }: { replace?: boolean } = {}): void {
  if (to === current.value && !replace) {
    visits.value += 1;
    return;
  }
  if (guard !== null && !guard(to)) return;
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  arrive();
}

function arrive(): void {
  current.value = location.pathname;
  visits.value += 1;
  scrollTo(0, 0);
}

/** A link within the page ("Skip to main content") moves in the history too, but to nowhere else. */
function moved(): void {
  if (location.pathname !== current.value) arrive();
}

/** Listen for the browser's own back and forward; returns how to stop. */
export function startRouter(): () => void {
  addEventListener("popstate", moved);
  return () => removeEventListener("popstate", moved);
}

/** Whether `here` lies under `route` ("/office" holds "/office/late"; "/" holds only itself). */
export function isUnder(here: string, route: string): boolean {
  return here === route || (route !== "/" && here.startsWith(`${route}/`));
}
