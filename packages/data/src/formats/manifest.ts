/**
 * A manifest: a list of picture files with their labels, for pictures that lie otherwise than in class folders. CSV with a
 * header (RFC 4180, https://www.rfc-editor.org/rfc/rfc4180) or JSON Lines (https://jsonlines.org), UTF-8.
 */
import { readFile } from "node:fs/promises";
import { basename, dirname, extname, isAbsolute, posix, relative, resolve, sep } from "node:path";
import type { SplitName } from "@convkit/schema";
import { parse, CsvError } from "csv-parse/sync";
import type { PictureIndexOptions } from "../pictures/picture-index.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import type { BadFile, DatasetParts } from "./dataset-parts.js";
import { type ListedPicture } from "./list-pictures.js";
import { SPLIT_NAMES, splitOfName } from "./split-folders.js";
import { readPictureFiles, type PictureFiles } from "./picture-files.js";

const FIELDS = ["path", "label", "split", "group"] as const;

/** A line of it, with its number from 1. */
interface Row {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Of the file in a folder that says what else in it is a picture of which class: `manifest.csv`, `manifest.jsonl`. */
export const MANIFEST_STEM = "manifest";

export const isManifest = (path: string): boolean => /\.(csv|jsonl|ndjson)$/i.test(path);

/** @param name in the folder. */
export const isFolderManifest = (name: string): boolean =>
  isManifest(name) && basename(name, extname(name)) === MANIFEST_STEM;

/**
 * Fields: `path`, relative to the manifest's folder or absolute, with slashes or backslashes; `label`, the class's name;
 * and where wanted `split` (train, val or test; train if left out) and `group`. Others are passed over. A path that is
 * listed again is left out and named.
 * @throws {DatasetFormatError} if a line cannot be read, or lacks a path or a label.
 */
export async function readManifest(file: string, options: PictureIndexOptions): Promise<DatasetParts> {
  return readPictureFiles(dirname(file), await listManifest(file), options);
}

/**
 * What a manifest lists, sorted by path, without a look at the pictures.
 * @throws {DatasetFormatError} as `readManifest`.
 */
export async function listManifest(file: string): Promise<PictureFiles> {
  const text = (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  const rows = extname(file).toLowerCase() === ".csv" ? readCsv(file, text) : readJsonLines(file, text);
  /** By absolute path: a file may be listed again in another spelling. */
  const pictures = new Map<string, ListedPicture>();
  const badFiles: BadFile[] = [];
  for (const row of rows) {
    const picture = pictureOf(file, row);
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
  const sorted = [...pictures.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { pictures: sorted, badFiles, indexedAs: resolve(file) };
}

function pictureOf(file: string, { line, fields }: Row): ListedPicture {
  const text = (name: (typeof FIELDS)[number]): string => {
    const value = fields[name] ?? "";
    // Blanks alone are nothing; at the ends of a name they belong to it.
    if (typeof value === "string") return value.trim() && value;
    // JSON Lines may count classes and groups.
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    throw wrongLine(file, line, `a text as ${name}`, JSON.stringify(value));
  };
  const [path, label, split, group] = FIELDS.map(text) as [string, string, string, string];
  if (path === "") throw wrongLine(file, line, "a path", missing(fields, "path"));
  if (label === "") throw wrongLine(file, line, "a label", missing(fields, "label"));
  const splitName = split === "" ? "train" : splitOfName(split);
  if (splitName === undefined) {
    throw wrongLine(file, line, `one of ${SPLIT_NAMES.join(", ")} as split`, split);
  }
  return {
    split: splitName satisfies SplitName,
    className: label,
    path: idOf(dirname(resolve(file)), path.replaceAll("\\", "/")),
    isClassInPath: false,
    ...(group !== "" && { group }),
  };
}

/**
 * Relative to the manifest's folder, in one spelling; of a file elsewhere, as the manifest has it: relative where that
 * is, so that ids are the same on every machine.
 * @param path with forward slashes.
 */
function idOf(folder: string, path: string): string {
  const absolute = resolve(folder, path);
  const below = relative(folder, absolute).replaceAll(sep, "/");
  if (!isElsewhere(below)) return below;
  return isAbsolute(path) ? absolute : posix.normalize(path);
}

/** Whether a picture lies elsewhere than below the manifest's folder, by its id. */
export const isElsewhere = (id: string): boolean => isAbsolute(id) || id === ".." || id.startsWith("../");

const missing = (fields: Row["fields"], name: string): string =>
  name in fields ? "an empty one" : `only ${Object.keys(fields).join(", ") || "an empty line"}`;

function readCsv(file: string, text: string): Row[] {
  try {
    const records: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
      columns: true,
      info: true,
      skipEmptyLines: true,
      trim: true,
    });
    return records.map(({ record, info }) => ({ line: info.lines, fields: record }));
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw new DatasetFormatError(`Expected CSV with a header in ${file}. Received: ${error.message}.`, {
      cause: error,
    });
  }
}

function readJsonLines(file: string, text: string): Row[] {
  return text
    .split("\n")
    .map((source, index) => ({ source: source.trim(), line: index + 1 }))
    .filter(({ source }) => source !== "")
    .map(({ source, line }) => {
      let fields: unknown;
      try {
        fields = JSON.parse(source);
      } catch {
        throw wrongLine(file, line, "a JSON object", source.slice(0, 80));
      }
      if (typeof fields !== "object" || fields === null || Array.isArray(fields)) {
        throw wrongLine(file, line, "a JSON object", source.slice(0, 80));
      }
      return { line, fields: fields as Row["fields"] };
    });
}

const wrongLine = (file: string, line: number, expected: string, received: string): DatasetFormatError =>
  new DatasetFormatError(`Expected ${expected} in line ${line} of ${file}. Received: ${received}.`);
