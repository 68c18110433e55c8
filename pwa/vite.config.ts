/// <reference types="vitest/config" />
import { defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import about from "./package.json" with { type: "json" };

// The server that `npm run dev` passes its requests on to.
const server = process.env["TIDEMARK_DEV_SERVER"] ?? "http://127.0.0.1:8000";

export default defineConfig({
  // Said to the server with each exchange, for the office's list of tablets.
  define: { APP_VERSION: JSON.stringify(about.version) },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    sourcemap: false,
    // The server's Content-Security-Policy allows no inline script and no data: font or script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
  },
  server: {
    // The tests lie beside this folder, not in it.
    fs: { allow: [".."] },
    proxy: Object.fromEntries(["/db", "/devices", "/session", "/healthz"].map((path) => [path, server])),
  },
  plugins: [
    VitePWA({
      strategies: "injectManifest",
      srcDir: "src",
      filename: "sw.ts",
      // The app registers the worker itself: an injected inline script would break the policy.
      injectRegister: false,
      registerType: "prompt",
      // Icons belong to the installed app, not to what it needs offline.
      includeManifestIcons: false,
      injectManifest: { globPatterns: ["**/*.{js,css,html,svg,woff2,webmanifest}"] },
      manifest: {
        id: "/",
        name: "Tidemark",
        short_name: "Tidemark",
        description: "School attendance and family support, with or without a signal",
        lang: "en-GB",
        dir: "ltr",
        start_url: "/",
        scope: "/",
        display: "standalone",
        background_color: "#f4f8f8",
        theme_color: "#0b4a53",
        categories: ["education", "productivity"],
        icons: [
          { src: "icons/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "icons/icon-512.png", sizes: "512x512", type: "image/png" },
          { src: "icons/maskable-192.png", sizes: "192x192", type: "image/png", purpose: "maskable" },
          { src: "icons/maskable-512.png", sizes: "512x512", type: "image/png", purpose: "maskable" },
          { src: "icons/icon.svg", sizes: "any", type: "image/svg+xml" },
        ],
      },
    }),
  ],
  test: {
    dir: "..",
    include: ["tests/pwa/**/*.test.{ts,tsx}", "pwa/src/**/*.test.{ts,tsx}"],
    environment: "node",
    restoreMocks: true,
    passWithNoTests: false,
  },
});
