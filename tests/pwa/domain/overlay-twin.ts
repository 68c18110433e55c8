/** The tablet's side of `tests/sync/attendance/test_fold_overlay.py`: own entries laid over published sheets. */
import { readFileSync, writeFileSync } from "node:fs";
import { argv } from "node:process";
import type { Entry } from "../../../pwa/src/domain/entry.ts";
import { overlay } from "../../../pwa/src/domain/sheet.ts";
import type { Sheet } from "../../../pwa/src/domain/sheet.ts";
import { readable, waitingOf } from "../../../pwa/src/state/items.ts";
import type { Fate } from "../../../pwa/src/store/person.ts";

interface Question {
  sheet: Sheet;
  authorName: string;
  names: [string, string][];
  waiting: { entry: Entry; fate: Fate | null }[];
}

const [, , asked = "", answered = ""] = argv;
// The file is the Python test's, which is read beside this one.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion
const questions = JSON.parse(readFileSync(asked, "utf8")) as Question[];
const answers = questions.map(({ sheet, authorName, names, waiting }) =>
  overlay(
    sheet,
    readable(waiting).map((one) => waitingOf(one, authorName)),
    { timeZone: "Europe/London", names: new Map(names) },
  ),
);
writeFileSync(answered, JSON.stringify(answers));
