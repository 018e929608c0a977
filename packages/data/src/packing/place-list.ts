/**
 * A list of splits that was put beside the pictures after somebody placed them by their hash, which such a list does not
 * change: taken out of a later pack. The pictures stay where they are, as runs may be reading them.
 */
import { join } from "node:path";
import { list } from "tar";
import { isFolderManifest, isManifest } from "../formats/manifest.js";
import { replaceFile } from "../replace-file.js";
import { brokenPack } from "./dataset-pack-error.js";
import { findByHash, type PlaceByHashOptions } from "./place-by-hash.js";

/** A list of a million pictures has a tenth of that. */
const MOST_LIST_BYTES = 2 ** 30;

export interface PlaceListOptions extends Omit<PlaceByHashOptions, "onProgress"> {
  /** Of the list in the data set's folder, with forward slashes. */
  readonly path: string;
}

/**
 * @returns path of the list beside the placed pictures; null if these are not placed or the archive has no such list.
 * @throws {DatasetPackError} if the archive is no tar.
 */
export async function placeList({
  home,
  contentHash,
  archive,
  path,
  signal,
}: PlaceListOptions): Promise<string | null> {
  const folder = await findByHash(home, contentHash);
  // A manifest would make another data set of the folder.
  const isList = isManifest(path) && !isFolderManifest(path) && !path.split(/[\\/]/).includes("..");
  if (folder === null || !isList) return null;
  const parts: Buffer[] = [];
  let isThere = false;
  try {
    await list({
      file: archive,
      strict: true,
      filter: (name, entry) =>
        withoutTop(name) === path &&
        "type" in entry &&
        entry.type === "File" &&
        entry.size <= MOST_LIST_BYTES,
      onReadEntry(entry) {
        isThere = true;
        entry.on("data", (part: Buffer) => parts.push(part));
      },
    });
  } catch (cause) {
    throw brokenPack(archive, cause as Error);
  }
  signal?.throwIfAborted();
  if (!isThere) return null;
  const file = join(folder, path);
  await replaceFile(file, Buffer.concat(parts));
  return file;
}

/** `flowers/lists/a.csv` is `lists/a.csv` of flowers. */
const withoutTop = (name: string): string =>
  name
    .split("/")
    .filter((part) => part !== "." && part !== "")
    .slice(1)
    .join("/");
