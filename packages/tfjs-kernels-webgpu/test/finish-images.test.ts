import type * as names from "@convkit/ops/kernel-names";
import { Rng } from "@convkit/random";
import { expect, it } from "vitest";
import { finishImages } from "../src/kernels/finish-images.js";
import { callKernel } from "./call-kernel.js";
import { testSeed } from "./env.js";
import { describeOnGpu } from "./open-backend.js";

type Mix = names.FinishImagesAttrs["mix"];

await describeOnGpu("FinishImages", (backend) => {
  // Of rows and columns in and beyond the pictures, and of sizes that are and are not multiples of four.
  it.each<{ shape: names.FinishImagesAttrs["shape"]; mix: Mix }>([
    { shape: [3, 5, 7, 3], mix: null },
    { shape: [4, 8, 4, 1], mix: { name: "MixUp", weight: 0.25 } },
    { shape: [5, 3, 5, 2], mix: { name: "MixUp", weight: 0.9 } },
    { shape: [2, 6, 6, 3], mix: { name: "CutMix", box: { top: 2, left: 0, height: 4, width: 3 } } },
    { shape: [1, 1, 1, 1], mix: { name: "CutMix", box: { top: 0, left: 0, height: 1, width: 1 } } },
  ])("gives of $shape with $mix what its formula gives", async ({ shape, mix }) => {
    const rng = Rng.fromSeed(testSeed).split(shape.join());
    const [count, height, width, channels] = shape;
    const bytesShape = [4, 9] as const;
    const bytes = Uint8Array.from({ length: 4 * Math.ceil((count * 36 * channels) / 4) }, () => rng.int(256));
    const perPicture = height + width + 4;
    const places = Int32Array.from({ length: count * perPicture }, (_, i) => {
      const at = i % perPicture;
      return at < height ? rng.int(5) - 1 : at < height + width ? rng.int(10) - 1 : rng.int(4);
    });
    const values = Float32Array.from({ length: channels * 257 }, () => rng.normal());
    const own = (n: number, y: number, x: number, c: number): number => {
      const part = places.subarray(n * perPicture);
      const [top, left, tall, wide] = [0, 1, 2, 3].map((i) => part[height + width + i]!) as [
        number,
        number,
        number,
        number,
      ];
      if (y >= top && y < top + tall && x >= left && x < left + wide) return values[c * 257 + 256]!;
      const [row, column] = [part[y]!, part[height + x]!];
      if (row < 0 || column < 0) return values[c * 257]!;
      return values[c * 257 + bytes[((n * 4 + row) * 9 + column) * channels + c]!]!;
    };
    const [images] = (await callKernel(backend, finishImages, {
      inputs: {
        bytes: { shape: [bytes.length / 4], values: new Int32Array(bytes.buffer) },
        places: { shape: [count, perPicture], values: places },
        values: { shape: [channels, 257], values },
      },
      attrs: { bytesShape, shape, mix },
    }))!;
    expect(images!.shape).toEqual(shape);
    images!.values.forEach((value, i) => {
      const c = i % channels;
      const x = Math.floor(i / channels) % width;
      const y = Math.floor(i / channels / width) % height;
      const n = Math.floor(i / channels / width / height);
      const [mine, other] = [own(n, y, x, c), own((n + count - 1) % count, y, x, c)];
      if (mix?.name === "MixUp") {
        const terms = [mix.weight * mine, (1 - mix.weight) * other] as const;
        const size = Math.abs(terms[0]) + Math.abs(terms[1]);
        expect(Math.abs(value - terms[0] - terms[1])).toBeLessThanOrEqual(1e-6 * size);
        return;
      }
      const box = mix?.box ?? { top: 0, left: 0, height: 0, width: 0 };
      const isMixed = y >= box.top && y < box.top + box.height && x >= box.left && x < box.left + box.width;
      expect(value).toBe(isMixed ? other : mine);
    });
  });
});
