/**
 * Lines about pictures: what manifests and lists of splits have in common. CSV with a header (RFC 4180,
 * https://www.rfc-editor.org/rfc/rfc4180) or JSON Lines (https://jsonlines.org), UTF-8, read and written.
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

/** @throws {DatasetFormatError} if it is no CSV with a header, or not JSON Lines. */
export async function readRows(file: string): Promise<Row[]> {
  const text = (await readFile(file, "utf8")).replace(/^\uFEFF/, "");
  return isCsv(file) ? readCsv(file, text) : readJsonLines(file, text);
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
