/** A data set from a path of the user's: which format it is in is told by the names of its files. */
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, extname, join, parse } from "node:path";
import { hasCifarFiles, readCifarFolder } from "./formats/cifar-binary.js";
import { readClassFolder } from "./formats/class-folder.js";
import { DatasetFormatError } from "./formats/dataset-format-error.js";
import type { DatasetParts } from "./formats/dataset-parts.js";
import { hasIdxFiles, isIdxImagesFile, readIdxFolder, readIdxPair } from "./formats/idx-folder.js";
import { isFolderManifest, isManifest, readManifest, type ManifestOptions } from "./formats/manifest.js";
import { listFiles } from "./formats/list-pictures.js";
import { isUnreadPictureName } from "./formats/picture-names.js";
import { isParquet, readParquet } from "./formats/parquet-folder.js";
import { recordSetParts } from "./formats/record-set.js";
import { isTar, readTars } from "./formats/tar-archive.js";
import type { PictureIndexOptions } from "./pictures/picture-index.js";

/** The folder inside the official CIFAR-10 archive. */
const CIFAR_ARCHIVE_FOLDER = "cifar-10-batches-bin";

const FORMATS =
  "a folder with one folder of JPEG or PNG files per class (or with train/, val/ and test/ of such folders); " +
  "a .tar of such folders, or of WebDataset's samples (000017.jpg with 000017.cls), or a folder of them; " +
  "a .parquet file of pictures and labels, as the Hugging Face hub has them, or a folder with them in it, in data/ or in the one folder for them; " +
  "a manifest (.csv or .jsonl) with a path and a label for each picture, or a folder with manifest.csv in it; " +
  "a folder with train-images-idx3-ubyte and its labels, as MNIST's, .gz or not; " +
  "the path of one …images-idx3-ubyte file with its labels beside it; " +
  "a folder with data_batch_1.bin … and test_batch.bin, as CIFAR-10's binary version";

/**
 * @param path of a folder, of a manifest, of a tar or a Parquet file, or of an IDX file of pictures.
 * @throws {DatasetFormatError} if what lies there is none of the formats, damaged, or pictures of one class, or no manifest
 *   where pictures have any number of labels.
 */
export async function openPath(
  path: string,
  { multiLabel, ...options }: PictureIndexOptions & ManifestOptions,
): Promise<DatasetParts> {
  if (multiLabel) return openLabelSets(path, { multiLabel, ...options });
  if (!(await stat(path)).isDirectory()) {
    if (isManifest(path)) return checkLabels(path, await readManifest(path, options));
    const packed = (await readTars(path, options)) ?? (await readParquet(path, options));
    if (packed !== null) return checkLabels(path, packed);
    if (!isIdxImagesFile(path)) throw unknownFormat(`the file ${path}`);
    return recordSetParts(await readIdxPair(path), options.home);
  }
  const names = await readdir(path);
  const manifest = names.find(isFolderManifest);
  if (manifest !== undefined) return openPath(join(path, manifest), options);
  if (hasIdxFiles(names)) return recordSetParts(await readIdxFolder(path, names), options.home);
  if (hasCifarFiles(names)) return recordSetParts(await readCifarFolder(path, names), options.home);
  if (names.includes(CIFAR_ARCHIVE_FOLDER)) return openPath(join(path, CIFAR_ARCHIVE_FOLDER), options);
  // Before folders of classes: a repository of the hub may have pictures for its page beside them.
  const table = await readParquet(path, options).catch((error: unknown) => {
    if (error instanceof DatasetFormatError) return error;
    throw error;
  });
  if (table !== null && !(table instanceof DatasetFormatError)) return checkLabels(path, table);
  const pictures = await readClassFolder(path, options);
  if (table instanceof DatasetFormatError) {
    // A table of something else may lie beside folders of pictures.
    if (pictures === null || !canLearn(pictures)) throw table;
    return { ...pictures, warnings: [...pictures.warnings, `A Parquet file is left out. ${table.message}`] };
  }
  if (pictures !== null) return checkClassFolders(path, pictures);
  // After them: a tar often lies beside what it was unpacked to.
  const packed = await readTars(path, options);
  if (packed === null) {
    const { files } = await listFiles(path, { onUnreadable: () => undefined });
    const unread = files.filter(isUnreadPictureName);
    if (unread.length > 0) throw noneRead(path, unread);
    const shown = names.slice(0, 8).join(", ") + (names.length > 8 ? ` and ${names.length - 8} more` : "");
    throw unknownFormat(`${path} with ${shown || "nothing in it"}`);
  }
  return checkLabels(path, packed);
}

