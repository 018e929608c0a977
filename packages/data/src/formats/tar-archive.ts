/**
 * Tars of pictures, read where they lie. With labels beside the pictures they are WebDataset's
 * (https://github.com/webdataset/webdataset#the-webdataset-format): files of a sample share their path up to the first
 * dot of the base name, `000017.jpg` and `000017.cls`. Without any, they are folders of classes that were packed.
 */
import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import type { PictureIndexOptions } from "../pictures/picture-index.js";
import { openClasses, type RawLabel } from "./class-labels.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import type { BadFile, DatasetParts } from "./dataset-parts.js";
import { sortByFolder, unreadReason, type ListedPicture } from "./list-pictures.js";
import { isPictureName, isUnreadPictureName } from "./picture-names.js";
import { haveSplits, splitOfName } from "./split-folders.js";
import { readPictureFiles } from "./picture-files.js";
import { checkTrainingShards, listShards, openShard, type Shard } from "./shards.js";
import { listTarShard, sampleOf, type TarFile, type TarShardList } from "./tar-shard.js";

export const CLASS_NAMES_FILE = "classes.txt";

export const isTar = (name: string): boolean => /\.tar$/i.test(name);
const isCompressedTar = (name: string): boolean => /\.(tar\.(gz|bz2|xz|zst)|tgz|tbz2|txz)$/i.test(name);

interface OpenedShard extends TarShardList {
  readonly shard: Shard;
  /** What its ids begin with. */
  readonly prefix: string;
}

/**
 * The split is that of a class folder's path in the archive, or else told by the name of the tar or of the folder that it
 * lies in. Ids are names in the archive, behind the tar's own where there are several. Class names are the lines of
 * `classes.txt` beside the tars; without it numbers stand for themselves.
 * @param path of a tar, or of a folder of them or of folders of them that are named as splits.
 * @returns null if it is neither.
 * @throws {DatasetFormatError} if a tar is damaged or compressed, or its pictures have neither labels nor class folders.
 */
export async function readTars(path: string, options: PictureIndexOptions): Promise<DatasetParts | null> {
  const isFolder = (await stat(path)).isDirectory();
  const folder = isFolder ? path : dirname(resolve(path));
  const isAnyTar = (name: string) => isTar(name) || isCompressedTar(name);
  const names = isFolder ? await listShards(folder, isAnyTar) : [basename(path)].filter(isAnyTar);
  const found = names.map((name) => openShard(folder, name));
  if (found.length === 0) return null;
  const shards = found.filter(({ name }) => isTar(name));
  if (shards.length === 0) throw compressed(found[0] as Shard);
  const opened: OpenedShard[] = [];
  for (const shard of shards) {
    options.signal?.throwIfAborted();
    const prefix = shards.length > 1 ? `${shard.name}/` : "";
    opened.push({ shard, prefix, ...(await listTarShard(shard.file, options)) });
  }
  const hasLabels = opened.some(({ files, labels }) => {
    const pictured = new Set(
      files
        .map(({ name }) => name)
        .filter(isPictureName)
        .map((name) => sampleOf(name).key),
    );
    return labels.some(({ name, sample }) => /\.cls$/i.test(name) || pictured.has(sample));
  });
  const { pictures, badFiles, classNames } = hasLabels
    ? ofSamples(opened, await readClassNames(folder))
    : ofClassFolders(path, opened);
  // Labels that are all unknown are told of as bad files, by name.
  if (pictures.length === 0 && !badFiles.some(({ kind }) => kind === "broken"))
    throw nothingToLearn(path, opened, badFiles);
  if (!pictures.some(({ split }) => split === "train")) checkTrainingShards(path, shards);
  return readPictureFiles(
    folder,
    {
      pictures: pictures.sort((a, b) => (a.path < b.path ? -1 : 1)),
      badFiles: [...opened.flatMap(unusable), ...badFiles],
      ...(classNames && { classNames }),
      indexedAs: path,
    },
    options,
  );
}

interface Sorted {
  readonly pictures: ListedPicture[];
  readonly badFiles: BadFile[];
  readonly classNames?: readonly string[];
}

const rangeOf = ({ shard: { file } }: OpenedShard, { offset, length }: TarFile) => ({ file, offset, length });

const NO_LABEL = { kind: "stray", reason: "has no label", isLost: true } as const;

