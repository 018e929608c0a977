/** A manifest: a list of picture files with their labels, for pictures that lie otherwise than in class folders. */
import { existsSync } from "node:fs";
import { basename, dirname, extname, isAbsolute, posix, relative, resolve, sep } from "node:path";
import { joinLabels, splitLabels } from "../label-sets.js";
import type { PictureIndexOptions } from "../pictures/picture-index.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import type { BadFile, DatasetParts } from "./dataset-parts.js";
import { type ListedPicture } from "./list-pictures.js";
import { KNOWN_NAMES, missing, readRows, splitIn, textOf, wrongLine, type Row } from "./list-rows.js";
import { readPictureFiles, type PictureFiles } from "./picture-files.js";
import { reviewColumnsIn } from "./review-columns.js";

/** Of the file in a folder that says what else in it is a picture of which class: `manifest.csv`, `manifest.jsonl`. */
export const MANIFEST_STEM = "manifest";

export const isManifest = (path: string): boolean => /\.(csv|jsonl|ndjson)$/i.test(path);

/** @param name in the folder. */
export const isFolderManifest = (name: string): boolean =>
  isManifest(name) && basename(name, extname(name)) === MANIFEST_STEM;

/** How a manifest's labels are read where pictures have any number of them. */
export interface MultiLabel {
  /** The label that says that there is none. */
  readonly noLabel?: string | undefined;
}

export interface ManifestOptions {
  /** Left out: each picture has one label, its class. */
  readonly multiLabel?: MultiLabel | undefined;
}

/**
 * Fields: `path`, relative to the manifest's folder or absolute, with slashes or backslashes; `label`, the class's name;
 * and where wanted `relabel`, the name of the class that it turned out to be, which then stands for `label`; `split` (train, val or
 * test; train if left out), `group`, and `weight`, how much a training picture
 * counts in the loss, from 0 up (1 if left out). Others are kept as `attributes` and change neither hash. A path that is listed again is left out and named. Where a file's name has a backslash, and is there, it is that file.
 * With `multiLabel`, `label` holds any number of names between `|`, none too, or in JSON Lines an array of them.
 * @throws {DatasetFormatError} if a line cannot be read, or lacks a path or a label, or has several labels without
 *   `multiLabel`, or no picture has a label, or no training picture has a weight
 *   above 0.
 */
export async function readManifest(
  file: string,
  { multiLabel, ...options }: PictureIndexOptions & ManifestOptions,
): Promise<DatasetParts> {
  const listed = await listManifest(file, { multiLabel });
  const parts = await readPictureFiles(dirname(file), listed, options);
  if (multiLabel) return parts;
  const several = parts.classNames.filter((name) => splitLabels(name).length > 1);
  const warning =
    `Labels have | in them, such as ${several[0]}, and each of these is a class of its own: with multiLabel (--set ` +
    "data.multiLabel=true) it stands between several labels of a picture";
  return several.length === 0 ? parts : { ...parts, warnings: [...parts.warnings, warning] };
}

/**
 * What a manifest lists, sorted by path, without a look at the pictures.
 * @throws {DatasetFormatError} as `readManifest`.
 */
