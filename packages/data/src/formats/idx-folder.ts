/** MNIST's files: pictures and labels in pairs, under the official names or as one pair named by the caller. */
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { SplitName } from "@convkit/schema";
import { DatasetFormatError } from "./dataset-format-error.js";
import { readIdxFile } from "./idx-file.js";
import type { RecordSet, RecordSplit } from "./record-set.js";

/** `train-images-idx3-ubyte.gz`, also with the dot that some archives have in place of a hyphen. */
const IMAGES_NAME = /^(train|val|validation|t10k|test)-images[-.]idx[34]-ubyte(\.gz)?$/;

const SPLIT_OF_PREFIX: Readonly<Record<string, SplitName>> = {
  train: "train",
  val: "validation",
  validation: "validation",
  t10k: "test",
  test: "test",
};

/** @param names of the files in a folder. */
export function hasIdxFiles(names: readonly string[]): boolean {
  return names.some((name) => IMAGES_NAME.test(name));
}

export function isIdxImagesFile(path: string): boolean {
  return basename(path).includes("images") && /idx[34]/.test(basename(path));
}

/**
 * The official names: `train-`, `t10k-` (or `test-`) and, where there is one, `val-images-idx3-ubyte` with their
 * labels, gzipped or not.
 * @throws {DatasetFormatError} if training pictures or a labels file are missing, or a file is damaged.
 */
export async function readIdxFolder(folder: string, names: readonly string[]): Promise<RecordSet> {
  const imagesFiles = new Map<SplitName, string>();
  // Sorted, so that of a file and its .gz the unpacked one comes first and stays.
  for (const name of [...names].sort()) {
    const split = SPLIT_OF_PREFIX[IMAGES_NAME.exec(name)?.[1] ?? ""];
    if (split !== undefined && !imagesFiles.has(split)) imagesFiles.set(split, join(folder, name));
  }
  const trainImages = imagesFiles.get("train");
  if (trainImages === undefined) {
    throw new DatasetFormatError(
      `Expected train-images-idx3-ubyte (or .gz) in ${folder}. Received: ${[...imagesFiles.values()].map((path) => basename(path)).join(", ")}.`,
    );
  }
  const train = await readPair(trainImages);
  const files = [...train.files];
  const others: Partial<Record<SplitName, RecordSplit>> = {};
  for (const split of ["validation", "test"] as const) {
    const imagesFile = imagesFiles.get(split);
    if (imagesFile === undefined) continue;
    const pair = await readPair(imagesFile);
    others[split] = pair.split;
    files.push(...pair.files);
  }
  return { classNames: null, splits: { train: train.split, ...others }, files };
}

/**
 * One pair of files, all of it for training.
 * @param imagesFile its labels lie beside it under the same name with `labels` and `idx1`.
 * @throws {DatasetFormatError} if there are no labels, or a file is damaged.
 */
export async function readIdxPair(imagesFile: string): Promise<RecordSet> {
  const { split, files } = await readPair(imagesFile);
  return { classNames: null, splits: { train: split }, files };
}

async function readPair(imagesFile: string): Promise<{ split: RecordSplit; files: string[] }> {
  const labelsFile = findLabelsFile(imagesFile);
  const images = await readIdxFile(imagesFile);
  const labels = await readIdxFile(labelsFile);
  const [count, height, width, channels = 1] = images.dimensions;
  if (count === undefined || height === undefined || width === undefined || ![1, 3].includes(channels)) {
    throw new DatasetFormatError(
      `Expected pictures [count, height, width] or [count, height, width, 1 or 3] in ${imagesFile}. ` +
        `Received: [${images.dimensions.join(", ")}].`,
    );
  }
  if (labels.dimensions.length !== 1 || labels.dimensions[0] !== count) {
    throw new DatasetFormatError(
      `Expected ${count} labels in ${labelsFile}, one per picture of ${basename(imagesFile)}. ` +
        `Received: [${labels.dimensions.join(", ")}].`,
    );
  }
  return {
    split: {
      source: { kind: "memory", pixels: images.values.buffer, height, width, channels },
      labels: Int32Array.from(labels.values),
    },
    files: [imagesFile, labelsFile],
  };
}

function findLabelsFile(imagesFile: string): string {
  const name = basename(imagesFile)
    .replace("images", "labels")
    .replace(/idx[34]/, "idx1")
    .replace(/\.gz$/, "");
  const candidates = [name, `${name}.gz`].map((candidate) => join(dirname(imagesFile), candidate));
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found === undefined) {
    throw new DatasetFormatError(
      `Expected the labels of ${imagesFile} beside it. Received: neither ${name} nor ${name}.gz.`,
    );
  }
  return found;
}
