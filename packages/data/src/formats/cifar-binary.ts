/**
 * CIFAR-10's binary version: records of one label byte and 3,072 bytes, the red plane, the green plane and the blue
 * plane of a 32×32 picture, row by row. https://www.cs.toronto.edu/~kriz/cifar.html ("Binary version")
 * Pictures are turned from planes to NHWC while they are read.
 */
import { readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { SplitName } from "@convkit/schema";
import { ByteReader } from "./byte-reader.js";
import { DatasetFormatError } from "./dataset-format-error.js";
import type { RecordSet, RecordSplit } from "./record-set.js";

const EDGE = 32;
const PLANE = EDGE * EDGE;
const IMAGE_BYTES = 3 * PLANE;
const RECORD_BYTES = 1 + IMAGE_BYTES;
const RECORDS_PER_READ = 512;
const CLASS_NAMES_FILE = "batches.meta.txt";

/** The official names, and plain ones for other data in this layout. */
const SPLIT_FILES: Readonly<Record<SplitName, RegExp>> = {
  train: /^(data_batch_\d+|train)\.bin$/,
  validation: /^(val|validation)\.bin$/,
  test: /^(test_batch|test)\.bin$/,
};

/** @param names of the files in a folder. */
export function hasCifarFiles(names: readonly string[]): boolean {
  return names.some((name) => SPLIT_FILES.train.test(name));
}

/**
 * Reads `data_batch_1.bin` … as training pictures and `test_batch.bin` as test pictures, or `train.bin`, `val.bin` and
 * `test.bin`; class names from `batches.meta.txt` where it is there.
 * @throws {DatasetFormatError} if a file is not a whole number of records.
 */
export async function readCifarFolder(folder: string, names: readonly string[]): Promise<RecordSet> {
  const filesOf = (split: SplitName) =>
    names
      .filter((name) => SPLIT_FILES[split].test(name))
      .sort((a, b) => a.localeCompare(b, "en", { numeric: true }))
      .map((name) => join(folder, name));
  const train = filesOf("train");
  const others: Partial<Record<SplitName, RecordSplit>> = {};
  const files = [...train];
  for (const split of ["validation", "test"] as const) {
    const splitFiles = filesOf(split);
    if (splitFiles.length > 0) others[split] = await readRecords(splitFiles);
    files.push(...splitFiles);
  }
  return {
    classNames: names.includes(CLASS_NAMES_FILE)
      ? await readClassNames(join(folder, CLASS_NAMES_FILE))
      : null,
    splits: { train: await readRecords(train), ...others },
    files,
  };
}

async function readRecords(files: readonly string[]): Promise<RecordSplit> {
  const counts = await Promise.all(files.map(countRecords));
  const count = counts.reduce((sum, records) => sum + records, 0);
  const pixels = new Uint8Array(new SharedArrayBuffer(count * IMAGE_BYTES));
  const labels = new Int32Array(count);
  const piece = new Uint8Array(RECORDS_PER_READ * RECORD_BYTES);
  let done = 0;
  for (const file of files) {
    const reader = new ByteReader(file);
    try {
      let bytes: number;
      while ((bytes = await reader.fill(piece)) > 0) {
        for (let start = 0; start < bytes; start += RECORD_BYTES, done++) {
          labels[done] = piece[start] as number;
          interleavePlanes(piece, start + 1, { target: pixels, at: done * IMAGE_BYTES });
        }
      }
    } finally {
      reader.close();
    }
  }
  return {
    source: { kind: "memory", pixels: pixels.buffer, height: EDGE, width: EDGE, channels: 3 },
    labels,
  };
}

async function countRecords(file: string): Promise<number> {
  const { size } = await stat(file);
  if (size % RECORD_BYTES !== 0) {
    throw new DatasetFormatError(
      `Expected records of ${RECORD_BYTES} bytes in ${file}. Received: ${size} bytes, which is no multiple of it. ` +
        `The file is cut short or not in CIFAR-10's binary layout.`,
    );
  }
  return size / RECORD_BYTES;
}

function interleavePlanes(
  planes: Uint8Array,
  start: number,
  { target, at }: { target: Uint8Array; at: number },
): void {
  for (let pixel = 0; pixel < PLANE; pixel++) {
    target[at + 3 * pixel] = planes[start + pixel] as number;
    target[at + 3 * pixel + 1] = planes[start + PLANE + pixel] as number;
    target[at + 3 * pixel + 2] = planes[start + 2 * PLANE + pixel] as number;
  }
}

async function readClassNames(path: string): Promise<string[]> {
  const names = (await readFile(path, "utf8")).split("\n").map((line) => line.trim());
  const filled = names.filter((name) => name !== "");
  if (filled.length === 0 || new Set(filled).size < filled.length) {
    throw new DatasetFormatError(
      `Expected one class name a line in ${basename(path)}, none twice. Received: ${filled.join(", ") || "none"}.`,
    );
  }
  return filled;
}
