/** A tiny problem that a network can learn: 8×8 pictures with a red, green or blue square on grey noise. */
import type { Batch, Loader } from "@convkit/data";
import { Rng } from "@convkit/random";

export const SQUARE_CLASSES = ["red", "green", "blue"] as const;
const SIZE = 8;
const SIDE = 4;

/** One picture, uint8 8×8×3, the same for the same arguments. */
export function drawSquare(label: number, index: number): Uint8Array {
  const rng = Rng.fromSeed("squares").split(label).split(index);
  const pixels = Uint8Array.from({ length: SIZE * SIZE * 3 }, () => 96 + rng.int(64));
  const [top, left] = [rng.int(SIZE - SIDE), rng.int(SIZE - SIDE)];
  for (let y = top; y < top + SIDE; y++) {
    for (let x = left; x < left + SIDE; x++) pixels[(y * SIZE + x) * 3 + label] = 255;
  }
  return pixels;
}

/** A loader over pictures in memory: batch k of epoch e is a function of e and k, as @convkit/data's are. */
export function squaresLoader(count: number, batchSize: number): Loader {
  const stepsPerEpoch = Math.ceil(count / batchSize);
  function batch(epoch: number, step: number): Batch {
    const order = Rng.fromSeed("order").split(epoch).permutation(count);
    const chosen = [...order.subarray(step * batchSize, (step + 1) * batchSize)];
    const labels = Int32Array.from(chosen, (index) => index % SQUARE_CLASSES.length);
    const images = new Float32Array(chosen.length * SIZE * SIZE * 3);
    chosen.forEach((index, i) => {
      const pixels = drawSquare(labels[i]!, index);
      images.set(
        Float32Array.from(pixels, (value) => value / 255 - 0.5),
        i * pixels.length,
      );
    });
    return { images, shape: [chosen.length, SIZE, SIZE, 3], labels, ids: chosen.map(String) };
  }
  return {
    stepsPerEpoch,
    imageShape: [SIZE, SIZE, 3],
    async *epoch(epoch, { fromStep = 0 } = {}) {
      for (let step = fromStep; step < stepsPerEpoch; step++) yield batch(epoch, step);
    },
    close: async () => {},
  };
}
