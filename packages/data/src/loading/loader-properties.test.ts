/** What holds of a loader however it is set up: the same bytes from the same seed, in the same memory. */
import { execFile } from "node:child_process";
import { randomInt } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Rng } from "@convkit/random";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { temporaryFolder } from "../../test/temporary-folder.js";
import { openDataset } from "../open-dataset.js";
import { presetTransforms } from "../transform-presets.js";
import type { Batch } from "./batch.js";
import { createLoader } from "./loader.js";
import type { Sampling } from "./sampling.js";

const PICTURES = 26;
const BATCH_SIZE = 4;

/** Noise in several sizes, in two classes of which one is rare. */
async function noisyPictures(seed: number): Promise<string> {
  const folder = await temporaryFolder();
  const rng = Rng.fromSeed(seed);
  for (let i = 0; i < PICTURES; i++) {
    const [width, height] = [10 + rng.int(9), 10 + rng.int(9)];
    const noise = Uint8Array.from({ length: width * height * 3 }, () => rng.int(256));
    const place = join(folder, "pictures", i % 5 === 0 ? "rare" : "common");
    await mkdir(place, { recursive: true });
    await writeFile(
      join(place, `${i}.png`),
      await sharp(noise, { raw: { width, height, channels: 3 } })
        .png()
        .toBuffer(),
    );
  }
  return folder;
}

// Each run draws its own; the titles of what fails tell it.
const seed = randomInt(2 ** 32);

describe(`of files, augmented by the strong preset, with seed ${seed}`, () => {
  it.each<Sampling>([
    { name: "shuffle" },
    { name: "class-balanced" },
    { name: "repeated-augmentation", repeats: 3 },
  ])(
    "batches by $name are the same bytes with 1, 2 and 7 workers, and from any step on",
    async (sampling) => {
      const folder = await noisyPictures(seed);
      const draws = Rng.fromSeed(seed).split(sampling.name);
      const epoch = draws.int(50);
      /** Opened anew each time, so that every one of them decodes. */
      const batchesWith = async (workers: number, fromStep = 0): Promise<Batch[]> => {
        const data = {
          source: join(folder, "pictures"),
          imageSize: [12, 12] as [number, number],
          validationFraction: 0,
          testFraction: 0,
        };
        const dataset = await openDataset(data, { home: join(folder, "home") });
        const { train, batch } = presetTransforms("strong", await dataset.card());
        const loader = await createLoader(dataset.splits.train, {
          batchSize: BATCH_SIZE,
          transforms: train,
          batchTransforms: batch,
          sampling,
          rng: Rng.fromSeed(seed),
          workers,
        });
        try {
          const batches: Batch[] = [];
          for await (const made of loader.epoch(epoch, { fromStep }))
            batches.push({ ...made, images: made.images.slice() });
          return batches;
        } finally {
          await loader.close();
        }
      };

      const whole = await batchesWith(1);
      expect(whole).toHaveLength(Math.ceil(PICTURES / BATCH_SIZE));
      expect(whole.some(({ mixed }) => mixed !== undefined)).toBe(true);
      expect(await batchesWith(2)).toEqual(whole);
      expect(await batchesWith(7)).toEqual(whole);
      const fromStep = 1 + draws.int(whole.length - 1);
      expect(await batchesWith(2, fromStep)).toEqual(whole.slice(fromStep));
    },
  );
});

describe("memory", () => {
  it.each([0, 1])("does not grow over a thousand epochs, with %i workers", async (workers) => {
    const script = `
      import { createLoader, createSplit } from "@convkit/data";
      import { Rng } from "@convkit/random";
      const shape = { count: 8, height: 8, width: 8, channels: 3 };
      const images = Uint8Array.from({ length: 8 * 192 }, (_, i) => i);
      const split = createSplit({ name: "train", images, shape, labels: [0, 1, 0, 1, 0, 1, 0, 1] });
      const loader = await createLoader(split, {
        batchSize: 8,
        transforms: [{ name: "RandomCrop", size: [8, 8], padding: 1, paddingMode: "constant" }],
        batchTransforms: [{ name: "MixUp", alpha: 1, p: 1 }],
        rng: Rng.fromSeed(0),
        workers: ${workers},
      });
      const bytesInUse = () => {
        gc();
        const { heapUsed, external } = process.memoryUsage();
        return heapUsed + external;
      };
      let before = 0;
      for (let epoch = 0; epoch < 1000; epoch++) {
        for await (const batch of loader.epoch(epoch)) if (batch.ids.length !== 8) throw new Error("Too few.");
        if (epoch === 199) before = bytesInUse();
      }
      console.log(bytesInUse() - before);
      await loader.close();`;
    const args = ["--expose-gc", "--input-type=module", "-e", script];
    const { stdout } = await promisify(execFile)(process.execPath, args);
    // A batch is 8 · 192 floats: one that stayed of each epoch would be 4.9 MB.
    expect(Number(stdout)).toBeLessThan(2e6);
  });
});
