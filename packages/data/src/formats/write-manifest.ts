/** The pictures of an opened data set as a manifest that `readManifest` reads: which is of which class, and in which split. */
import { dirname, extname, isAbsolute, relative, resolve, sep } from "node:path";
import type { ImageDataset } from "../image-dataset.js";
import { replaceFile } from "../replace-file.js";
import { DatasetFormatError } from "./dataset-format-error.js";

const HEADER = "path,label,split,group";

export interface WriteManifestOptions {
  /**
   * Of each picture by its id, where it is in a group. Held-back pictures are then written as training pictures: whoever
   * opens the manifest holds back anew, group by group.
   */
  readonly groups?: ReadonlyMap<string, string> | undefined;
}

/**
 * Paths are relative to the manifest's folder where the pictures lie below it, else absolute. Without `groups`, splits are
 * written as the data set has them now, held-back ones too: whoever opens the manifest validates and tests on the same
 * pictures.
 * @param file ends in .csv, or in .jsonl for JSON Lines.
 * @throws {DatasetFormatError} if the pictures are no files of their own, or the file is named otherwise.
 */
export async function writeManifest(
  dataset: ImageDataset,
  file: string,
  { groups }: WriteManifestOptions = {},
): Promise<void> {
  const extension = extname(file).toLowerCase();
  if (extension !== ".csv" && extension !== ".jsonl") {
    throw new DatasetFormatError(`Expected a file name that ends in .csv or .jsonl. Received: ${file}.`);
  }
  const folder = dirname(resolve(file));
  const rows = dataset.splitList().flatMap((split) =>
    split.ids.map((id, position) => {
      const location = split.fileAt(position)?.location;
      if (typeof location !== "string") throw noFiles(dataset);
      return {
        path: pathFrom(folder, location),
        label: dataset.classNames[split.labels[position] as number] as string,
        split: groups && dataset.isHeldBack(split.name) ? "train" : split.name,
        group: groups?.get(id),
      };
    }),
  );
  rows.sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines =
    extension === ".csv"
      ? [
          HEADER,
          ...rows.map(({ path, label, split, group = "" }) => [path, label, split, group].map(csv).join(",")),
        ]
      : rows.map((row) => JSON.stringify(row));
  await replaceFile(file, `${lines.join("\n")}\n`);
}

function noFiles({ name }: ImageDataset): DatasetFormatError {
  return new DatasetFormatError(
    `Expected pictures that are files of their own, for a manifest. Received: ${name}, whose pictures lie together in larger ` +
      "files. Its splits follow from `splitSeed` and the fractions of the config's `data`.",
  );
}

function pathFrom(folder: string, path: string): string {
  const below = relative(folder, path);
  return below.startsWith("..") || isAbsolute(below) ? path : below.replaceAll(sep, "/");
}

/** RFC 4180, §2.6 and §2.7. A field with spaces at its ends is quoted too. */
function csv(field: string): string {
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
