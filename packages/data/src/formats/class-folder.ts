/** One folder per class with picture files in it, under train/, val/ and test/ or without: how photos usually lie. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { SplitName } from "@convkit/schema";
import { createDecodedCache } from "../pictures/decoded-cache.js";
import { indexPictures, type PictureEntry, type PictureIndexOptions } from "../pictures/picture-index.js";
import type { FileSource } from "../pictures/pixel-source.js";
import type { BadFile, DatasetParts, SplitParts } from "./dataset-parts.js";
import { listPictures, type ListedPicture } from "./list-pictures.js";

type GoodEntry = Extract<PictureEntry, { sha256: string }>;
type GoodPicture = ListedPicture & GoodEntry;

/**
 * Every picture is decoded once to see that it can be; broken ones become `badFiles`. Pictures are grey if all of them
 * are, else colour. Class names are the folders' names, sorted by code unit.
 * @returns null if no file lies where a class's picture would.
 */
export async function readClassFolder(
  folder: string,
  options: PictureIndexOptions,
): Promise<DatasetParts | null> {
  const { pictures, badFiles } = await listPictures(folder);
  if (pictures.length === 0) return null;
  const entries = await indexPictures(
    folder,
    pictures.map(({ path }) => path),
    options,
  );
  const good: GoodPicture[] = [];
  const broken: BadFile[] = [];
  pictures.forEach((picture, i) => {
    const entry = entries[i] as PictureEntry;
    if ("badReason" in entry) broken.push({ path: picture.path, kind: "broken", reason: entry.badReason });
    else good.push({ ...picture, ...entry });
  });
  const classNames = [...new Set(pictures.map(({ className }) => className))].sort();
  const channels = good.every(({ isGrey }) => isGrey) ? 1 : 3;
  const size = commonSize(good);
  const splits: Partial<Record<SplitName, SplitParts>> = {};
  for (const split of SplitName.options) {
    const members = good.filter((picture) => picture.split === split);
    if (members.length === 0 && split !== "train") continue;
    splits[split] = {
      ids: members.map(({ path }) => path),
      labels: Int32Array.from(members, ({ className }) => classNames.indexOf(className)),
      source: fileSource(folder, members, { channels, size }),
    };
  }
  return {
    classNames,
    splits: splits as DatasetParts["splits"],
    badFiles: [...badFiles, ...broken].sort((a, b) => (a.path < b.path ? -1 : 1)),
    contentHash: () => Promise.resolve(hashPictures(good)),
  };
}

function fileSource(
  folder: string,
  members: readonly GoodPicture[],
  { channels, size }: Pick<FileSource, "channels" | "size">,
): FileSource {
  return {
    kind: "files",
    paths: members.map(({ path }) => join(folder, path)),
    channels,
    size,
    cache: size && createDecodedCache(members.length, size[0] * size[1] * channels),
  };
}

function commonSize([first, ...others]: readonly GoodPicture[]): [number, number] | null {
  if (first === undefined) return null;
  const { height, width } = first;
  return others.every((other) => other.height === height && other.width === width) ? [height, width] : null;
}

/** The class stands in the id, so ids and files are all there is to a folder. */
function hashPictures(pictures: readonly GoodPicture[]): string {
  const hash = createHash("sha256");
  for (const { split, path, sha256 } of pictures) hash.update(`${JSON.stringify([split, path, sha256])}\n`);
  return hash.digest("hex");
}
