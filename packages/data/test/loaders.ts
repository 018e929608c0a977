/** Loaders of small splits whose pictures tell their number. */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Rng } from "@convkit/random";
import { onTestFinished } from "vitest";
import { createSplit } from "../src/create-split.js";
import { DatasetSplit } from "../src/dataset-split.js";
import type { Batch } from "../src/loading/batch.js";
import { createLoader, type Loader, type LoaderOptions } from "../src/loading/loader.js";
import { encodePicture, writeFiles } from "./pictures.js";
import { temporaryFolder } from "./temporary-folder.js";

/** Path of a transform of the tests' own. */
export const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

/** Picture n is 3×3 pixels of the values n … n + 8, label n mod 3. */
export function splitOf(count: number) {
  return createSplit({
    name: "train",
    images: Uint8Array.from({ length: count * 9 }, (_, i) => Math.floor(i / 9) + (i % 9)),
    shape: { count, height: 3, width: 3, channels: 1 },
    labels: Array.from({ length: count }, (_, i) => i % 3),
  });
}

/** Closed when the test ends. */
export async function open(split: DatasetSplit, options: Partial<LoaderOptions> = {}): Promise<Loader> {
  const loader = await createLoader(split, {
    batchSize: 4,
    transforms: [],
    rng: Rng.fromSeed(0),
    workers: 0,
    ...options,
  });
  onTestFinished(() => loader.close());
  return loader;
}

/** A copy of every batch: their memory is used again. */
export async function collect(batches: AsyncIterable<Batch>): Promise<Batch[]> {
  const copies: Batch[] = [];
  for await (const batch of batches) copies.push({ ...batch, images: batch.images.slice() });
  return copies;
}

/** Six red pictures in files of their own, whose names and ids are how red they are. */
export async function fileSplit() {
  const folder = await temporaryFolder();
  const reds = [0, 50, 100, 150, 200, 250];
  for (const red of reds) await writeFiles(folder, { [`${red}.png`]: await encodePicture([red, 0, 0]) });
  return new DatasetSplit({
    name: "train",
    ids: reds.map(String),
    labels: Int32Array.from(reds, () => 0),
    source: {
      kind: "files",
      locations: reds.map((red) => join(folder, `${red}.png`)),
      channels: 3,
      size: null,
      cache: null,
    },
    sourceIndices: Uint32Array.from(reds, (_, i) => i),
  });
}
