/** Pictures of CIFAR-10's size out of memory, augmented as in training: what a loader costs where nothing is decoded. */
import {
  createByteLoader,
  createLoader,
  createSplit,
  type DatasetSplit,
  type LabelledBatch,
  type Loader,
  type LoaderOptions,
} from "@convkit/data";
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
  const optionsFor = (workers: number) => ({
    batchSize: BATCH_SIZE,
    transforms,
    rng: Rng.fromSeed(0),
    workers,
  });
  const enter = (name: string, loader: Pick<Loader<LabelledBatch>, "epoch" | "close">) =>
    contestants.push({
      name,
      turn: (round) => picturesPerSecond(PICTURES, () => drain(loader, round)),
      close: () => loader.close(),
    });
  for (const workers of [0, 1, 2]) enter(nameOf(workers), await createLoader(split, optionsFor(workers)));
  enter("as bytes, without workers", (await createByteLoader(split, optionsFor(0)))!);
  const torchvision = await torchvisionContestant(
    ["small", String(TORCHVISION_PICTURES)],
    TORCHVISION_PICTURES,
  );
  return {
    work: "32×32 from memory",
    contestants: typeof torchvision === "string" ? contestants : [...contestants, torchvision],
    targets: { [nameOf(0)]: { picturesPerSecond: PER_SECOND_AND_CORE } },
    notes: [
      `32×32 from memory: an epoch of ${PICTURES} random pictures, shuffled, in batches of ${BATCH_SIZE}: RandomCrop with a padding of 4, RandomHorizontalFlip, Normalize, RandomErasing. As bytes, for a GPU that does these.`,
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
