import { expect, test } from "vitest";
import { photoWords } from "../../../../pwa/src/screens/visits/photo-words.ts";
import type { OwnPhoto } from "../../../../pwa/src/state/app.ts";

function photo(more: Partial<OwnPhoto>): OwnPhoto {
  return { photo: "a", visit: "v", caption: "", thumbnail: new Blob(), state: "waiting", reason: null, share: 0, ...more };
}

test("a photo says where it is, and what happens next", () => {
  expect(photoWords(photo({}), true).text).toBe("It is sent when there is a signal, after everything you wrote.");
  expect(photoWords(photo({}), false)).toEqual({ title: "On this tablet", text: "It is sent after everything you wrote.", loud: false });
  expect(photoWords(photo({ state: "sending", share: 0.421 }), false).title).toBe("Sending: 42%");
  expect(photoWords(photo({ state: "stored" }), true)).toEqual({ title: "Received", text: null, loud: false });
});

test("one that failed or is held is loud, says why, and that it is not lost", () => {
  const failed = photoWords(photo({ state: "trouble", reason: "The server’s disk is full." }), false);
  expect(failed).toEqual({
    title: "Not sent yet",
    text: "The server’s disk is full. It is kept on this tablet and tried again by itself.",
    loud: true,
  });
  const held = photoWords(photo({ state: "held", reason: "Photos are off here." }), false);
  expect(held).toEqual({ title: "Held", text: "Photos are off here. It is kept on this tablet.", loud: true });
});
