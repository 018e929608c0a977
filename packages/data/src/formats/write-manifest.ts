/** The pictures of an opened data set as a manifest that `readManifest` reads: which is of which class, and in which split. */
import { dirname, relative, resolve, sep } from "node:path";
import type { ImageDataset } from "../image-dataset.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { checkRowsFile, writeRows } from "./list-rows.js";
import { isElsewhere } from "./manifest.js";
import { splitRows, type SplitRowsOptions } from "./split-rows.js";

/** Whether each picture lies in a file of its own, so that a manifest can name it. */
export const isOfFiles = (dataset: ImageDataset): boolean =>
  dataset.splitList().every((split) => split.length === 0 || typeof split.fileAt(0)?.location === "string");

/**
 * @throws {DatasetFormatError} if `writeManifest` could not write these pictures into a file of this name.
 */
export function checkManifest(dataset: ImageDataset, file: string): void {
  checkRowsFile(file);
  if (!isOfFiles(dataset)) throw noFiles(dataset);
}

/**
 * Paths are relative to the manifest's folder where the pictures lie below it, else absolute. Without `groups`, splits are
 * written as the data set has them now, held-back ones too: whoever opens the manifest validates and tests on the same
 * pictures. Groups and weights of the data set's own are written in either case.
 * @param file ends in .csv, or in .jsonl for JSON Lines.
 * @throws {DatasetFormatError} if the pictures are no files of their own, or the file is named otherwise.
 */
export async function writeManifest(
  dataset: ImageDataset,
  file: string,
  options: SplitRowsOptions = {},
): Promise<void> {
  checkManifest(dataset, file);
  const folder = dirname(resolve(file));
  const rows = splitRows(dataset, options).map(({ location, label, split, group, weight }) => ({
    path: pathFrom(folder, location as string),
    label,
    split,
    group,
    weight: weight?.toString(),
  }));
  rows.sort((a, b) => (a.path < b.path ? -1 : 1));
  const hasWeights = rows.some(({ weight }) => weight !== undefined);
  await writeRows(
    file,
    ["path", "label", "split", "group", ...(hasWeights ? (["weight"] as const) : [])],
    rows,
  );
}

function noFiles({ name }: ImageDataset): DatasetFormatError {
  return new DatasetFormatError(
    `Expected pictures that are files of their own, for a manifest. Received: ${name}, whose pictures lie together in larger ` +
      "files. `writeSplitList` writes which of them is in which split.",
  );
}

function pathFrom(folder: string, path: string): string {
  const below = relative(folder, path).replaceAll(sep, "/");
  return isElsewhere(below) ? path : below;
}
