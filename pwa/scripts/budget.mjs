// The size budget: JavaScript that a tablet must fetch and run before its first screen.
// It follows the entry's static imports in Vite's manifest; what is imported later is not counted.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { exit, stderr, stdout } from "node:process";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const BUDGET_BYTES = 120 * 1024;
const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const manifest = JSON.parse(readFileSync(join(dist, ".vite", "manifest.json"), "utf8"));

/** The keys of every chunk that must have run before the entry's own code runs. */
function chunksNeeded(key, seen = new Set()) {
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const imported of manifest[key].imports ?? []) chunksNeeded(imported, seen);
  return seen;
}

const zipped = (files) =>
  files.reduce((sum, file) => sum + gzipSync(readFileSync(join(dist, file)), { level: 9 }).length, 0);
const kib = (bytes) => `${(bytes / 1024).toFixed(1)} KiB`;

const chunks = [...chunksNeeded("index.html")].map((key) => manifest[key]);
const scripts = zipped(chunks.map((chunk) => chunk.file));
const styles = zipped([...new Set(chunks.flatMap((chunk) => chunk.css ?? []))]);
stdout.write(
  `Before the first screen: JavaScript ${kib(scripts)} gzip of ${kib(BUDGET_BYTES)} allowed, CSS ${kib(styles)}.\n`,
);
if (scripts > BUDGET_BYTES) {
  stderr.write(
    `budget: ${kib(scripts)} is over ${kib(BUDGET_BYTES)}; load what the first screen does not show with import().\n`,
  );
  exit(1);
}
