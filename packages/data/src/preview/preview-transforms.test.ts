import { Rng } from "@convkit/random";
import type { TransformSpec } from "@convkit/schema";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { createSplit } from "../create-split.js";
import { createLoader, trainingLoaderRng } from "../loading/loader.js";
import { checkPreviewSize, previewTransforms, type PreviewOptions } from "./preview-transforms.js";

const NORMALIZE = { name: "Normalize", mean: [0.5, 0.4, 0.3], std: [0.25, 0.2, 0.5] } satisfies TransformSpec;
const AUGMENT: TransformSpec[] = [
  { name: "RandomCrop", size: [32, 64], padding: 4, paddingMode: "reflect" },
  { name: "RandomHorizontalFlip", p: 0.5 },
  NORMALIZE,
];

/** Pictures of 32×64 noise, whose label is their number modulo 3. */
function splitOf(count: number) {
  const rng = Rng.fromSeed("pictures");
  return createSplit({
    name: "train",
    images: Uint8Array.from({ length: count * 32 * 64 * 3 }, () => rng.int(256)),
    shape: { count, height: 32, width: 64, channels: 3 },
    labels: Array.from({ length: count }, (_, i) => i % 3),
  });
}

const OPTIONS: PreviewOptions = {
  transforms: AUGMENT,
  seed: 5,
  classNames: ["cat", "dog", "<&\u0001>"],
  pictures: 3,
  draws: 2,
  firstEpoch: 4,
};

/** One pixel of a tile, which stands enlarged twice, 8 pixels from its neighbours. */
async function pixelsOf(png: Buffer) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)];
}

describe("previewTransforms", () => {
  const split = splitOf(10);

  it("shows each picture itself, and what a loader would make of it", async () => {
    const { png, height, width, pictures } = await previewTransforms(split, OPTIONS);
    expect(await sharp(png).metadata()).toMatchObject({ format: "png", height, width });
    expect(width).toBe(8 + 3 * (128 + 8));
    expect((height - 8) % 3).toBe(0);
    const rowHeight = (height - 8) / 3;
    const at = await pixelsOf(png);

    const loader = await createLoader(split, {
      transforms: AUGMENT,
      rng: trainingLoaderRng(Rng.fromSeed(OPTIONS.seed)),
      batchSize: 10,
      workers: 0,
    });
    const looks = new Map<string, Float32Array>();
    for await (const { ids, images } of loader.epoch(5)) {
      ids.forEach((id, i) => looks.set(id, images.slice(i * 6144, (i + 1) * 6144)));
    }
    const positions = pictures.map(({ id }) => split.ids.indexOf(id));
    const { images } = await split.readImages(positions);
    expect(pictures.map(({ className }) => className)).toEqual(
      positions.map((position) => OPTIONS.classNames[position % 3]),
    );
    for (const [row, { id }] of pictures.entries()) {
      const look = looks.get(id)!;
      for (let y = 0; y < 32; y++) {
        for (let x = 0; x < 64; x++) {
          const pixel = (y * 64 + x) * 3;
          const top = 8 + row * rowHeight + 2 * y;
          const decoded = [...images.subarray(row * 6144 + pixel, row * 6144 + pixel + 3)];
          expect(at(8 + 2 * x + 1, top + 1)).toEqual(decoded);
          const inEpoch5 = [0, 1, 2].map((c) =>
            Math.abs(Math.round(255 * (look[pixel + c]! * NORMALIZE.std[c]! + NORMALIZE.mean[c]!))),
          );
          expect(at(8 + 2 * 136 + 2 * x, top)).toEqual(inEpoch5);
        }
      }
    }
  });

  it("lists what was drawn", async () => {
    const { pictures } = await previewTransforms(split, OPTIONS);
    for (const { draws } of pictures) {
      expect(draws.map(({ epoch }) => epoch)).toEqual([4, 5]);
      for (const { drawn } of draws) {
        expect(drawn).toEqual([
          { transform: "RandomCrop", parameters: { top: expect.any(Number), left: expect.any(Number) } },
          { transform: "RandomHorizontalFlip", parameters: expect.any(Boolean) },
        ]);
      }
    }
  });

  it("is the same for the same seed, and another for another", async () => {
    const first = await previewTransforms(split, OPTIONS);
    expect(await previewTransforms(split, OPTIONS)).toEqual(first);
    expect((await previewTransforms(split, { ...OPTIONS, seed: 6 })).png).not.toEqual(first.png);
  });

  it("shows grey, tiny and large pictures, and those that change their size", async () => {
    const shape = { count: 2, height: 5, width: 7, channels: 1 };
    const tiny = createSplit({ name: "train", images: new Uint8Array(70).fill(9), shape, labels: [0, 1] });
    const resize: TransformSpec[] = [{ name: "Resize", size: [300, 600] }];
    const sheet = await previewTransforms(tiny, { ...OPTIONS, transforms: resize });
    expect(sheet.pictures).toHaveLength(2);
    expect(sheet.width).toBe(8 + 3 * (256 + 8));
    expect((await pixelsOf(sheet.png))(8 + 264, 8)).toEqual([9, 9, 9]);
  });

  it("draws no sheet of more than 16,000 pixels an edge, and says so before it decodes", async () => {
    const rows = { ...OPTIONS, pictures: 100 };
    // Tiles of 32×64 stand as 64×128, over 12 lines of 12 pixels, 8 pixels apart: 8 + 74 × 216 = 15,992.
    await expect(previewTransforms(splitOf(75), rows)).rejects.toThrow(
      "Expected a sheet of at most 16,000 pixels an edge. Received: 75 pictures in 3 columns, which take 16,208 × 416.",
    );
    expect((await previewTransforms(splitOf(74), rows)).height).toBeLessThan(15_992);
    await expect(previewTransforms(split, { ...OPTIONS, draws: 117 })).rejects.toThrow("656 × 16,056");
    // Tiles of 600×600 stand as 256×256.
    const large = { ...rows, transforms: [{ name: "Resize", size: [600, 600] }] satisfies TransformSpec[] };
    await expect(previewTransforms(splitOf(40), large)).rejects.toThrow("16,328 × 800");
    expect(() => checkPreviewSize({ pictures: 799, draws: 116 })).not.toThrow();
    expect(() => checkPreviewSize({ pictures: 800, draws: 1 })).toThrow("16,008 × 280");
    expect(() => checkPreviewSize({ pictures: 1, draws: 117 })).toThrow("28 × 16,056");
  });

  it("says that there is nothing to show", async () => {
    await expect(previewTransforms(splitOf(0), OPTIONS)).rejects.toThrow(/Received: 0 of the 0 of the train/);
  });
});
