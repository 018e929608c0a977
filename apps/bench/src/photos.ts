/** Photos out of files, brought to 224×224: decoded, and out of the caches, beside sharp doing all of it by itself. */
import { mkdtemp, mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createLoader, openDataset, type DatasetSplit, type Loader } from "@convkit/data";
import { Rng } from "@convkit/random";
import sharp from "sharp";
import {
  drain,
  picturesPerSecond,
  torchvisionContestant,
  type LoadingContestant,
  type LoadingGroup,
} from "./loader-turns.js";

const EDGE = 224;
const BATCH_SIZE = 32;
/** Of a folder, so that a turn takes seconds. */
const MOST_PHOTOS = 1200;
const LARGE_PHOTOS = 60;
const DECODING_RATIO = 0.9;
const CACHED_RATIO = 10;
/** As many as libuv has threads, and as the loader decodes at once. */
const CONCURRENT = 4;

const SHARP = "bare sharp";
const SHARP_AT_TWICE = "bare sharp, to twice the size first";
const DECODED = "convkit, decoding";

/**
 * @param folder of class folders, opened as a data set.
 * @param options.areLarge whether the decoder scales them: then sharp is also held to the loader's own bounds, and the
 *   caches, which hold what they hold of any photos, are left out.
 */
export async function photos(
  folder: string,
  { work, areLarge, mostByTorchvision }: { work: string; areLarge: boolean; mostByTorchvision: number },
): Promise<LoadingGroup> {
  const home = await mkdtemp(join(tmpdir(), "convkit-bench-"));
  const open = async (mostCacheBytes?: number): Promise<DatasetSplit> => {
    const { splits } = await openDataset(
      { source: folder, imageSize: [EDGE, EDGE], validationFraction: 0, testFraction: 0 },
      { home, ...(mostCacheBytes !== undefined && { mostCacheBytes }) },
    );
    return splits.train.take(MOST_PHOTOS);
  };
  const split = await open(0);
  const contestants: LoadingContestant[] = [
    ...(areLarge ? [bareSharp(split, SHARP_AT_TWICE, twiceBySharp)] : []),
    bareSharp(split, SHARP, bySharp),
  ];
  contestants.push({
    name: DECODED,
    turn: async () => timeFirstEpoch(await open(0)),
    close: () => Promise.resolve(),
  });
  if (!areLarge) contestants.push(...(await cached(open)));
  const torchvisionCount = Math.min(split.length, mostByTorchvision);
  const torchvision = await torchvisionContestant(
    ["photos", folder, String(EDGE), String(torchvisionCount)],
    torchvisionCount,
  );
  if (typeof torchvision !== "string") contestants.push(torchvision);
  const [first, ...others] = contestants as [LoadingContestant, ...LoadingContestant[]];
  return {
    work,
    contestants: [{ ...first, close: () => rm(home, { recursive: true, force: true }) }, ...others],
    targets: {
      [DECODED]: { ratio: DECODING_RATIO },
      ...Object.fromEntries(CACHED_NAMES.map((name) => [name, { ratio: CACHED_RATIO }])),
    },
    notes: [
      `${work}: ${split.length} JPEGs brought to ${EDGE}×${EDGE}, in batches of ${BATCH_SIZE} by as many worker threads as the loader takes by itself. Bare sharp: autoOrient, resize, removeAlpha, raw, ${CONCURRENT} at a time.`,
      ...(areLarge
        ? [
            `${work}: by itself sharp has libjpeg scale them in the DCT to less than twice ${EDGE} and resizes that, which costs detail; convkit keeps to twice the size or more, and "${SHARP_AT_TWICE}" is sharp held to the same: to ${2 * EDGE}, then to ${EDGE}.`,
          ]
        : []),
      ...(typeof torchvision === "string" ? [`torchvision: not measured: ${torchvision}`] : []),
    ],
  };
}

const FROM_DISK = "convkit, from disk (a second run's first epoch)";
const FROM_MEMORY = "convkit, from memory (later epochs)";
const LATER_EPOCHS = 4;
const CACHED_NAMES = [FROM_DISK, FROM_MEMORY];

async function cached(open: () => Promise<DatasetSplit>): Promise<LoadingContestant[]> {
  const filling = await openLoader(await open());
  await drain(filling, 0);
  await filling.close();
  return [
    { name: FROM_DISK, turn: async () => timeFirstEpoch(await open()), close: () => Promise.resolve() },
    {
      name: FROM_MEMORY,
      turn: async () => {
        // Right after its first epoch, as in training: a system may take away memory that nobody touches for a while.
        const split = await open();
        const loader = await openLoader(split);
        await drain(loader, 0);
        const speed = await picturesPerSecond(LATER_EPOCHS * split.length, async () => {
          for (let epoch = 1; epoch <= LATER_EPOCHS; epoch++) await drain(loader, epoch);
        });
        await loader.close();
        return speed;
      },
      close: () => Promise.resolve(),
    },
  ];
}

function bareSharp(
  split: DatasetSplit,
  name: string,
  load: (file: string) => Promise<unknown>,
): LoadingContestant {
  const files = Array.from(split.ids, (_, position) => split.fileAt(position)?.location as string);
  return {
    name,
    turn: () =>
      picturesPerSecond(files.length, async () => {
        let next = 0;
        const work = async (): Promise<void> => {
          while (next < files.length) await load(files[next++] as string);
        };
        await Promise.all(Array.from({ length: CONCURRENT }, work));
      }),
    close: () => Promise.resolve(),
  };
}

const bySharp = (file: string): Promise<Buffer> =>
  sharp(file).autoOrient().resize(EDGE, EDGE, { fit: "fill" }).removeAlpha().raw().toBuffer();

async function twiceBySharp(file: string): Promise<Buffer> {
  const { data, info } = await sharp(file)
    .autoOrient()
    .resize(2 * EDGE, 2 * EDGE, { fit: "fill" })
    .removeAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return sharp(data, { raw: info }).resize(EDGE, EDGE, { fit: "fill" }).raw().toBuffer();
}

const openLoader = (split: DatasetSplit): Promise<Loader> =>
  createLoader(split, { batchSize: BATCH_SIZE, transforms: [], rng: Rng.fromSeed(0) });

/** The start of the workers does not count: it is a run's, not a picture's. */
async function timeFirstEpoch(split: DatasetSplit): Promise<number> {
  const loader = await openLoader(split);
  const speed = await picturesPerSecond(split.length, () => drain(loader, 0));
  await loader.close();
  return speed;
}

/** 60 photos of 12 megapixels, made of those in a data set's folder. */
export async function makeLargePhotos(folder: string): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), "convkit-bench-photos-"));
  const home = await mkdtemp(join(tmpdir(), "convkit-bench-"));
  const { splits } = await openDataset({ source: folder, imageSize: [8, 8] }, { home, mostCacheBytes: 0 });
  const { train } = splits;
  for (const name of ["a", "b"]) await mkdir(join(made, name));
  for (let position = 0; position < Math.min(LARGE_PHOTOS, train.length); position++) {
    await sharp(train.fileAt(position)?.location as string)
      .resize(4000, 3000, { fit: "fill" })
      .jpeg({ quality: 90 })
      .toFile(join(made, position % 2 === 0 ? "a" : "b", `${position}.jpg`));
  }
  await rm(home, { recursive: true });
  return made;
}
