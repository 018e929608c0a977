/** Looks at every picture of a data set, for what its card cannot know: sizes, copies, leakage between splits. */
import { DatasetInspection } from "@convkit/schema";
import type { DatasetSplit } from "../dataset-split.js";
import type { ImageDataset } from "../image-dataset.js";
import { labelNameAt } from "../label-sets.js";
import type { ProgressListener } from "../progress.js";
import { findDuplicates, type ComparedPicture } from "./find-duplicates.js";
import { takePrints } from "./picture-prints.js";
import { measureSizes, type PictureSize } from "./size-histograms.js";

export interface InspectOptions {
  /** Small copies of the pictures are kept below it, so that a second inspection takes seconds. */
  readonly home: string;
  /** 0…1, from which on two pictures are taken for nearly the same; 0.97 if left out. */
  readonly minSimilarity?: number | undefined;
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies that were scaled, compressed again or made a little lighter are found by what they show (find-similar.ts);
 * mirrored or turned ones, and ones cut by more than a few hundredths, are not. All are listed: `boundInspection` leaves
 * what may travel.
 * @throws {ImageDecodeError} if a file has gone or been damaged since the data set was opened.
 */
export async function inspectDataset(
  dataset: ImageDataset,
  options: InspectOptions,
): Promise<DatasetInspection> {
  const { pictures, duplicates, leakage } = await compare(dataset, options);
  return DatasetInspection.parse({
    formatVersion: 1,
    card: await dataset.card({ signal: options.signal }),
    holding: dataset.holding,
    sizes: measureSizes(pictures),
    duplicates,
    leakage,
  });
}

/**
 * Finds pictures that are the same or nearly the same, as `inspectDataset` does.
 * @returns of each of them by its id, the name of its group: the id of the group's first.
 * @throws {ImageDecodeError} if a file has gone or been damaged since the data set was opened.
 */
export async function groupCopies(
  dataset: ImageDataset,
  options: InspectOptions,
): Promise<Map<string, string>> {
  const { pictures, groups } = await compare(dataset, options);
  const idOf = (position: number) => (pictures[position] as ComparedPicture).id;
  return new Map(
    groups.flatMap((positions) => {
      // The lowest: kinds rise, and so do the members of each.
      const name = idOf(positions[0] as number);
      return positions.map((position) => [idOf(position), name] as const);
    }),
  );
}

async function compare(
  dataset: ImageDataset,
  { home, minSimilarity = 0.97, onProgress, signal }: InspectOptions,
) {
  if (!(minSimilarity > 0 && minSimilarity <= 1)) {
    throw new RangeError(`Expected a similarity above 0 and up to 1. Received: ${minSimilarity}.`);
  }
  const splits = dataset.splitList();
  const prints = await takePrints(splits, { home, source: dataset.source, onProgress, signal });
  const pictures = splits.flatMap((split) =>
    split.ids.map((id, position) => ({
      id,
      split: split.name,
      className: labelNameAt(split, position, dataset.classNames),
      ...sizeOf(split, position),
    })),
  );
  return { pictures, ...(await findDuplicates(pictures, prints, { minSimilarity, signal })) };
}

function sizeOf(split: DatasetSplit, position: number): PictureSize {
  const { height, width } = split.fileAt(position) ?? shapeOf(split);
  return { height, width };
}

/** Pictures that are no files of their own are in memory, and of one size. */
function shapeOf({ imageShape }: DatasetSplit): PictureSize {
  const [height, width] = imageShape as [number, number, number];
  return { height, width };
}
