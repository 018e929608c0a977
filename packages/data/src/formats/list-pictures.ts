/** Which picture files a folder-per-class data set has, told by names alone. */
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { SplitName } from "@convkit/schema";
import type { BadFile } from "./dataset-parts.js";

export interface ListedPicture {
  readonly split: SplitName;
  readonly className: string;
  /** Relative to the data set's folder, with forward slashes; this is its id. */
  readonly path: string;
}

export interface PictureList {
  /** Sorted by path. */
  readonly pictures: readonly ListedPicture[];
  readonly badFiles: readonly BadFile[];
}

const PICTURE_EXTENSIONS = new Set([".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".avif"]);
const SPLIT_OF_FOLDER: Readonly<Record<string, SplitName>> = {
  train: "train",
  val: "validation",
  valid: "validation",
  validation: "validation",
  test: "test",
};

/**
 * `<class>/…/<picture>`, or `train/<class>/…/<picture>` with `val/` (or `valid/` or `validation/`) and `test/` beside it. Links are
 * followed; names that begin with a dot are passed over.
 */
export async function listPictures(folder: string): Promise<PictureList> {
  const files = (await listFiles(folder)).sort();
  const hasSplits = files.some((path) => path.startsWith("train/") && path.split("/").length > 2);
  const pictures: ListedPicture[] = [];
  const badFiles: BadFile[] = [];
  for (const path of files) {
    const isPicture = PICTURE_EXTENSIONS.has(extname(path).toLowerCase());
    const [splitFolder, className] = hasSplits ? foldersOf(path) : [null, foldersOf(path)[0]];
    const split = splitFolder === null ? "train" : SPLIT_OF_FOLDER[splitFolder ?? ""];
    if (split === undefined || className === undefined) {
      // A README beside the class folders is no mistake, a picture there is.
      if (isPicture) badFiles.push({ path, kind: "stray", reason: strayReason(hasSplits) });
    } else if (isPicture) {
      pictures.push({ split, className, path });
    } else {
      const reason = `not a picture by its name (${extname(path) || "no extension"})`;
      badFiles.push({ path, kind: "other", reason });
    }
  }
  return { pictures, badFiles };
}

function foldersOf(path: string): string[] {
  return path.split("/").slice(0, -1);
}

function strayReason(hasSplits: boolean): string {
  return hasSplits ? "lies in no class folder of train, val or test" : "lies in no class folder";
}

/** Every file below, relative, with forward slashes. `ancestors` ends the walk where links lead in circles. */
export async function listFiles(
  root: string,
  prefix = "",
  ancestors: readonly string[] = [],
): Promise<string[]> {
  const here = await realpath(join(root, prefix));
  if (ancestors.includes(here)) return [];
  const files: string[] = [];
  for (const entry of await readdir(here, { withFileTypes: true })) {
    if (entry.name.startsWith(".")) continue;
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    const target = entry.isSymbolicLink() ? await stat(join(here, entry.name)).catch(() => entry) : entry;
    if (target.isDirectory()) files.push(...(await listFiles(root, path, [...ancestors, here])));
    else files.push(path);
  }
  return files;
}