async function openLabelSets(
  path: string,
  options: PictureIndexOptions & ManifestOptions,
): Promise<DatasetParts> {
  const isFolder = (await stat(path)).isDirectory();
  const name = isFolder ? (await readdir(path)).find(isFolderManifest) : basename(path);
  if (name === undefined || !isManifest(name)) {
    throw new DatasetFormatError(
      `Expected a manifest (.csv or .jsonl), or a folder with manifest.csv in it, for \`multiLabel\`. Received: ${path}, whose ` +
        "pictures are of one class each. Leave `multiLabel` out, or list them in a manifest: a path and labels with | between them.",
    );
  }
  const pictures = await readManifest(isFolder ? join(path, name) : path, options);
  const [only, ...others] = pictures.classNames;
  if (others.length > 0 || pictures.splits.train.ids.length === 0) return pictures;
  throw new DatasetFormatError(
    `Expected two labels or more in ${path}, for \`multiLabel\`. Received: ${only === undefined ? "none" : `one, ${only}`}. ` +
      (only === undefined
        ? "Name the column of the pictures' labels `label`, or correct `noLabel`."
        : `To tell pictures with it from those without, give these a label, too, and leave \`multiLabel\` out.`),
  );
}

const canLearn = ({ classNames, splits }: DatasetParts): boolean =>
  classNames.length > 1 || splits.train.ids.length === 0;

function checkLabels(path: string, pictures: DatasetParts): DatasetParts {
  if (canLearn(pictures)) return pictures;
  throw new DatasetFormatError(
    `Expected labels of two classes or more in ${path}. Received: one, ${pictures.classNames[0]}.`,
  );
}

function checkClassFolders(path: string, pictures: DatasetParts): DatasetParts {
  if (canLearn(pictures)) return pictures;
  throw oneClass(path, pictures);
}

/** A collection unpacked into a folder of its own is named one level too high. */
function oneClass(path: string, { classNames, splits }: DatasetParts): DatasetFormatError {
  const [className = ""] = classNames;
  const { ids } = splits.train;
  const [top] = ids[0]?.split("/") ?? [];
  const folder = top === className ? className : `${top}/${className}`;
  const below = ids.map((id) => id.slice(folder.length + 1).split("/")).filter(({ length }) => length > 1);
  const inner = [...new Set(below.map(([name]) => name))];
  const wayOut =
    inner.length < 2
      ? "Name the folder that holds the class folders, one for each thing to be told apart."
      : folder === className
        ? `Name the folder that holds the class folders: ${join(path, className)}`
        : `Move the folders in ${folder} one level up.`;
  const found =
    inner.length < 2 ? "" : `, with ${inner.slice(0, 4).join(", ")}${inner.length > 4 ? " …" : ""} in it`;
  return new DatasetFormatError(
    `Expected folders of two classes or more in ${path}. Received: one class folder, ${className}${found}. ${wayOut}`,
  );
}

/** A data set's name from its path. */
export function nameOfPath(path: string): string {
  const name = basename(path);
  if (isManifest(path)) {
    const stem = parse(path).name;
    return /^(manifest|metadata|labels|index)$/i.test(stem) ? basename(dirname(path)) : stem;
  }
  if (isTar(path) || isParquet(path)) return parse(path).name;
  return isIdxImagesFile(path) || name === CIFAR_ARCHIVE_FOLDER ? basename(dirname(path)) : name;
}

function noneRead(path: string, unread: readonly string[]): DatasetFormatError {
  const formats = [...new Set(unread.map((name) => extname(name).toLowerCase()))].sort().join(", ");
  return new DatasetFormatError(
    `Expected JPEG, PNG, WebP, AVIF, TIFF or GIF pictures in ${path}. Received: ${unread.length} in formats that are not ` +
      `read (${formats}). Convert them, to JPEG or PNG.`,
  );
}

function unknownFormat(received: string): DatasetFormatError {
  return new DatasetFormatError(`Expected one of: ${FORMATS}. Received: ${received}.`);
}
