// Stock PouchDB under Node, for the tests: a line of JSON [operation, arguments] in, a line out.
"use strict";
const { createInterface } = require("node:readline");
const { join } = require("node:path");

const peers = join(__dirname, "../peers/node_modules");
const PouchDB = require(join(peers, "pouchdb"));
PouchDB.plugin(require(join(peers, "pouchdb-adapter-memory")));
require("./operations.js");

const operations = globalThis.operations(PouchDB, "memory");

function told(error) {
  const { status, name, reason, message } = error;
  return JSON.stringify([null, { status, name, reason: reason ?? message ?? String(error) }]);
}

async function answer(line) {
  const [operation, args] = JSON.parse(line);
  try {
    return JSON.stringify([(await operations[operation](...args)) ?? null, null]);
  } catch (error) {
    return told(error);
  }
}

async function main() {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${await answer(line)}\n`);
  }
  process.exit(0);
}

void main();
