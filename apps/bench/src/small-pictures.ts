/** Pictures of CIFAR-10's size out of memory, augmented as in training: what a loader costs where nothing is decoded. */
import { createLoader, createSplit, type DatasetSplit, type LoaderOptions } from "@convkit/data";
import { Rng } from "@convkit/random";
import {
  drain,
  picturesPerSecond,
  torchvisionContestant,
  type LoadingContestant,
  type LoadingGroup,
} from "./loader-turns.js";

const PICTURES = 50_000;
const BATCH_SIZE = 128;
const PER_SECOND_AND_CORE = 30_000;
/** A fifth of them: it takes a turn of the others' length. */
const TORCHVISION_PICTURES = 10_000;

const transforms: LoaderOptions["transforms"] = [
  { name: "RandomCrop", size: [32, 32], padding: 4, paddingMode: "constant" },
  { name: "RandomHorizontalFlip", p: 0.5 },
  { name: "Normalize", mean: [0.49, 0.48, 0.45], std: [0.25, 0.24, 0.26] },
  { name: "RandomErasing", p: 0.5, scale: [0.02, 0.33], ratio: [0.3, 3.3], value: 0 },
];

export async function smallPictures(): Promise<LoadingGroup> {
  const split = randomPictures();
  const contestants: LoadingContestant[] = [];
  for (const workers of [0, 1, 2]) {
    const loader = await createLoader(split, {
      batchSize: BATCH_SIZE,
      transforms,
      rng: Rng.fromSeed(0),
      workers,
    });
    contestants.push({
      name: nameOf(workers),
      turn: (round) => picturesPerSecond(PICTURES, () => drain(loader, round)),
      close: () => loader.close(),
    });
  }
  const torchvision = await torchvisionContestant(
    ["small", String(TORCHVISION_PICTURES)],
    TORCHVISION_PICTURES,
  );
  return {
    work: "32×32 from memory",
    contestants: typeof torchvision === "string" ? contestants : [...contestants, torchvision],
    targets: { [nameOf(0)]: { picturesPerSecond: PER_SECOND_AND_CORE } },
    notes: [
      `32×32 from memory: an epoch of ${PICTURES} random pictures, shuffled, in batches of ${BATCH_SIZE}: RandomCrop with a padding of 4, RandomHorizontalFlip, Normalize, RandomErasing.`,
      ...(typeof torchvision === "string" ? [`torchvision: not measured: ${torchvision}`] : []),
    ],
  };
}

const nameOf = (workers: number): string => (workers === 0 ? "without workers" : `${workers} workers`);

function randomPictures(): DatasetSplit {
  const rng = Rng.fromSeed(0);
  return createSplit({
    name: "random",
    images: Uint8Array.from({ length: PICTURES * 32 * 32 * 3 }, () => rng.int(256)),
    shape: { count: PICTURES, height: 32, width: 32, channels: 3 },
    labels: Array.from({ length: PICTURES }, () => rng.int(10)),
  });
}
