import { expect, test } from "vitest";
import { MAX_THUMBNAIL_BYTES, prepare } from "../../../pwa/src/photos/prepare.ts";
import type { Easel } from "../../../pwa/src/photos/prepare.ts";

/** An easel whose drawings take so many bytes a pixel at full quality. */
function easel(width: number, height: number, density: number): { easel: Easel; closed: () => number; drawn: [number, number][] } {
  let closed = 0;
  const drawn: [number, number][] = [];
  const open: Easel["open"] = () =>
    Promise.resolve({
      width,
      height,
      draw: (wide, high, quality) => {
        drawn.push([wide, high]);
        return Promise.resolve(new Blob([new Uint8Array(Math.round(wide * high * density * quality))]));
      },
      close: () => {
        closed += 1;
      },
    });
  return { easel: { open }, closed: () => closed, drawn };
}

test("a photo is made as small as policy wants, in its own proportions", async () => {
  const { easel: ours, closed, drawn } = easel(4000, 3000, 0.3);
  const prepared = await prepare(new Blob(), 500_000, ours);
  expect(prepared.photo.byteLength).toBeLessThanOrEqual(500_000);
  expect(prepared.thumbnail.byteLength).toBeLessThanOrEqual(MAX_THUMBNAIL_BYTES);
  expect(drawn[0]).toEqual([2048, 1536]);
  expect(closed()).toBe(1);
});

test("a small photo is not made larger", async () => {
  const { easel: ours, drawn } = easel(300, 900, 0.1);
  await prepare(new Blob(), 500_000, ours);
  expect(drawn[0]).toEqual([300, 900]);
});

test("what is no photo, and what cannot be made small enough, is refused in words", async () => {
  const broken: Easel = { open: () => Promise.reject(new DOMException("no", "InvalidStateError")) };
  await expect(prepare(new Blob(), 500_000, broken)).rejects.toThrow("not a photo that this tablet can open");
  const { easel: ours, closed } = easel(4000, 3000, 0.3);
  await expect(prepare(new Blob(), 1000, ours)).rejects.toThrow("cannot be made small enough");
  expect(closed()).toBe(1);
});
