/// <reference lib="webworker" />
/**
 * The service worker: the app's own files, fetched once a version, so that it opens with no network.
 *
 * It answers for nothing else. Requests under /db, /devices, /session and /sign-in/… always go to the server: what they
 * answer is kept in the tablet's stores, by the app, which knows whose it is.
 */
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

declare const self: ServiceWorkerGlobalScope;

const THE_SERVERS_OWN = [/^\/sign-in\/./, /^\/(db|devices|session|healthz|readyz|version|metrics)(\/|$)/];

cleanupOutdatedCaches();
precacheAndRoute(self.__WB_MANIFEST);
registerRoute(new NavigationRoute(createHandlerBoundToURL("/index.html"), { denylist: THE_SERVERS_OWN }));

// A new version waits until the app, which knows whether a form is open, lets it take over.
self.addEventListener("message", (event) => {
  if (event.data === "take over") void self.skipWaiting();
});
