/** Parquet files of pictures, as the hub of Hugging Face stores data sets, and clones of its repositories. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { PictureIndexOptions } from "../pictures/picture-index.js";
import { openClasses } from "./class-labels.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import type { BadFile, DatasetParts } from "./dataset-parts.js";
import { nameSome } from "../name-some.js";
import { isPassedOver, type ListedPicture } from "./list-pictures.js";
import { openParquetFiles, type ParquetShard } from "./parquet-pack.js";
import { isPictureName } from "./picture-names.js";
import { readPictureFiles } from "./picture-files.js";
import { checkTrainingShards, listShards, openShard, type Shard } from "./shards.js";

/** Of a repository on the hub. */
const DATA_FOLDER = "data";

export const isParquet = (name: string): boolean => /\.parquet$/i.test(name);

/**
 * The split is told by the file's name, `train-00000-of-00001.parquet`, or by its folder's. Ids are
 * `<file>/<row from 00000>`, and behind it the picture's path where the row has one. Class names are those of the file's
 * metadata; without them labels stand for themselves.
 * @param path of a file, or of a folder with files in it, in `data/`, or in the one folder that has any and no pictures.
 * @returns null if it is none of these.
 * @throws {DatasetFormatError} if several folders have files and might each be meant, if a file is damaged, its columns are none of pictures and labels, or names differ.
 * @throws {DiskSpaceError} if their pictures do not fit below `home`.
 */
export async function readParquet(path: string, options: PictureIndexOptions): Promise<DatasetParts | null> {
  const { folder, names } = await findParquet(path);
  if (names.length === 0) return null;
  const shards = names.map((name) => openShard(folder, name));
  checkTrainingShards(path, shards);
  const files = shards.map(({ file }) => file);
  const read = await openParquetFiles(files, options);
  const opened = shards.map((shard, i) => [shard, read[i] as ParquetShard] as const);
  const { classNames, classOf } = openClasses(
    opened.flatMap(([, { rows }]) => rows.flatMap(({ label }) => label ?? [])),
    agreedNames(opened),
  );
  const pictures: ListedPicture[] = [];
  const badFiles: BadFile[] = [];
  // Whoever holds a competition keeps all labels of its test pictures back.
  const isTestLabelled = opened.some(
    ([shard, { rows }]) => shard.split === "test" && rows.some(({ label }) => label !== null),
  );
  for (const [shard, { rows }] of opened) {
    const split = shard.split ?? "train";
    rows.forEach(({ range, label, path: told }, row) => {
      const id = [shard.name, String(row).padStart(5, "0"), ...partsOf(told ?? "")].join("/");
      const bad = (kind: BadFile["kind"], reason: string) => void badFiles.push({ path: id, kind, reason });
      if (range === null) return bad("broken", "has no bytes of a picture");
      if (label === null) {
        const isLost = split !== "test" || isTestLabelled;
        return void badFiles.push({ path: id, kind: "stray", reason: "has no label", isLost });
      }
      const found = classOf(label);
      if ("badReason" in found) return bad("broken", found.badReason);
      pictures.push({ split, className: found.className, path: id, isClassInPath: false, range });
    });
  }
  return readPictureFiles(folder, { pictures, badFiles, classNames, indexedAs: path }, options);
}

async function findParquet(path: string): Promise<{ folder: string; names: string[] }> {
  if (!(await stat(path)).isDirectory()) {
    return { folder: dirname(resolve(path)), names: [basename(path)].filter(isParquet) };
  }
  for (const folder of [path, join(path, DATA_FOLDER)]) {
    const isFolder = (await stat(folder).catch(() => null))?.isDirectory() === true;
    const names = isFolder ? await listShards(folder, isParquet) : [];
    if (names.length > 0) return { folder, names };
  }
  const configs = await findConfigs(path);
  if (configs.length > 1) {
    const folders = configs.map(({ folder }) => basename(folder));
    throw new DatasetFormatError(
      `Expected Parquet files in ${path}, in its ${DATA_FOLDER}/ or in one other folder. Received: folders with some, ` +
        `${nameSome(folders)}. Name one of them as source, such as ${configs[0]?.folder}.`,
    );
  }
  return configs[0] ?? { folder: path, names: [] };
}

/** A repository with several tables has a folder for each, which the hub calls a config: `plain_text`, `cropped_digits`. */
async function findConfigs(path: string): Promise<{ folder: string; names: string[] }[]> {
  const configs: { folder: string; names: string[] }[] = [];
  for (const entry of await readdir(path, { withFileTypes: true })) {
    if (!entry.isDirectory() || isPassedOver(entry.name)) continue;
    const folder = join(path, entry.name);
    // One that cannot be read is told of when folders of classes are looked for.
    const names = await listShards(folder, (name) => isParquet(name) || isPictureName(name)).catch(() => []);
    // Beside pictures of a class it is a table of something else.
    if (names.length > 0 && names.every(isParquet)) configs.push({ folder, names });
  }
  return configs.sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

/** Of a path that may be another system's, or lead out of any folder. */
const partsOf = (path: string): string[] =>
  path.split(/[\\/]/).filter((part) => part !== "" && part !== "." && part !== "..");

function agreedNames(
  opened: readonly (readonly [Shard, ParquetShard])[],
): { names: readonly string[]; where: string } | null {
  let agreed: { names: readonly string[]; where: string } | null = null;
  for (const [{ file }, { classNames }] of opened) {
    if (classNames === null) continue;
    agreed ??= { names: classNames, where: file };
    if (classNames.join("\n") === agreed.names.join("\n")) continue;
    throw new DatasetFormatError(
      `Expected the class names of ${agreed.where} in ${file}. Received: ${classNames.slice(0, 4).join(", ")}` +
        `${classNames.length > 4 ? " …" : ""}. Leave only files of one data set in the folder.`,
    );
  }
  return agreed;
}
