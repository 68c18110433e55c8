/** The tablet's side of `tests/sync/test_fold_overlay.py`: own entries laid over published sheets. */
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import type { Entry } from "../../../pwa/src/domain/entry.ts";
import { overlay } from "../../../pwa/src/domain/sheet.ts";
import type { Sheet } from "../../../pwa/src/domain/sheet.ts";
import { readEntry } from "../../../pwa/src/domain/upcast.ts";

interface Question {
  sheet: Sheet;
  authorName: string;
  names: [string, string][];
  waiting: { entry: Entry; held: string | null; setAside: [string, string][] }[];
}

const [, , asked = "", answered = ""] = argv;
// The file is the Python test's, which is read beside this one.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const questions = JSON.parse(readFileSync(asked, "utf8")) as Question[];
const answers = questions.map(({ sheet, authorName, names, waiting }) =>
  overlay(
    sheet,
    waiting.map(({ entry, held, setAside }) => ({
      entry: readEntry(entry) ?? entry,
      authorName,
      receivedAt: null,
      silent: held === null ? null : { verdict: "held" as const, reason: held },
      aside: new Map(setAside.map(([claim, reason]) => [claim, { verdict: "set_aside" as const, reason }])),
      decided: false,
    })),
    { timeZone: "Europe/London", names: new Map(names) },
  ),
);
writeFileSync(answered, JSON.stringify(answers));
