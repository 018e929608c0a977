/**
 * Lines about pictures: what manifests and lists of splits have in common. CSV with a header (RFC 4180,
 * https://www.rfc-editor.org/rfc/rfc4180) or JSON Lines (https://jsonlines.org), UTF-8, read and written. What spreadsheets
 * make of CSV is read too: semicolons or tabs between the fields, UTF-16 with its byte order mark.
 */
import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import type { SplitName } from "@convkit/schema";
import { parse, CsvError } from "csv-parse/sync";
import { replaceFile } from "../replace-file.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import { SPLIT_NAMES, splitOfName } from "./split-folders.js";

/** A line of it, with its number from 1. */
export interface Row {
  readonly line: number;
  readonly fields: Readonly<Record<string, unknown>>;
}

const isCsv = (file: string): boolean => extname(file).toLowerCase() === ".csv";

/** Columns that a manifest or a list of splits may have. */
export const KNOWN_NAMES: ReadonlySet<string> = new Set([
  "path",
  "id",
  "label",
  "relabel",
  "split",
  "group",
  "weight",
]);

/** @throws {DatasetFormatError} if it is no CSV with a header, or not JSON Lines, or in another encoding. */
export async function readRows(file: string): Promise<Row[]> {
  const text = decode(file, await readFile(file));
  return isCsv(file) ? readCsv(file, text) : readJsonLines(file, text);
}

/** UTF-8, or UTF-16 where a byte order mark says so; the mark is left out. */
function decode(file: string, bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding =
    first === 0xff && second === 0xfe ? "utf-16le" : first === 0xfe && second === 0xff ? "utf-16be" : "utf-8";
  const wayOut = "Save it as UTF-8; a spreadsheet calls that CSV UTF-8.";
  try {
    const text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
    if (!text.includes("\0")) return text;
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new DatasetFormatError(
      `Expected text in UTF-8 in ${file}. Received: bytes that are not ${encoding.toUpperCase()}, so the names in it may be ` +
        `in Latin-1 or another encoding. ${wayOut}`,
      { cause },
    );
  }
  throw new DatasetFormatError(
    `Expected text in UTF-8 in ${file}. Received: bytes of 0, as UTF-16 has them. ${wayOut}`,
  );
}

/**
 * @returns "" where the field is not there or blank.
 * @throws {DatasetFormatError} if it is neither text nor a number.
 */
export function textOf(file: string, { line, fields }: Row, name: string): string {
  const value = fields[name] ?? "";
  // Blanks alone are nothing; at the ends of a name they belong to it.
  if (typeof value === "string") return value.trim() && value;
  // JSON Lines may count classes and groups.
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  throw wrongLine(file, line, `a text as ${name}`, JSON.stringify(value));
}

/**
 * @returns undefined where the line says none.
 * @throws {DatasetFormatError} if it is none of the names of a split.
 */
export function splitIn(file: string, row: Row): SplitName | undefined {
  const split = textOf(file, row, "split");
  if (split === "") return undefined;
  const name = splitOfName(split);
  if (name === undefined) throw wrongLine(file, row.line, `one of ${SPLIT_NAMES.join(", ")} as split`, split);
  return name;
}

/** @returns what a line has in place of a field that it needs. */
export const missing = (fields: Row["fields"], name: string): string =>
  name in fields ? "an empty one" : `only ${Object.keys(fields).join(", ") || "an empty line"}`;

export const wrongLine = (
  file: string,
  line: number,
  expected: string,
  received: string,
): DatasetFormatError =>
  new DatasetFormatError(`Expected ${expected} in line ${line} of ${file}. Received: ${received}.`);

/** @throws {DatasetFormatError} if `writeRows` does not write files of this name. */
export function checkRowsFile(file: string): void {
  if (/\.(csv|jsonl)$/i.test(file)) return;
  throw new DatasetFormatError(`Expected a file name that ends in .csv or .jsonl. Received: ${file}.`);
}

/**
 * @param names of the columns; a row without one of them has it empty in CSV, and not at all in JSON Lines.
 * @param rows in the order in which they are to stand there.
 */
export async function writeRows<Name extends string>(
  file: string,
  names: readonly Name[],
  rows: readonly Readonly<Record<Name, string | undefined>>[],
): Promise<void> {
  const lines = isCsv(file)
    ? [names.join(","), ...rows.map((row) => names.map((name) => csv(row[name] ?? "")).join(","))]
    : rows.map((row) => JSON.stringify(row));
  await replaceFile(file, `${lines.join("\n")}\n`);
}

/** RFC 4180, §2.6 and §2.7. A field with spaces at its ends is quoted too. */
function csv(field: string): string {
  return /[",\r\n]|^\s|\s$/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

/** Fields stand between commas, semicolons or tabs: whichever of them tells the most known columns of the header. */
function delimiterOf(text: string): string {
  const header = /\S.*/.exec(text)?.[0] ?? "";
  const countOf = (delimiter: string) =>
    header.split(delimiter).filter((name) => KNOWN_NAMES.has(name.replaceAll('"', "").trim().toLowerCase()))
      .length;
  return [";", "\t"].reduce((best, other) => (countOf(other) > countOf(best) ? other : best), ",");
}

/** Known names in any case; as they are where the header has both spellings. */
function namesIn(header: readonly string[]): string[] {
  return header.map((name) => {
    const lower = name.toLowerCase();
    return KNOWN_NAMES.has(lower) && !header.includes(lower) ? lower : name;
  });
}

function readCsv(file: string, text: string): Row[] {
  try {
    const records: { record: Record<string, string>; info: { lines: number } }[] = parse(text, {
      columns: namesIn,
      delimiter: delimiterOf(text),
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
