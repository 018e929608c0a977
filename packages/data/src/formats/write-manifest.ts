/** The pictures of an opened data set as a manifest that `readManifest` reads: which is of which class, and in which split. */
import { dirname, relative, resolve, sep } from "node:path";
import type { ImageDataset } from "../image-dataset.js";
import { joinLabels, splitLabels } from "../label-sets.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { checkRowsFile, writeRows } from "./list-rows.js";
import { isElsewhere } from "./manifest.js";
import { freeReviewColumns, type ReviewColumns } from "./review-columns.js";
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

export interface ManifestReview {
  /** 0…1. */
  readonly quality: number;
  /** The class that it rather is. */
  readonly suggestion?: string;
  /** Of label sets: names of labels that are missing. */
  readonly add?: readonly string[];
  /** And of those that are too many. */
  readonly remove?: readonly string[];
}

export interface WriteManifestOptions extends SplitRowsOptions {
  /**
   * Of pictures by their ids, what their labels are worth, and where they are doubted, better ones. The worst then come first. Of one
   * class each, the manifest has the columns `relabel`, which is empty, `suggestion` and `quality`; with label sets `suggestion`, which
   * is the set that is rather right, of all pictures, `add`, `remove` and `quality`. Where the data set has a column of these names
   * itself, they are `review_suggestion`, `review_quality` and so on.
   */
  readonly review?: ReadonlyMap<string, ManifestReview> | undefined;
  /** Where each picture lies, by its id, as `extractPictures` returns it; left out: they are files of their own. */
  readonly paths?: ReadonlyMap<string, string> | undefined;
}

export interface WrittenManifest {
  /** The review's. */
  readonly columns?: ReviewColumns;
}

/**
 * Paths are relative to the manifest's folder where the pictures lie below it, else absolute. Without `groups`, splits are
 * written as the data set has them now, held-back ones too: whoever opens the manifest validates and tests on the same
 * pictures. Groups, weights and further columns of the data set's own are written in either case.
 * @param file ends in .csv, or in .jsonl for JSON Lines.
 * @throws {DatasetFormatError} if the pictures are no files of their own and have no `paths`, or the file is named otherwise.
 */
export async function writeManifest(
  dataset: ImageDataset,
  file: string,
  { review, paths, ...options }: WriteManifestOptions = {},
): Promise<WrittenManifest> {
  if (paths) checkRowsFile(file);
  else checkManifest(dataset, file);
  const folder = dirname(resolve(file));
  const listed = splitRows(dataset, options);
  const own = new Set(listed.flatMap(({ attributes }) => Object.keys(attributes ?? {})));
  const columns = review && freeReviewColumns(dataset.isMultiLabel ? "sets" : "class", own);
  const rows = listed.map(({ id, location, label, split, group, weight, attributes }) => {
    const judged = review?.get(id);
    return {
      quality: judged?.quality ?? 1,
      fields: {
        ...attributes,
        path: pathFrom(folder, paths?.get(id) ?? (location as string)),
        label,
        split,
        group,
        weight: weight?.toString(),
        ...(columns && reviewFields(columns, label, judged)),
      },
    };
  });
  rows.sort((a, b) => a.quality - b.quality || (a.fields["path"] < b.fields["path"] ? -1 : 1));
  const names = [
    ...["path", "label"],
    ...(columns ? reviewNames(columns) : []),
    ...["split", "group"],
    ...(rows.some(({ fields }) => fields["weight"] !== undefined) ? ["weight"] : []),
  ];
  await writeRows(
    file,
    [...names, ...own],
    rows.map(({ fields }) => fields),
  );
  return columns ? { columns } : {};
}

/** In the order that they have in the file. */
const reviewNames = ({ suggestion, add, remove, quality }: ReviewColumns): string[] =>
  add === undefined || remove === undefined
    ? ["relabel", suggestion, quality]
    : [suggestion, add, remove, quality];

/** Empty rather than left out: in JSON Lines, too, all of them are then there, and known by that. */
function reviewFields(
  { suggestion, add, remove, quality }: ReviewColumns,
  label: string,
  judged: ManifestReview | undefined,
): Record<string, string> {
  const worth = { [quality]: judged?.quality.toFixed(4) ?? "" };
  if (add === undefined || remove === undefined) {
    return { relabel: "", [suggestion]: judged?.suggestion ?? "", ...worth };
  }
  const { add: missing = [], remove: tooMany = [] } = judged ?? {};
  const right = [...splitLabels(label).filter((name) => !tooMany.includes(name)), ...missing].sort();
  return {
    [suggestion]: joinLabels(right),
    [add]: joinLabels(missing),
    [remove]: joinLabels(tooMany),
    ...worth,
  };
}

function noFiles({ name }: ImageDataset): DatasetFormatError {
  return new DatasetFormatError(
    `Expected pictures that are files of their own, for a manifest. Received: ${name}, whose pictures lie together in larger ` +
      "files. `extractPictures` writes files of them, `writeSplitList` which of them is in which split.",
  );
}

function pathFrom(folder: string, path: string): string {
  const below = relative(folder, path).replaceAll(sep, "/");
  return isElsewhere(below) ? path : below;
}
