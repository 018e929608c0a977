/** Rectangles of pictures: which one is shown where a picture is brought to another shape, and its pixels in and out. */
import { allocateLike, type Pixels } from "./image-batch.js";

/** A rectangle of a picture, in pixels. */
export interface ImagePart {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

interface Size {
  readonly height: number;
  readonly width: number;
}

/** The largest part in the middle of a picture that has another one's shape exactly: its edges may lie within pixels. */
export function croppedPart({ height, width }: Size, target: Size): ImagePart {
  const scale = Math.min(height / target.height, width / target.width);
  const part = { height: target.height * scale, width: target.width * scale };
  return { ...part, top: (height - part.height) / 2, left: (width - part.width) / 2 };
}

/** Where a whole picture is in the middle of a larger or smaller one, with its own shape to the nearest pixel. */
export function paddedPart({ height, width }: Size, target: Size): ImagePart {
  const scale = Math.min(target.height / height, target.width / width);
  const part = {
    height: Math.max(1, Math.round(height * scale)),
    width: Math.max(1, Math.round(width * scale)),
  };
  return {
    ...part,
    top: Math.floor((target.height - part.height) / 2),
    left: Math.floor((target.width - part.width) / 2),
  };
}

interface Rows<P extends Pixels> {
  readonly pixels: P;
  readonly width: number;
  readonly channels: number;
}

/** A part's pixels, which are the picture's own where its rows are whole. */
export function cut<P extends Pixels>({ pixels, width, channels }: Rows<P>, part: ImagePart): P {
  const rowValues = part.width * channels;
  const start = (y: number) => ((part.top + y) * width + part.left) * channels;
  if (part.width === width) return pixels.subarray(start(0), start(part.height)) as P;
  const own = allocateLike(pixels, part.height * rowValues);
  for (let y = 0; y < part.height; y++)
    own.set(pixels.subarray(start(y), start(y) + rowValues), y * rowValues);
  return own;
}

/** Puts a part's pixels where it lies in a picture. */
export function paste(pixels: Pixels, part: ImagePart, target: Rows<Pixels>): void {
  const rowValues = part.width * target.channels;
  for (let y = 0; y < part.height; y++) {
    const row = pixels.subarray(y * rowValues, (y + 1) * rowValues);
    target.pixels.set(row, ((part.top + y) * target.width + part.left) * target.channels);
  }
}
