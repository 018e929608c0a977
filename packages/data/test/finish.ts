/** Does what a batch of bytes leaves to do, value by value, as the words of `Finish` have it. */
import { applyMix } from "@convkit/transforms";
import type { ByteBatch } from "../src/loading/batch.js";

/** @returns float32 of the batch's shape. */
export function finished({ unfinished, finish, mix, shape }: ByteBatch): Float32Array {
  const [count, height, width, channels] = shape;
  const { bytes, places } = unfinished;
  const { bytesShape, values } = finish;
  const images = new Float32Array(count * height * width * channels);
  for (let at = 0; at < images.length; at++) {
    const c = at % channels;
    const x = Math.floor(at / channels) % width;
    const y = Math.floor(at / channels / width) % height;
    const n = Math.floor(at / channels / width / height);
    const own = places.subarray(n * (height + width + 4), (n + 1) * (height + width + 4));
    const [row, column] = [own[y]!, own[height + x]!];
    const [top, left, h, w] = [0, 1, 2, 3].map((i) => own[height + width + i]!) as [
      number,
      number,
      number,
      number,
    ];
    const isErased = y >= top && y < top + h && x >= left && x < left + w;
    const from = ((n * bytesShape.height + row) * bytesShape.width + column) * channels + c;
    images[at] = values[c * 257 + (isErased ? 256 : row < 0 || column < 0 ? 0 : bytes[from]!)]!;
  }
  if (mix !== null) applyMix(images, { count, height, width, channels }, mix);
  return images;
}
