/** From a config's `data` to splits that loaders can draw from. */
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { DataSpec, HoldingSpec } from "@convkit/schema";
import type { z } from "zod";
import { checkAnnotations, hashAnnotations } from "./annotations-hash.js";
import { checkTrainingClasses, warnOfUnlearntClasses } from "./check-classes.js";
import { DatasetSplit } from "./dataset-split.js";
import { findNamedDataset, NAMED_DATASETS, type NamedDataset } from "./fetching/named-datasets.js";
import { placeDataset } from "./fetching/place-dataset.js";
import { DatasetFormatError } from "./formats/dataset-format-error.js";
import type { DatasetParts, SplitParts } from "./formats/dataset-parts.js";
import { laySplits, readSplitList } from "./formats/split-list.js";
import { holdBack, warnOfSharedGroups, type HoldBackOptions } from "./hold-back.js";
import { ImageDataset, type DatasetSplits } from "./image-dataset.js";
import { nameOfPath, openPath } from "./open-path.js";
import { narrowSource } from "./pictures/decoded-cache.js";
import type { PixelSource } from "./pictures/pixel-source.js";
import { resizeSource } from "./pictures/resize-source.js";
import type { ProgressListener } from "./progress.js";

/** What a config's `data` may hold; `source` is all that is needed. */
export type DataSpecInput = z.input<typeof DataSpec>;

