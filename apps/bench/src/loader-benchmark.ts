/** Pictures per second out of the data loader, cropped, flipped and normalised as in training on CIFAR-10. */
import { createLoader, createSplit, type DatasetSplit, type Loader, type LoaderOptions } from "@convkit/data";
import { Rng } from "@convkit/random";
import { type BenchmarkResult, formatSpread } from "./report.js";
import { ratioSpread, spreadOf } from "./statistics.js";

const PICTURES = 10_000;
const BATCH_SIZE = 128;
const WORKER_COUNTS = [0, 1, 2];

const transforms: LoaderOptions["transforms"] = [
  { name: "RandomCrop", size: [32, 32], padding: 4, paddingMode: "reflect" },
  { name: "RandomHorizontalFlip", p: 0.5 },
  { name: "Normalize", mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] },
];

export async function measureLoader(rounds: number): Promise<BenchmarkResult> {
  const split = randomPictures();
  const loaders: Loader[] = [];
  for (const workers of WORKER_COUNTS) {
    loaders.push(
      await createLoader(split, { batchSize: BATCH_SIZE, transforms, rng: Rng.fromSeed(0), workers }),
    );
  }
  for (const loader of loaders) await picturesPerSecond(loader, 0);
  const speeds = loaders.map(() => [] as number[]);
  for (let round = 0; round < rounds; round++) {
    for (const [i, loader] of loaders.entries()) speeds[i]!.push(await picturesPerSecond(loader, round + 1));
  }
  await Promise.all(loaders.map((loader) => loader.close()));

  const [inline] = speeds;
  const data = WORKER_COUNTS.map((workers, i) => ({
    workers,
    picturesPerSecond: spreadOf(speeds[i]!),
    ratio: ratioSpread(speeds[i]!, inline!),
  }));
  return {
    title: "Data loader",
    notes: [
      `An epoch of ${PICTURES} random 32×32×3 pictures from memory, shuffled, in batches of ${BATCH_SIZE}: RandomCrop with a padding of 4, RandomHorizontalFlip, Normalize. Nothing else runs in between.`,
    ],
    columns: ["workers", "pictures/s", "times as fast as without workers"],
    rows: data.map(({ workers, picturesPerSecond: speed, ratio }) => [
      String(workers),
      formatSpread(speed, 0),
      formatSpread(ratio, 2),
    ]),
    data,
  };
}

function randomPictures(): DatasetSplit {
  const rng = Rng.fromSeed(0);
  return createSplit({
    name: "random",
    images: Uint8Array.from({ length: PICTURES * 32 * 32 * 3 }, () => rng.int(256)),
    shape: { count: PICTURES, height: 32, width: 32, channels: 3 },
    labels: Array.from({ length: PICTURES }, () => rng.int(10)),
  });
}

async function picturesPerSecond(loader: Loader, epoch: number): Promise<number> {
  const startedAtMs = performance.now();
  let pictures = 0;
  for await (const { labels } of loader.epoch(epoch)) pictures += labels.length;
  return (pictures * 1000) / (performance.now() - startedAtMs);
}
