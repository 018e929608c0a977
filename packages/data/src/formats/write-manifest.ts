/** The pictures of an opened data set as a manifest that `readManifest` reads: which is of which class, and in which split. */
import { dirname, extname, relative, resolve, sep } from "node:path";
import { DisjointSets } from "../disjoint-sets.js";
import type { ImageDataset } from "../image-dataset.js";
import { replaceFile } from "../replace-file.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { isElsewhere } from "./manifest.js";

const HEADER = "path,label,split,group";

export interface WriteManifestOptions {
  /**
   * Of each picture by its id, where it is in a group, beside the data set's own groups. Held-back pictures are then
   * written as training pictures: whoever opens the manifest holds back anew, group by group.
   */
  readonly groups?: ReadonlyMap<string, string> | undefined;
}

/**
 * @throws {DatasetFormatError} if `writeManifest` could not write these pictures into a file of this name.
 */
export function checkManifest(dataset: ImageDataset, file: string): void {
  if (!/\.(csv|jsonl)$/i.test(file)) {
    throw new DatasetFormatError(`Expected a file name that ends in .csv or .jsonl. Received: ${file}.`);
  }
  const isOfFiles = dataset
    .splitList()
    .every((split) => split.length === 0 || typeof split.fileAt(0)?.location === "string");
  if (!isOfFiles) throw noFiles(dataset);
}

/**
 * Paths are relative to the manifest's folder where the pictures lie below it, else absolute. Without `groups`, splits are
 * written as the data set has them now, held-back ones too: whoever opens the manifest validates and tests on the same
 * pictures. Groups of the data set's own are written in either case.
 * @param file ends in .csv, or in .jsonl for JSON Lines.
 * @throws {DatasetFormatError} if the pictures are no files of their own, or the file is named otherwise.
 */
export async function writeManifest(
  dataset: ImageDataset,
  file: string,
  { groups }: WriteManifestOptions = {},
): Promise<void> {
  checkManifest(dataset, file);
  const folder = dirname(resolve(file));
  const groupOf = joinGroups(dataset, groups);
  const rows = dataset.splitList().flatMap((split) =>
    split.ids.map((id, position) => ({
      path: pathFrom(folder, split.fileAt(position)?.location as string),
      label: dataset.classNames[split.labels[position] as number] as string,
      split: groups && dataset.isHeldBack(split.name) ? "train" : split.name,
      group: groupOf(id),
    })),
  );
  rows.sort((a, b) => (a.path < b.path ? -1 : 1));
  const lines =
    extname(file).toLowerCase() === ".csv"
      ? [
          HEADER,
          ...rows.map(({ path, label, split, group = "" }) => [path, label, split, group].map(csv).join(",")),
        ]
      : rows.map((row) => JSON.stringify(row));
  await replaceFile(file, `${lines.join("\n")}\n`);
}

/** Copies join what they are copies of: groups of the data set that share one become one group. */
function joinGroups(
  dataset: ImageDataset,
  copies: WriteManifestOptions["groups"],
): (id: string) => string | undefined {
  const pairs = [...(copies ?? [])].flatMap(([id, copyOf]) => {
    const own = dataset.groupOf(id);
    return own === undefined ? [] : [[own, dataset.groupOf(copyOf) ?? copyOf] as const];
  });
  const names = [...new Set(pairs.flat())];
  const numbers = new Map(names.map((name, number) => [name, number]));
  const sets = new DisjointSets(names.length);
  for (const [own, other] of pairs) sets.join(numbers.get(own) as number, numbers.get(other) as number);
  return (id) => {
    const copyOf = copies?.get(id);
    const own =
      dataset.groupOf(id) ?? (copyOf === undefined ? undefined : (dataset.groupOf(copyOf) ?? copyOf));
    const number = own === undefined ? undefined : numbers.get(own);
    return number === undefined ? own : names[sets.rootOf(number)];
  };
}

function noFiles({ name }: ImageDataset): DatasetFormatError {
  return new DatasetFormatError(
    `Expected pictures that are files of their own, for a manifest. Received: ${name}, whose pictures lie together in larger ` +
      "files. Its splits follow from `splitSeed` and the fractions of the config's `data`.",
  );
}

function pathFrom(folder: string, path: string): string {
  const below = relative(folder, path).replaceAll(sep, "/");
  return isElsewhere(below) ? path : below;
}

/** RFC 4180, §2.6 and §2.7. A field with spaces at its ends is quoted too. */
function csv(field: string): string {
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
