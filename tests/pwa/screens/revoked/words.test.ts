import { expect, test } from "vitest";
import { steps } from "../../../../pwa/src/screens/revoked/words.ts";
import type { DepartureNews } from "../../../../pwa/src/device/departure.ts";
import { NINE } from "../../support/factory.ts";

function told(more: Partial<DepartureNews>): string[] {
  const news = { stage: "handing-over", label: "Hall 3", schoolName: "Marsh Lane", revokedAt: NINE, handedOver: 0, left: 0, photosLost: 0, trouble: null } as const;
  return steps({ ...news, ...more }).map(({ state, words }) => `${state}: ${words}`);
}

test("a revoked tablet says where it stands, and that nothing is removed before all is handed over", () => {
  expect(told({})).toEqual([
    "now: Looking for entries that were not sent.",
    "later: Nothing is removed before that.",
    "later: Then the school sees that this tablet is empty.",
  ]);
  expect(told({ left: 2, handedOver: 1 })[0]).toBe(
    "now: 1 entry is handed over. 2 entries are kept safe on this tablet until the school has them.",
  );
  expect(told({ left: 1 })[0]).toBe("now: 1 entry is kept safe on this tablet until the school has it.");
  expect(told({ stage: "emptying", handedOver: 4 })).toEqual([
    "done: 4 entries were handed over. The office decides on each; no entry is lost.",
    "now: Registers, names, drafts and who used this tablet are being removed.",
    "later: Then the school sees that this tablet is empty.",
  ]);
  expect(told({ stage: "telling" })).toEqual([
    "done: Everything written on this tablet had been sent before.",
    "done: Registers, names, drafts and who used this tablet are removed.",
    "now: Everything is removed. The school is told when there is a signal.",
  ]);
  expect(told({ stage: "done", photosLost: 2 })[1]).toBe(
    "done: Registers, names, drafts and who used this tablet are removed. 2 photos of visits that the server did not have are gone.",
  );
  expect(told({ photosLost: 1 })[1]).toBe(
    "later: Nothing is removed before that. 1 photo of a visit that the server does not have goes too: a revoked tablet cannot send it.",
  );
  expect(told({ stage: "done" })[2]).toBe("done: The school knows that this tablet is empty.");
});