function ofSamples(opened: readonly OpenedShard[], names: Parameters<typeof openClasses>[1]): Sorted {
  const { classNames, classOf } = openClasses(
    opened.flatMap(({ labels }) => labels.flatMap(({ label }) => label ?? [])),
    names,
  );
  const pictures: ListedPicture[] = [];
  const badFiles: BadFile[] = [];
  for (const one of opened) {
    const split = one.shard.split ?? "train";
    const labelOf = new Map<string, RawLabel | null>(one.labels.map(({ sample, label }) => [sample, label]));
    const pictureOf = new Map<string, string>();
    const unreadOf = new Map<string, string>();
    for (const file of one.files) {
      const path = one.prefix + file.name;
      const bad = (kind: BadFile["kind"], reason: string) => void badFiles.push({ path, kind, reason });
      const { key, extension } = sampleOf(file.name);
      if (!isPictureName(file.name)) {
        if (isUnreadPictureName(file.name) && labelOf.get(key) != null) unreadOf.set(key, path);
        continue;
      }
      if (extension.includes(".")) {
        // `000017.mask.png` is another field of a sample that has its picture.
        if (!labelOf.has(key)) badFiles.push({ path, ...NO_LABEL });
        continue;
      }
      const label = labelOf.get(key) ?? null;
      if (label === null) badFiles.push({ path, ...NO_LABEL });
      else if (pictureOf.has(key)) bad("repeated", `is of a sample with a picture, ${pictureOf.get(key)}`);
      else {
        pictureOf.set(key, file.name);
        const found = classOf(label);
        if ("badReason" in found) bad("broken", found.badReason);
        else pictures.push({ split, ...found, path, isClassInPath: false, range: rangeOf(one, file) });
      }
    }
    for (const { sample, name } of one.labels) {
      if (pictureOf.has(sample) || labelOf.get(sample) === null) continue;
      const unread = unreadOf.get(sample);
      if (unread !== undefined)
        badFiles.push({ path: unread, kind: "other", reason: unreadReason(unread), isLost: true });
      else badFiles.push({ path: one.prefix + name, kind: "stray", reason: "has no picture" });
    }
  }
  return { pictures, badFiles, classNames };
}

/** A folder that was packed whole has all of its classes below its own name. */
function ofClassFolders(where: string, opened: readonly OpenedShard[]): Sorted {
  const root = commonRoot(opened.flatMap(({ files }) => files.map(({ name }) => name).filter(isPictureName)));
  const below = (name: string) => (name.startsWith(root) ? name.slice(root.length) : name);
  const hasSplits = haveSplits(
    where,
    opened.flatMap(({ files }) => files.map(({ name }) => below(name))),
  );
  const pictures: ListedPicture[] = [];
  const badFiles: BadFile[] = [];
  for (const one of opened) {
    const fileOf = new Map(one.files.map((file) => [below(file.name), file]));
    const sorted = sortByFolder([...fileOf.keys()], hasSplits);
    const idOf = (path: string) => one.prefix + (fileOf.get(path) as TarFile).name;
    for (const picture of sorted.pictures) {
      pictures.push({
        ...picture,
        path: idOf(picture.path),
        split: hasSplits ? picture.split : (one.shard.split ?? "train"),
        range: rangeOf(one, fileOf.get(picture.path) as TarFile),
      });
    }
    for (const bad of sorted.badFiles) badFiles.push({ ...bad, path: idOf(bad.path) });
  }
  return { pictures, badFiles };
}

/** @returns with a slash behind it; empty where the folders at the top are several, or a split. */
function commonRoot([first, ...others]: readonly string[]): string {
  const [top = "", ...below] = first?.split("/") ?? [];
  const root = `${top}/`;
  const isCommon = others.every((name) => name.startsWith(root));
  return below.length > 1 && isCommon && splitOfName(top) === undefined ? root : "";
}

const unusable = ({ prefix, badFiles }: OpenedShard): BadFile[] =>
  badFiles.map((bad) => ({ ...bad, path: prefix + bad.path }));

async function readClassNames(folder: string): Promise<{ names: readonly string[]; where: string } | null> {
  const where = join(folder, CLASS_NAMES_FILE);
  let text: string;
  try {
    text = await readFile(where, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
  const names = text
    .replace(/^\uFEFF/, "")
    .trimEnd()
    .split("\n")
    .map((line) => line.trim());
  const empty = names.indexOf("");
  if (empty < 0) return { names, where };
  throw new DatasetFormatError(
    `Expected the name of a class in every line of ${where}. Received: an empty line ${empty + 1}.`,
  );
}

function compressed({ file }: Shard): DatasetFormatError {
  return new DatasetFormatError(
    `Expected a tar whose pictures can be read where they lie. Received: ${file}, which is compressed as a whole. ` +
      "Decompress it to a .tar (pictures are compressed already), or unpack it and name the folder.",
  );
}

function nothingToLearn(
  path: string,
  opened: readonly OpenedShard[],
  badFiles: readonly BadFile[],
): DatasetFormatError {
  const files = opened.flatMap(({ prefix, files: inShard }) => inShard.map(({ name }) => prefix + name));
  const [stray, ...others] = badFiles.filter(({ kind }) => kind === "stray");
  const received = stray
    ? `${others.length + 1} that ${others.length > 0 ? "have none" : "has none"}, the first ${stray.path}`
    : `${files.length} files${files.length > 0 ? `, such as ${files.slice(0, 3).join(", ")}` : ""}`;
  return new DatasetFormatError(
    `Expected pictures in ${path} with labels (000017.jpg with 000017.cls or a "label" in 000017.json), or in class ` +
      `folders (cat/1.jpg or train/cat/1.jpg). Received: ${received}.`,
  );
}
