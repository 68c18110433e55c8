/**
 * Preparing a photo: drawn anew, upright, no larger than policy allows. What is drawn anew tells
 * nothing beside its pixels: not where it was taken, nor when, nor with what.
 */

/** A photo ready to be kept and sent. */
export interface Prepared {
  photo: ArrayBuffer;
  thumbnail: ArrayBuffer;
}

/** What a browser needs to draw with; an argument, so that tests can draw without one. */
export interface Easel {
  /** Open a picture, upright; rejects what is none. */
  open: (file: Blob) => Promise<Picture>;
}

export interface Picture {
  width: number;
  height: number;
  /** The picture at a size as JPEG, of a quality from 0 to 1. */
  draw: (width: number, height: number, quality: number) => Promise<Blob>;
  close: () => void;
}

export const MAX_THUMBNAIL_BYTES = 64 * 1024;
/** Longer sides, in pixels, and qualities that are tried until the photo is small enough. */
const PHOTO_TRIES: readonly (readonly [side: number, quality: number])[] = [
  [2048, 0.85],
  [1600, 0.8],
  [1280, 0.75],
  [1024, 0.65],
  [800, 0.5],
  [480, 0.4],
];
const THUMBNAIL_TRIES: typeof PHOTO_TRIES = [
  [320, 0.7],
  [240, 0.5],
  [160, 0.4],
];

const NOT_A_PHOTO = "This file is not a photo that this tablet can open. Take the photo again, or choose another.";
const TOO_LARGE = "This photo cannot be made small enough to be kept. Take it again, with less in it.";

/** Prepare a file. Rejects with words for whoever took it. */
export async function prepare(file: Blob, maxBytes: number, easel: Easel = browserEasel): Promise<Prepared> {
  let picture: Picture;
  try {
    picture = await easel.open(file);
  } catch {
    throw new Error(NOT_A_PHOTO);
  }
  try {
    const photo = await firstWithin(picture, PHOTO_TRIES, maxBytes);
    const thumbnail = await firstWithin(picture, THUMBNAIL_TRIES, MAX_THUMBNAIL_BYTES);
    return { photo: await photo.arrayBuffer(), thumbnail: await thumbnail.arrayBuffer() };
  } finally {
    picture.close();
  }
}

async function firstWithin(picture: Picture, tries: typeof PHOTO_TRIES, maxBytes: number): Promise<Blob> {
  const longer = Math.max(picture.width, picture.height);
  for (const [side, quality] of tries) {
    const scale = Math.min(1, side / longer);
    const [width, height] = [picture.width, picture.height].map((pixels) => Math.max(1, Math.round(pixels * scale)));
    const drawn = await picture.draw(width ?? 1, height ?? 1, quality);
    if (drawn.size <= maxBytes) return drawn;
  }
  throw new Error(TOO_LARGE);
}

const browserEasel: Easel = {
  open: async (file) => {
    const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    return {
      width: bitmap.width,
      height: bitmap.height,
      draw: (width, height, quality) => draw(bitmap, width, height, quality),
      close: () => bitmap.close(),
    };
  },
};

function draw(bitmap: ImageBitmap, width: number, height: number, quality: number): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d");
  if (context === null) return Promise.reject(new Error(NOT_A_PHOTO));
  // What is transparent would turn black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0, width, height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob === null ? reject(new Error(TOO_LARGE)) : resolve(blob)), "image/jpeg", quality);
  });
}
