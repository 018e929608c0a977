/** Encoded pictures whose classes are known, each a file of its own or a part of a larger one. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { SplitName } from "@convkit/schema";
import { mostCacheBytes } from "../env.js";
import { labelSetsOf } from "../label-sets.js";
import { nameSome } from "../name-some.js";
import { createDecodedCache } from "../pictures/decoded-cache.js";
import { newFlag, planDiskCache } from "../pictures/disk-cache.js";
import { indexPictures, type PictureEntry, type PictureIndexOptions } from "../pictures/picture-index.js";
import { locate } from "../pictures/picture-location.js";
import type { FileSource } from "../pictures/pixel-source.js";
import type { BadFile, DatasetParts, SplitParts } from "./dataset-parts.js";
import type { ListedPicture } from "./list-pictures.js";

type GoodEntry = Extract<PictureEntry, { sha256: string }>;
type GoodPicture = ListedPicture & GoodEntry;

export interface PictureFiles {
  readonly pictures: readonly ListedPicture[];
  /** What was left out before any was looked at. */
  readonly badFiles: readonly BadFile[];
  /** Index = label; where they are not given, the names that the pictures have, sorted by code unit. */
  readonly classNames?: readonly string[];
  /** Path of the folder, manifest or archive that lists them: what is known of them is kept under it. */
  readonly indexedAs: string;
}

/**
 * Every picture is decoded once to see that it can be; broken ones become `badFiles`. Pictures are grey if all of them
 * are, else colour.
 * @param folder that paths are relative to.
 */
export async function readPictureFiles(
  folder: string,
  {
    pictures,
    badFiles,
    indexedAs,
    classNames = [...new Set(pictures.flatMap(({ labelSet, className }) => labelSet ?? className))].sort(),
  }: PictureFiles,
  options: PictureIndexOptions,
): Promise<DatasetParts> {
  const entries = await indexPictures(folder, pictures, { ...options, indexedAs });
  const good: GoodPicture[] = [];
  const broken: BadFile[] = [];
  pictures.forEach((picture, i) => {
    const entry = entries[i] as PictureEntry;
    if ("badReason" in entry) broken.push({ path: picture.path, kind: "broken", reason: entry.badReason });
    else good.push({ ...picture, ...entry });
  });
  const labelOf = new Map(classNames.map((name, label) => [name, label]));
  const hasSets = pictures.some(({ labelSet }) => labelSet !== undefined);
  const channels = good.every(({ isGrey }) => isGrey) ? 1 : 3;
  const size = commonSize(good);
  const said = newFlag();
  const cacheBytes = options.mostCacheBytes ?? mostCacheBytes();
  const splits: Partial<Record<SplitName, SplitParts>> = {};
  for (const split of SplitName.options) {
    const members = good.filter((picture) => picture.split === split);
    if (members.length === 0 && split !== "train") continue;
    splits[split] = {
      ids: members.map(({ path }) => path),
      labels: Int32Array.from(members, ({ className }) =>
        hasSets ? -1 : (labelOf.get(className) as number),
      ),
      ...(hasSets && {
        labelSets: labelSetsOf(
          members.map(({ labelSet = [] }) => labelSet.map((name) => labelOf.get(name) as number)),
          classNames.length,
        ),
      }),
      ...(members.some(({ group }) => group !== undefined) && {
        groups: members.map(({ group, path }) => group ?? path),
      }),
      ...(members.some(({ weight }) => weight !== undefined) && {
        weights: Float32Array.from(members, ({ weight }) => weight ?? 1),
      }),
      source: {
        ...fileSource(folder, members, { channels, size }),
        ...(cacheBytes > 0 && {
          disk: planDiskCache(
            members.map(({ sha256 }) => sha256),
            { folder: join(options.home, "datasets", ".cache"), mostBytes: cacheBytes, said },
          ),
        }),
      },
      files: members.map((member) => ({
        location: locate(folder, member),
        sha256: member.sha256,
        height: member.height,
        width: member.width,
        isJpeg: member.isJpeg,
        ...(member.attributes && { attributes: member.attributes }),
      })),
    };
  }
  return {
    classNames,
    splits: splits as DatasetParts["splits"],
    warnings: warnOfCase(classNames),
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
    locations: members.map((member) => locate(folder, member)),
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

function warnOfCase(classNames: readonly string[]): string[] {
  const spellings = new Map<string, string[]>();
  for (const name of classNames) {
    const folded = name.toLowerCase();
    spellings.set(folded, [...(spellings.get(folded) ?? []), name]);
  }
  const alike = [...spellings.values()].filter((names) => names.length > 1);
  const [first] = alike;
  if (first === undefined) return [];
  if (alike.length === 1) return [`Classes differ by case alone: ${nameSome(first)}`];
  const pairs = alike.map((names) => names.slice(0, 2).join(" and "));
  return [`Classes differ by case alone, ${alike.length} times: ${nameSome(pairs)}`];
}

/** Where a class is named by a folder, it stands in the id. */
function hashPictures(pictures: readonly GoodPicture[]): string {
  const hash = createHash("sha256");
  for (const { split, path, sha256, className, labelSet, isClassInPath } of pictures) {
    const label = isClassInPath ? [] : [labelSet ?? className];
    hash.update(`${JSON.stringify([split, path, sha256, ...label])}\n`);
  }
  return hash.digest("hex");
}