export async function listManifest(
  file: string,
  { multiLabel }: ManifestOptions = {},
): Promise<PictureFiles> {
  /** By absolute path: a file may be listed again in another spelling. */
  const pictures = new Map<string, ListedPicture>();
  const badFiles: BadFile[] = [];
  const rows = await readRows(file);
  const names = new Set(rows.flatMap(({ fields }) => Object.keys(fields)));
  const passedOver = reviewColumnsIn(multiLabel ? "sets" : "class", names);
  for (const row of rows) {
    const picture = { ...pictureOf(file, row, multiLabel), ...attributesOf(row, passedOver) };
    const absolute = resolve(dirname(file), picture.path);
    const before = pictures.get(absolute);
    if (before === undefined) {
      pictures.set(absolute, picture);
      continue;
    }
    const other = before.className === picture.className ? "" : `, before as ${before.className}`;
    const reason = `is listed again in line ${row.line} as ${picture.className}${other}`;
    badFiles.push({ path: before.path, kind: "repeated", reason });
  }
  if (pictures.size === 0) {
    throw new DatasetFormatError(`Expected a line for each picture in ${file}. Received: none.`);
  }
  const trained = [...pictures.values()].filter(({ split }) => split === "train");
  if (trained.length > 0 && trained.every(({ weight }) => weight === 0)) {
    throw new DatasetFormatError(
      `Expected a training picture with a weight above 0 in ${file}. Received: ${trained.length} with 0. Leave the column out for ` +
        "pictures that count alike.",
    );
  }
  const sorted = [...pictures.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { pictures: sorted, badFiles, indexedAs: resolve(file) };
}

function pictureOf(file: string, row: Row, multiLabel: MultiLabel | undefined): ListedPicture {
  const { line, fields } = row;
  const [path, group] = [textOf(file, row, "path"), textOf(file, row, "group")];
  if (path === "") throw wrongLine(file, line, "a path", noPath(fields));
  const folder = dirname(resolve(file));
  const weight = weightOf(file, row);
  return {
    split: splitIn(file, row) ?? "train",
    ...(multiLabel ? labelSetOf(file, row, multiLabel) : { className: classOf(file, row) }),
    path: idOf(folder, withSlashes(folder, path)),
    isClassInPath: false,
    ...(group !== "" && { group }),
    ...(weight !== undefined && { weight }),
  };
}

/** What of a line is kept beside what the reader knows: a log of a picture's life is none of it. */
const MOST_ATTRIBUTES = 50;
const LONGEST_ATTRIBUTE = 200;

/** @param passedOver columns of a review. */
function attributesOf({ fields }: Row, passedOver: ReadonlySet<string>): Pick<ListedPicture, "attributes"> {
  const kept = Object.entries(fields).flatMap(([name, value]) => {
    if (KNOWN_NAMES.has(name) || passedOver.has(name)) return [];
    const text = typeof value === "number" || typeof value === "boolean" ? String(value) : value;
    if (typeof text !== "string" || text.trim() === "" || text.length > LONGEST_ATTRIBUTE) return [];
    return [[name, text] as const];
  });
  return kept.length === 0 ? {} : { attributes: Object.fromEntries(kept.slice(0, MOST_ATTRIBUTES)) };
}

function classOf(file: string, row: Row): string {
  const { line, fields } = row;
  const corrected = textOf(file, row, "relabel");
  if (corrected !== "") return corrected;
  if (Array.isArray(fields["label"])) {
    const wayOut = "; with multiLabel (--set data.multiLabel=true) a picture has any number of labels";
    throw wrongLine(file, line, "a text as label", `${JSON.stringify(fields["label"])}${wayOut}`);
  }
  const label = textOf(file, row, "label");
  if (label === "") throw wrongLine(file, line, "a label", missing(fields, "label"));
  return label;
}

/** @throws {DatasetFormatError} if the column is missing, or as `labelNamesIn` does. */
function labelSetOf(
  file: string,
  row: Row,
  multiLabel: MultiLabel,
): Pick<ListedPicture, "className" | "labelSet"> {
  const corrected = textOf(file, row, "relabel");
  if (corrected !== "") {
    throw wrongLine(file, row.line, "the right labels as label, and no relabel, with multiLabel", corrected);
  }
  const labelSet = labelNamesIn(file, row, multiLabel);
  if (labelSet === undefined) throw wrongLine(file, row.line, "a label", missing(row.fields, "label"));
  return { className: joinLabels(labelSet), labelSet };
}

/**
 * @returns names of a row's labels, sorted, each once; undefined if it has no field of them.
 * @throws {DatasetFormatError} if that is neither text nor an array of texts, or says that there are none beside some.
 */
export function labelNamesIn(file: string, row: Row, { noLabel }: MultiLabel): string[] | undefined {
  const { line, fields } = row;
  if (!("label" in fields)) return undefined;
  const given: unknown = fields["label"];
  if (Array.isArray(given) && !given.every(isLabelName)) {
    throw wrongLine(file, line, "texts without | as labels", JSON.stringify(given));
  }
  const names = Array.isArray(given)
    ? (given as readonly string[]).map((name) => name.trim())
    : splitLabels(textOf(file, row, "label"));
  const labelSet = [...new Set(names)].filter((name) => name !== noLabel).sort();
  if (labelSet.length > 0 && noLabel !== undefined && names.includes(noLabel)) {
    throw wrongLine(file, line, `${noLabel} alone, as it says that there is no label`, joinLabels(names));
  }
  return labelSet;
}

const isLabelName = (name: unknown): boolean =>
  typeof name === "string" && splitLabels(name).length === 1 && !name.includes("|");

/** Within these, float32 holds weights, their sums over a batch and their products with class weights. */
const [LEAST_WEIGHT, MOST_WEIGHT] = [1e-30, 1e30];

/** @throws {DatasetFormatError} if it is no number from 0 up, or one that float32 cannot weigh by. */
function weightOf(file: string, row: Row): number | undefined {
  const text = textOf(file, row, "weight");
  if (text === "") return undefined;
  const weight = Number(text);
  if (weight === 0 || (weight >= LEAST_WEIGHT && weight <= MOST_WEIGHT)) return weight;
  throw wrongLine(
    file,
    row.line,
    `a number from 0 up as weight, how much the picture counts in the loss: 0, or within ${LEAST_WEIGHT}…${MOST_WEIGHT}`,
    text,
  );
}

/** Backslashes of a manifest from Windows become slashes; elsewhere they may be letters of a file's name. */
function withSlashes(folder: string, path: string): string {
  const isName = path.includes("\\") && sep !== "\\" && existsSync(resolve(folder, path));
  return isName ? path : path.replaceAll("\\", "/");
}

/** A list of splits is easily taken for one. */
function noPath(fields: Row["fields"]): string {
  const isSplitList = "id" in fields && !("path" in fields);
  return `${missing(fields, "path")}${isSplitList ? "; a list by ids is for `splits`, beside the `source` that has them" : ""}`;
}

/**
 * Relative to the manifest's folder, in one spelling; of a file elsewhere, as the manifest has it: relative where that
 * is, so that ids are the same on every machine.
 * @param path with forward slashes; backslashes belong to names.
 */
function idOf(folder: string, path: string): string {
  const absolute = resolve(folder, path);
  const below = relative(folder, absolute).replaceAll(sep, "/");
  if (!isElsewhere(below)) return below;
  return isAbsolute(path) ? absolute : posix.normalize(path);
}

/** Whether a picture lies elsewhere than below the manifest's folder, by its id. */
export const isElsewhere = (id: string): boolean => isAbsolute(id) || id === ".." || id.startsWith("../");