export interface OpenDatasetOptions {
  /** Data sets are placed and remembered below it. */
  readonly home: string;
  /**
   * Bound of what decoded pictures take on disk below `home`, all data sets together; 0: none are kept. If left out,
   * CONVKIT_CACHE_GIB, or 20 GiB. Never more than a quarter of what is free.
   */
  readonly mostCacheBytes?: number;
  /** Called while files are downloaded, unpacked and checked. */
  readonly onProgress?: ProgressListener;
  readonly signal?: AbortSignal;
  /** In place of the config's `group`: pictures of one group are held back together. */
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

/** More pictures cannot be used than the config's `maxBadFraction` puts up with. */
export class TooManyBadFilesError extends Error {
  override readonly name = "TooManyBadFilesError";
}

/**
 * Opens a data set by its registered name (fetched when it is not below `home` yet, or from `root`) or by a path.
 *
 * Without test pictures of its own, `testFraction` of the training pictures are held back, chosen by the hash of their
 * ids; without validation pictures of its own, `validationFraction` of the rest, or one of `folds`. What `group` finds in the ids keeps
 * pictures together; those in which it finds nothing stand alone. `limit` then keeps so many of each split, chosen by
 * hash too. A manifest's groups keep pictures together where no `group` is given. `splits` names a list that gives pictures
 * splits and groups by their ids, over those that the data set has itself.
 * @throws {DatasetNotFoundError} if the source is neither a name nor a path.
 * @throws {RangeError} if CONVKIT_CACHE_GIB is no number from 0 up.
 * @throws {DatasetUnavailableError} if a named data set cannot be fetched.
 * @throws {DatasetFormatError} if the files are in none of the formats, damaged, hold no training picture, none that counts,
 *   or those of one class alone, or have ids in none of which `group` finds anything, or if the list of `splits` does not fit them, or
 *   `multiLabel` or `stratify` does not.
 * @throws {DiskSpaceError} if the pictures of a Parquet file do not fit below `home`.
 * @throws {TooManyBadFilesError} if more than `maxBadFraction` of the pictures cannot be read or decoded, are in a format that
 *   is not read, or lack their label in a tar of samples or a Parquet file.
 * @throws {ContentHashMismatchError} if the pictures are not those of `contentHash` or of the name.
 * @throws {AnnotationsHashMismatchError} if classes, splits, groups or weights are not those of `annotationsHash`.
 */
export async function openDataset(spec: DataSpecInput, options: OpenDatasetOptions): Promise<ImageDataset> {
  const data = DataSpec.parse(spec);
  const named = findNamedDataset(data.source);
  // First: a list that cannot be read is told of before anything is fetched or decoded.
  const list =
    data.splits === undefined ? undefined : await readSplitList(data.splits, manifestOptionsOf(data));
  if (named && data.multiLabel) {
    throw new DatasetFormatError(
      `Expected the path of a manifest for \`multiLabel\`. Received: ${named.name}, whose pictures are of one class each. ` +
        "Leave `multiLabel` out.",
    );
  }
  const own = named ? await openNamed(named, data.root, options) : await openByPath(data, options);
  checkBadFiles(own, data);
  checkTrainingClasses(own, { source: data.source, hasList: list !== undefined });
  const contentHash = await own.contentHash();
  if (data.contentHash !== undefined && data.contentHash !== contentHash) {
    throw new ContentHashMismatchError(
      `Expected the pictures with the content hash ${data.contentHash} in ${data.source}. Received: ${contentHash}. ` +
        `The data set has changed since; take \`contentHash\` out of the config to use it as it is.`,
    );
  }
  const classNames = named?.classNames ?? own.classNames;
  const parts = list ? laySplits(own, list, { source: data.source, classNames }) : own;
  const annotationsHash = hashAnnotations(classNames, parts.splits);
  checkAnnotations(annotationsHash, data);
  const groupOf = options.groupOf ?? groupBy(data.group, parts.splits);
  const { splits, warnings } = makeSplits({ ...parts, classNames }, data, groupOf);
  return new ImageDataset({
    name: named?.name ?? nameOfPath(resolve(data.source)),
    source: data.source,
    contentHash,
    annotationsHash,
    classNames,
    splits,
    groupOf,
    holding: HoldingSpec.parse(data),
    heldBackBy: data.stratify ? "stratified" : "hash",
    ownSplits: Object.keys(parts.splits),
    imageFit: data.imageFit,
    badFiles: parts.badFiles,
    warnings: [...parts.warnings, ...warnOfSharedGroups(parts.splits, groupOf), ...warnings],
    isMirrorable: named?.isMirrorable,
  });
}

const MOST_NAMED = 20;

function checkBadFiles({ splits, badFiles }: DatasetParts, { source, maxBadFraction }: DataSpec): void {
  const unusable = badFiles.filter(({ kind, isLost }) => kind === "broken" || isLost === true);
  const good = Object.values(splits).reduce((sum, { ids }) => sum + ids.length, 0);
  const share = unusable.length / (good + unusable.length);
  if (unusable.length === 0 || share <= maxBadFraction) return;
  const named = unusable.slice(0, MOST_NAMED).map(({ path, reason }) => `\n  ${path}: ${reason}`);
  const more = unusable.length - named.length;
  throw new TooManyBadFilesError(
    `Expected at most ${percent(maxBadFraction)} of the pictures in ${source} to be unusable. Received: ${unusable.length} of ` +
      `${good + unusable.length} (${percent(share)}).${named.join("")}${more > 0 ? `\n  and ${more} more` : ""}\n` +
      "Repair, convert or remove them, or raise `maxBadFraction` of the config's `data` to train without them.",
  );
}

const percent = (share: number) => `${Number((share * 100).toPrecision(3))} %`;

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

async function openByPath(
  { source, root, ...data }: DataSpec,
  options: OpenDatasetOptions,
): Promise<DatasetParts> {
  const path = resolve(source);
  if (root !== undefined || !existsSync(path)) {
    const received = root === undefined ? `${source}, and there is no ${path}` : `${source} with a \`root\``;
    throw new DatasetNotFoundError(
      `Expected the path of a data set, or one of the names ${Object.keys(NAMED_DATASETS).join(", ")}. ` +
        `Received: ${received}.`,
    );
  }
  return openPath(path, { ...options, ...manifestOptionsOf(data) });
}

const manifestOptionsOf = ({ multiLabel, noLabel }: Pick<DataSpec, "multiLabel" | "noLabel">) =>
  multiLabel ? { multiLabel: { noLabel } } : {};

/** @returns also what pictures there are too few of, a sentence each. */
function makeSplits(
  parts: DatasetParts,
  data: DataSpec,
  groupOf: OpenDatasetOptions["groupOf"],
): { splits: DatasetSplits; warnings: string[] } {
  const all = openSplit("train", parts.splits.train, data);
  const opened = (name: string, split: SplitParts | undefined) =>
    // What is one source remains one when it is resized.
    split &&
    openSplit(
      name,
      split.source === parts.splits.train.source ? { ...split, source: all.source } : split,
      data,
    );
  let train = all;
  const { folds, fold, stratify, splitSeed: seed } = data;
  checkHolding(parts, data, groupOf !== undefined);
  const warnings: string[] = [];
  const held = (as: "validation" | "test", part: HoldBackOptions["part"]): DatasetSplit => {
    const parted = holdBack(train, { as, part, seed, stratify, groupOf });
    if (parted.heldBack.length === 0) warnings.push(...warnOfNoneHeld(as, train.length, part));
    train = parted.train;
    return parted.heldBack;
  };
  const test = opened("test", parts.splits.test) ?? held("test", data.testFraction);
  const validation =
    opened("validation", parts.splits.validation) ??
    held("validation", folds === undefined ? data.validationFraction : { fold, folds });
  if (train.length === 0) {
    throw new DatasetFormatError(
      `Expected training pictures in ${data.source}. Received: ` +
        (all.length > 0
          ? `${all.length}, which \`testFraction\` and \`validationFraction\` hold back. Add some, or lower these.`
          : `none${describeUnusable(parts.badFiles)}.`),
    );
  }
  warnings.push(...warnOfUnlearntClasses({ train, validation, test }, parts.classNames));
  const { limit } = data;
  const chosen = {
    train: train.take(limit.train ?? Infinity),
    validation: validation.take(limit.validation ?? Infinity),
    test: test.take(limit.test ?? Infinity),
  };
  checkWeights(chosen.train, data.source);
  const narrow = narrowing(Object.values(chosen));
  const splits = {
    train: narrow(chosen.train),
    ...(validation.length > 0 && { validation: narrow(chosen.validation) }),
    ...(test.length > 0 && { test: narrow(chosen.test) }),
  };
  return { splits, warnings };
}

/** What a list of splits, what is held back and `limit` leave may be none of those that count. */
function checkWeights({ weights, length }: DatasetSplit, source: string): void {
  if (!weights || weights.some((weight) => weight > 0)) return;
  throw new DatasetFormatError(
    `Expected a training picture with a weight above 0 in ${source}. Received: ${length.toLocaleString("en-US")} with 0, ` +
      "those that count being in other splits or left out. Give other weights, another `splitSeed`, or a larger " +
      "`limit.train`.",
  );
}

/** Where not one picture was to be expected, none is missed. */
function warnOfNoneHeld(as: string, count: number, part: HoldBackOptions["part"]): string[] {
  const share = typeof part === "number" ? part : 1 / part.folds;
  if (Math.round(share * count) === 0) return [];
  const wanted = typeof part === "number" ? `the part of ${part}` : `fold ${part.fold} of ${part.folds}`;
  return [
    `No ${as} picture was held back: of ${count} training pictures, none fell to ${wanted} that was asked for; a larger ` +
      "part or another splitSeed may give some",
  ];
}

/** Where `limit` leaves pictures out, caches are held to what is left. Splits go on sharing theirs. */
function narrowing(splits: readonly DatasetSplit[]): (split: DatasetSplit) => DatasetSplit {
  const narrowed = new Map<PixelSource, PixelSource>();
  for (const { source } of splits) {
    const uses = splits.reduce((sum, split) => sum + (split.source === source ? split.length : 0), 0);
    narrowed.set(source, narrowSource(source, uses));
  }
  return (split) => split.outOf(narrowed.get(split.source) as PixelSource);
}

function describeUnusable([first, ...others]: DatasetParts["badFiles"]): string {
  if (first === undefined) return "";
  return `, and ${others.length + 1} files that cannot be used, the first ${first.path}: ${first.reason}`;
}

/** @throws {DatasetFormatError} if these pictures cannot be held back in the way that the config asks for. */
function checkHolding(
  { splits }: DatasetParts,
  { source, folds, stratify }: DataSpec,
  hasGroups: boolean,
): void {
  if (folds !== undefined && splits.validation !== undefined) {
    throw new DatasetFormatError(
      `Expected pictures that \`folds\` can take turns with in ${source}. Received: a data set with validation pictures ` +
        "of its own. Leave `folds` out, or name a folder, or a list of `splits`, without them.",
    );
  }
  if (stratify && splits.train.labelSets) {
    throw new DatasetFormatError(
      `Expected pictures of one class each in ${source}, for \`stratify\`. Received: \`multiLabel\`, under which no exact part ` +
        "of every label can be held back. Leave `stratify` out.",
    );
  }
  if (stratify && hasGroups) {
    throw new DatasetFormatError(
      `Expected pictures that stand alone in ${source}, for \`stratify\`. Received: groups, which stay together whatever ` +
        "class fractions come of it. Leave `stratify` out, or the groups.",
    );
  }
}

/**
 * From an id to what the pattern's capture finds in it, or to the data set's own group, or to the id itself.
 * @returns undefined where no training picture has a group.
 */
function groupBy(
  pattern: string | undefined,
  splits: DatasetParts["splits"],
): ((id: string) => string) | undefined {
  const { ids } = splits.train;
  if (pattern === undefined) {
    if (splits.train.groups === undefined) return undefined;
    const groupById = new Map(
      Object.values(splits).flatMap(({ ids: own, groups }) =>
        groups ? own.map((id, i) => [id, groups[i] as string] as const) : [],
      ),
    );
    return (id) => groupById.get(id) ?? id;
  }
  const expression = new RegExp(pattern, "u");
  const groupIn = (id: string): string | undefined => expression.exec(id)?.[1];
  if (ids.length > 0 && !ids.some((id) => groupIn(id) !== undefined)) {
    throw new DatasetFormatError(
      `Expected ids in which \`group\` finds a group: ${pattern}. Received: ${ids.length} ids without, the first ` +
        `${ids[0]}. Change the pattern, or leave it out.`,
    );
  }
  return (id) => groupIn(id) ?? id;
}

function openSplit(
  name: string,
  { ids, labels, labelSets, weights, source, sourceIndices, files }: SplitParts,
  { imageSize, imageFit }: DataSpec,
): DatasetSplit {
  return new DatasetSplit({
    name,
    ids,
    labels,
    labelSets,
    weights,
    source: imageSize ? resizeSource(source, imageSize, imageFit) : source,
    sourceIndices: sourceIndices ?? Uint32Array.from({ length: ids.length }, (_, i) => i),
    files,
  });
}
