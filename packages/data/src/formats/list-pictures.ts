/** Which picture files a folder-per-class data set has, told by names, and by first bytes where names have no extension. */
import { open, readdir, realpath, stat } from "node:fs/promises";
import { extname, join } from "node:path";
import type { SplitName } from "@convkit/schema";
import { mapConcurrently } from "../map-concurrently.js";
import { isPictureSignature, SIGNATURE_BYTES } from "../pictures/picture-format.js";
import type { LocatedPicture } from "../pictures/picture-location.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import type { BadFile } from "./dataset-parts.js";
import { isPictureName, isUnreadPictureName } from "./picture-names.js";
import { foldersOf, haveSplits, splitOfName } from "./split-folders.js";

export interface ListedPicture extends LocatedPicture {
  readonly split: SplitName;
  /** Of one that has any number of labels, their names, joined. */
  readonly className: string;
  /** Names of its labels, sorted, where it may have any number of them. */
  readonly labelSet?: readonly string[] | undefined;
  /**
   * Relative to the data set's folder, or the name in an archive, with forward slashes; this is its id. A manifest's may
   * lead out of the folder, or be absolute.
   */
  readonly path: string;
  /** Whether a folder of the path names the class. */
  readonly isClassInPath: boolean;
  /** What it is held back together with. */
  readonly group?: string | undefined;
  /** How much it counts in a training loss, from 0 up; 1 if left out. */
  readonly weight?: number | undefined;
  /** What else a manifest says of it, by the names of the columns. */
  readonly attributes?: Readonly<Record<string, string>> | undefined;
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
  const isPicture = await pictureTest(folder, files);
  const hasSplits = haveSplits(folder, files, isPicture);
  const { pictures, badFiles: strangers } = sortByFolder(files, hasSplits, isPicture);
  return {
    pictures,
    badFiles: [...badFiles, ...strangers],
    emptyClasses: emptyClassesOf(folders, pictures, hasSplits),
  };
}

/** Files are opened on libuv's threads. */
const CONCURRENT_LOOKS = 8;

/** By its name, or by its first bytes where that has no extension: `cat/17` may be a picture, as `cat/LICENSE` is none. */
async function pictureTest(folder: string, files: readonly string[]): Promise<(path: string) => boolean> {
  const unnamed = files.filter((path) => extname(path) === "");
  const are = await mapConcurrently(unnamed, CONCURRENT_LOOKS, (path) => beginsAsPicture(join(folder, path)));
  const pictures = new Set(unnamed.filter((_, i) => are[i]));
  return (path) => isPictureName(path) || pictures.has(path);
}

/** Not what cannot be read, nor a pipe, which would be waited for. */
async function beginsAsPicture(file: string): Promise<boolean> {
  try {
    if (!(await stat(file)).isFile()) return false;
    const handle = await open(file);
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(SIGNATURE_BYTES), 0, SIGNATURE_BYTES, 0);
      return isPictureSignature(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}

/** @param isPicture told by the paths alone if left out. */
export function sortByFolder(
  files: readonly string[],
  hasSplits: boolean,
  isPicture = isPictureName,
): Pick<PictureList, "pictures" | "badFiles"> {
  const badFiles: BadFile[] = [];
  const pictures: ListedPicture[] = [];
  // Beside a camera's raw file there may be the JPEG of it: nothing is lost then.
  const read = new Set(files.filter(isPicture).map(withoutExtension));
  for (const path of files) {
    const [splitFolder, className] = hasSplits ? foldersOf(path) : [null, foldersOf(path)[0]];
    const split = splitFolder === null ? "train" : splitOfName(splitFolder ?? "");
    if (split === undefined || className === undefined) {
      // A README beside the class folders is no mistake, a picture there is.
      if (isPicture(path)) badFiles.push({ path, kind: "stray", reason: strayReason(hasSplits) });
    } else if (isPicture(path)) {
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
