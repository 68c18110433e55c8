/**
 * New versions of the app. One is fetched while people work and waits; it takes over when somebody
 * asks for it, or when the app is next opened cold, never under an open register.
 */

const LOOK_AGAIN_MS = 60 * 60 * 1000;

/** Watch for a new version; `onReady` is called when one waits. Resolves to how to apply it. */
export async function watchUpdates(onReady: () => void): Promise<() => void> {
  // Absent on a page that is not secure, and in some private windows.
  const workers = (navigator as Partial<Navigator>).serviceWorker;
  if (workers === undefined) return () => undefined;
  const registration = await workers.register("/sw.js", { scope: "/" });
  const look = (): void => {
    if (registration.waiting !== null && workers.controller !== null) onReady();
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  look();
  // Offline there is nothing to find, and the next look is as good.
  setInterval(() => void registration.update().catch(() => undefined), LOOK_AGAIN_MS);
  return () => {
    if (registration.waiting === null) return;
    workers.addEventListener("controllerchange", () => location.reload(), { once: true });
    registration.waiting.postMessage("take over", []);
  };
}
