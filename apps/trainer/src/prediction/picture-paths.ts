/** Which pictures a command was asked for: files, folders, globs and lists on standard input, one by one and never all at once. */
import { opendir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { isPictureName } from "@convkit/data";
import picomatch from "picomatch";
import { splitText } from "./split-text.js";

/** A folder or a glob has no picture in it, or a folder cannot be listed. */
export class PicturesNotFoundError extends Error {
  override readonly name = "PicturesNotFoundError";
}

export interface AskedPicture {
  /** As it was written, or found. */
  readonly path: string;
  /** Why there is no picture there. */
  readonly error?: Error;
}

export interface PicturePathsOptions {
  /** What `-` stands for. */
  readonly stdin: () => Readable;
  /** What stands between the paths there. */
  readonly separator: "\n" | "\0";
}

/**
 * In the order of the arguments; within a folder as the file system lists it. Of folders, with all below them, and of globs
 * only files with the name of a picture; what begins with a dot is passed over. What is neither there nor a glob is a path
 * that cannot be read.
 */
export async function* picturePaths(
  args: readonly string[],
  { stdin, separator }: PicturePathsOptions,
): AsyncGenerator<AskedPicture> {
  for (const argument of args) {
    if (argument !== "-") yield* picturesAt(argument);
    else for await (const path of splitText(stdin(), separator)) yield* picturesAt(path, { isPlain: true });
  }
}

/** @param options `isPlain`: the name of a file or a folder, whatever is in it. */
async function* picturesAt(path: string, { isPlain = false } = {}): AsyncGenerator<AskedPicture> {
  if (await isDirectory(path)) {
    yield* atLeastOne(path, picturesUnder(path, { depth: Number.POSITIVE_INFINITY }));
    return;
  }
  const { base, glob, isGlob } = picomatch.scan(path);
  // A file may be called [1].jpg.
  if (isPlain || !isGlob || (await exists(path))) {
    yield { path };
    return;
  }
  const depth = glob.includes("**") ? Number.POSITIVE_INFINITY : glob.split("/").length;
  yield* atLeastOne(path, picturesUnder(base, { depth, isWanted: picomatch(glob) }));
}

const NOTHING_THERE =
  "Expected a file, or a folder or glob with pictures in it. Received: one without files named .jpg, .png, .webp, .gif, .tif or .avif.";

async function* atLeastOne(
  asked: string,
  pictures: AsyncGenerator<AskedPicture>,
): AsyncGenerator<AskedPicture> {
  let isEmpty = true;
  for await (const picture of pictures) {
    isEmpty = false;
    yield picture;
  }
  if (isEmpty) yield { path: asked, error: new PicturesNotFoundError(NOTHING_THERE) };
}

interface Walk {
  /** 1: the folder alone. */
  readonly depth: number;
  /** Of a path relative to where the walk began, with `/`. */
  readonly isWanted?: (path: string) => boolean;
}

/** @param below of folders under `root` that the walk has come to, with `/`. */
async function* picturesUnder(root: string, walk: Walk, below = ""): AsyncGenerator<AskedPicture> {
  const folder = join(root, below);
  try {
    for await (const entry of await opendir(folder)) {
      if (entry.name.startsWith(".")) continue;
      const relative = `${below}${entry.name}`;
      const path = join(root, relative);
      if (entry.isDirectory()) {
        const { depth, isWanted } = walk;
        if (depth > 1)
          yield* picturesUnder(root, { depth: depth - 1, ...(isWanted && { isWanted }) }, `${relative}/`);
      } else if (isPictureName(entry.name) && walk.isWanted?.(relative) !== false) {
        // Links to files count as files; those to folders could lead in circles.
        if (entry.isFile() || (entry.isSymbolicLink() && !(await isDirectory(path)))) yield { path };
      }
    }
  } catch (cause) {
    const { message } = cause as Error;
    const error = new PicturesNotFoundError(`Expected a folder that can be listed. Received: ${message}.`, {
      cause,
    });
    yield { path: folder, error };
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null))?.isDirectory() ?? false;
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}
