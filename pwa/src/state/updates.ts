/**
 * New versions of the app. One is fetched while people work and waits; it takes over when somebody
 * asks for it, or when the app is next opened cold, never under an open register.
 */

const LOOK_AGAIN_MS = 60 * 60 * 1000;

/** How to apply the version that waits, and how to look for one now; `look`: whether there is one. */
export interface Updates {
  readonly apply: () => void;
  readonly look: () => Promise<boolean>;
}

/** Where there is no worker, loading the page again is the update. */
export const NO_UPDATES: Updates = { apply: () => location.reload(), look: () => Promise.resolve(false) };

/** Watch for a new version; `onReady` is called when one waits. */
export async function watchUpdates(onReady: () => void): Promise<Updates> {
  // Absent on a page that is not secure, and in some private windows.
  const workers = (navigator as Partial<Navigator>).serviceWorker;
  if (workers === undefined) return NO_UPDATES;
  const registration = await workers.register("/sw.js", { scope: "/" });
  const look = (): void => {
    if (registration.waiting !== null && workers.controller !== null) onReady();
  };
  registration.addEventListener("updatefound", () => registration.installing?.addEventListener("statechange", look));
  look();
  // Offline there is nothing to find, and the next look is as good.
  setInterval(() => void registration.update().catch(() => undefined), LOOK_AGAIN_MS);
  return {
    apply: () => {
      if (registration.waiting === null) return;
      workers.addEventListener("controllerchange", () => location.reload(), { once: true });
      registration.waiting.postMessage("take over", []);
    },
    look: async () => {
      // Offline it fails, and nothing is found.
      const found = await registration.update().catch(() => registration);
      return found.installing !== null || found.waiting !== null;
    },
  };
}
