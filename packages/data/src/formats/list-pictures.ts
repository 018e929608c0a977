/** Which picture files a folder-per-class data set has, told by names alone. */
import { readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { SplitName } from "@convkit/schema";
import type { LocatedPicture } from "../pictures/picture-location.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import type { BadFile } from "./dataset-parts.js";
import { isPictureName, isUnreadPictureName } from "./picture-names.js";
import { foldersOf, haveSplits, splitOfName } from "./split-folders.js";

export interface ListedPicture extends LocatedPicture {
  readonly split: SplitName;
  readonly className: string;
  /**
   * Relative to the data set's folder, or the name in an archive, with forward slashes; this is its id. A manifest's may
   * lead out of the folder, or be absolute.
   */
  readonly path: string;
  /** Whether a folder of the path names the class. */
  readonly isClassInPath: boolean;
  /** What it is held back together with. */
  readonly group?: string | undefined;
}

export interface PictureList {
  /** Sorted by path. */
  readonly pictures: readonly ListedPicture[];
  readonly badFiles: readonly BadFile[];
  /** Names of class folders with no picture in any split. */
  readonly emptyClasses: readonly string[];
}

/** What systems leave in folders beside a user's files. */
const SYSTEM_FILES = new Set(["thumbs.db", "ehthumbs.db", "desktop.ini", "__macosx"]);
/**
 * `<class>/…/<picture>`, or `train/<class>/…/<picture>` with `val/` and `test/` beside it, in any spelling of theirs.
 * Links are followed; names that begin with a dot and a system's own files are passed over.
 * @throws {DatasetFormatError} if a split or a class cannot be read: the data set would be another without it; or as
 *   `haveSplits`.
 */
export async function listPictures(folder: string): Promise<PictureList> {
  const badFiles: BadFile[] = [];
  const { files: unsorted, folders } = await listFiles(folder, {
    onUnreadable(path, { message }) {
      const [first = "", ...below] = path.split("/");
      if (below.length === 0 || (below.length === 1 && splitOfName(first) !== undefined)) {
        throw new DatasetFormatError(
          `Expected class folders that can be read in ${folder}. Received: ${path}, which cannot (${message}).`,
        );
      }
      badFiles.push({ path, kind: "broken", reason: message });
    },
  });
  const files = unsorted.sort();
  const hasSplits = haveSplits(folder, files);
  const { pictures, badFiles: strangers } = sortByFolder(files, hasSplits);
  return {
    pictures,
    badFiles: [...badFiles, ...strangers],
    emptyClasses: emptyClassesOf(folders, pictures, hasSplits),
  };
}

/** Told by the paths alone. */
export function sortByFolder(
  files: readonly string[],
  hasSplits: boolean,
): Pick<PictureList, "pictures" | "badFiles"> {
  const badFiles: BadFile[] = [];
  const pictures: ListedPicture[] = [];
  // Beside a camera's raw file there may be the JPEG of it: nothing is lost then.
  const read = new Set(files.filter(isPictureName).map(withoutExtension));
  for (const path of files) {
    const isPicture = isPictureName(path);
    const [splitFolder, className] = hasSplits ? foldersOf(path) : [null, foldersOf(path)[0]];
    const split = splitFolder === null ? "train" : splitOfName(splitFolder ?? "");
    if (split === undefined || className === undefined) {
      // A README beside the class folders is no mistake, a picture there is.
      if (isPicture) badFiles.push({ path, kind: "stray", reason: strayReason(hasSplits) });
    } else if (isPicture) {
      pictures.push({ split, className, path, isClassInPath: true });
    } else if (isUnreadPictureName(path)) {
      const isLost = !read.has(withoutExtension(path));
      badFiles.push({ path, kind: "other", reason: unreadReason(path), isLost });
    } else {
      const reason = `not a picture by its name (${extname(path) || "no extension"})`;
      badFiles.push({ path, kind: "other", reason });
    }
  }
  return { pictures, badFiles };
}

const withoutExtension = (path: string): string => path.slice(0, path.length - extname(path).length);

export const unreadReason = (path: string): string =>
  `a picture in a format that is not read (${extname(path)})`;

/** What systems leave beside a user's files, and names that begin with a dot. */
export const isPassedOver = (name: string): boolean =>
  name.startsWith(".") || SYSTEM_FILES.has(name.toLowerCase());

function emptyClassesOf(
  folders: readonly string[],
  pictures: readonly ListedPicture[],
  hasSplits: boolean,
): string[] {
  const filled = new Set(pictures.map(({ className }) => className));
  const names = folders
    .map((path) => path.split("/"))
    .filter((parts) => parts.length === (hasSplits ? 2 : 1))
    .filter(([first]) => !hasSplits || splitOfName(first ?? "") !== undefined)
    .map((parts) => parts.at(-1) as string);
  return [...new Set(names)].filter((name) => !filled.has(name)).sort();
}

function strayReason(hasSplits: boolean): string {
  return hasSplits ? "lies in no class folder of train, val or test" : "lies in no class folder";
}

/** Of one path. Folders that link to each other have more paths than could ever be walked. */
const MOST_LINKS = 3;

export interface ListFilesOptions {
  /** Told of folders that cannot be read, or lie behind too many links; without it they end the listing. */
  readonly onUnreadable?: (path: string, error: Error) => void;
}

/** Everything below a folder, relative to it, with forward slashes. Where links lead in circles the walk turns back. */
export async function listFiles(
  root: string,
  { onUnreadable }: ListFilesOptions = {},
): Promise<{ files: string[]; folders: string[] }> {
  const files: string[] = [];
  const folders: string[] = [];
  const walk = async (prefix: string, ancestors: readonly string[], links: number): Promise<void> => {
    const here = await realpath(join(root, prefix));
    if (ancestors.includes(here)) return;
    if (links > MOST_LINKS) throw new Error(`lies behind more than ${MOST_LINKS} links`);
    for (const entry of await readdir(here, { withFileTypes: true })) {
      if (isPassedOver(entry.name)) continue;
      const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
      const target = entry.isSymbolicLink() ? await stat(join(here, entry.name)).catch(() => entry) : entry;
      if (!target.isDirectory()) {
        files.push(path);
        continue;
      }
      folders.push(path);
      try {
        await walk(path, [...ancestors, here], links + (entry.isSymbolicLink() ? 1 : 0));
      } catch (error) {
        if (onUnreadable === undefined || error instanceof DatasetFormatError) throw error;
        onUnreadable(path, error as Error);
      }
    }
  };
  await walk("", [], 0);
  return { files, folders };
}
