/** From a config's `data` to splits that loaders can draw from. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DataSpec } from "@convkit/schema";
import type { z } from "zod";
import { DatasetSplit } from "./dataset-split.js";
import { findNamedDataset, NAMED_DATASETS, type NamedDataset } from "./fetching/named-datasets.js";
import { placeDataset } from "./fetching/place-dataset.js";
import { DatasetFormatError } from "./formats/dataset-format-error.js";
import type { DatasetParts, SplitParts } from "./formats/dataset-parts.js";
import { ImageDataset, type DatasetSplits } from "./image-dataset.js";
import { nameOfPath, openPath } from "./open-path.js";
import { resizeSource } from "./pictures/resize-source.js";
import type { ProgressListener } from "./progress.js";
import { splitOffValidation } from "./validation-split.js";

/** What a config's `data` may hold; `source` is all that is needed. */
export type DataSpecInput = z.input<typeof DataSpec>;

export interface OpenDatasetOptions {
  /** Data sets are placed and remembered below it. */
  readonly home: string;
  /** Called while files are downloaded, unpacked and checked. */
  readonly onProgress?: ProgressListener;
  readonly signal?: AbortSignal;
  /** Pictures of one group stay on one side of the validation split; each is its own group if left out. */
  readonly groupOf?: (id: string) => string;
}

/** Neither a data set's name nor an existing path. */
export class DatasetNotFoundError extends Error {
  override readonly name = "DatasetNotFoundError";
}

/** Other pictures than those a config or a registered name stands for. */
export class ContentHashMismatchError extends Error {
  override readonly name = "ContentHashMismatchError";
}

/**
 * Opens a data set by its registered name (fetched when it is not below `home` yet, or from `root`) or by a path.
 *
 * Without validation pictures of its own, `validationFraction` of the training pictures are chosen by the hash of their
 * ids. `limit` then keeps so many of each split, chosen by hash too.
 * @throws {DatasetNotFoundError} if the source is neither a name nor a path.
 * @throws {DatasetUnavailableError} if a named data set cannot be fetched.
 * @throws {DatasetFormatError} if the files are in none of the formats, damaged, or hold no training picture.
 * @throws {ContentHashMismatchError} if the pictures are not those of `contentHash` or of the name.
 */
export async function openDataset(spec: DataSpecInput, options: OpenDatasetOptions): Promise<ImageDataset> {
  const data = DataSpec.parse(spec);
  const named = findNamedDataset(data.source);
  const parts = named ? await openNamed(named, data.root, options) : await openByPath(data, options);
  const contentHash = await parts.contentHash();
  if (data.contentHash !== undefined && data.contentHash !== contentHash) {
    throw new ContentHashMismatchError(
      `Expected the pictures with the content hash ${data.contentHash} in ${data.source}. Received: ${contentHash}. ` +
        `The data set has changed since; take \`contentHash\` out of the config to use it as it is.`,
    );
  }
  return new ImageDataset({
    name: named?.name ?? nameOfPath(resolve(data.source)),
    source: data.source,
    contentHash,
    classNames: named?.classNames ?? parts.classNames,
    splits: makeSplits(parts, data, options.groupOf),
    badFiles: parts.badFiles,
  });
}

async function openNamed(
  named: NamedDataset,
  root: string | undefined,
  options: OpenDatasetOptions,
): Promise<DatasetParts> {
  if (root === undefined) return openPath(await placeDataset(named, options), options);
  const folder = resolve(root);
  if (!existsSync(folder)) {
    throw new DatasetNotFoundError(
      `Expected a folder with the files of ${named.name}. Received: ${folder}, which is not there.`,
    );
  }
  const parts = await openPath(folder, options);
  const contentHash = await parts.contentHash();
  if (contentHash !== named.contentHash) {
    throw new ContentHashMismatchError(
      `Expected the official ${named.name} (content hash ${named.contentHash}) in ${folder}. Received: ${contentHash}. ` +
        `To use these pictures as what they are, give the folder as \`source\`.`,
    );
  }
  return parts;
}

async function openByPath({ source, root }: DataSpec, options: OpenDatasetOptions): Promise<DatasetParts> {
  const path = resolve(source);
  if (root !== undefined || !existsSync(path)) {
    const received = root === undefined ? `${source}, and there is no ${path}` : `${source} with a \`root\``;
    throw new DatasetNotFoundError(
      `Expected the path of a data set, or one of the names ${Object.keys(NAMED_DATASETS).join(", ")}. ` +
        `Received: ${received}.`,
    );
  }
  return openPath(path, options);
}

function makeSplits(
  parts: DatasetParts,
  data: DataSpec,
  groupOf: OpenDatasetOptions["groupOf"],
): DatasetSplits {
  const opened = (name: string, split: SplitParts | undefined) =>
    split && openSplit(name, split, data.imageSize);
  const all = openSplit("train", parts.splits.train, data.imageSize);
  const own = opened("validation", parts.splits.validation);
  const { train, validation } = own
    ? { train: all, validation: own }
    : splitOffValidation(all, { fraction: data.validationFraction, seed: data.splitSeed, groupOf });
  const test = opened("test", parts.splits.test);
  if (train.length === 0) {
    throw new DatasetFormatError(
      `Expected training pictures in ${data.source}. Received: none` +
        (parts.badFiles.length > 0 ? `, and ${parts.badFiles.length} files that cannot be used.` : "."),
    );
  }
  const { limit } = data;
  return {
    train: train.take(limit.train ?? Infinity),
    ...(validation.length > 0 && { validation: validation.take(limit.validation ?? Infinity) }),
    ...(test && { test: test.take(limit.test ?? Infinity) }),
  };
}

function openSplit(
  name: string,
  { ids, labels, source }: SplitParts,
  size: DataSpec["imageSize"],
): DatasetSplit {
  return new DatasetSplit({
    name,
    ids,
    labels,
    source: size ? resizeSource(source, size) : source,
    sourceIndices: Uint32Array.from({ length: ids.length }, (_, i) => i),
  });
}
