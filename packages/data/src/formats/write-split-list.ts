/** The splits and groups of an opened data set as a list by ids, to be laid over the same pictures elsewhere: `data.splits`. */
import type { ImageDataset } from "../image-dataset.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { checkRowsFile, writeRows } from "./list-rows.js";
import { isFolderManifest } from "./manifest.js";
import { splitRows, type SplitRowsOptions } from "./split-rows.js";

/** @throws {DatasetFormatError} if a list must not have this name. */
export function checkSplitList(file: string): void {
  checkRowsFile(file);
  if (!isFolderManifest(file)) return;
  throw new DatasetFormatError(
    `Expected another name for a list of splits. Received: ${file}, by which a folder's manifest is known. ` +
      "Call it splits.csv, for example.",
  );
}

/**
 * `id,label,split,group` for each picture, sorted by id. Without `groups`, splits are written as the data set has them now,
 * held-back ones too. Groups of the data set's own are written in either case.
 * @param file ends in .csv, or in .jsonl for JSON Lines.
 * @throws {DatasetFormatError} if the file is named otherwise.
 */
export async function writeSplitList(
  dataset: ImageDataset,
  file: string,
  options: SplitRowsOptions = {},
): Promise<void> {
  checkSplitList(file);
  const rows = splitRows(dataset, options).map(({ id, label, split, group }) => ({
    id,
    label,
    split,
    group,
  }));
  rows.sort((a, b) => (a.id < b.id ? -1 : 1));
  await writeRows(file, ["id", "label", "split", "group"], rows);
}
