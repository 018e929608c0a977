/** The coloured squares as a data set on disk: MNIST's IDX format, with four dimensions for colour. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawSquare, SQUARE_CLASSES } from "./squares.js";

/** Writes `train-…` and, unless `test` is 0, `t10k-…` into the folder. */
export function writeSquares(folder: string, counts: { train: number; test: number }): void {
  mkdirSync(folder, { recursive: true });
  writeSplit(join(folder, "train"), 0, counts.train);
  if (counts.test > 0) writeSplit(join(folder, "t10k"), counts.train, counts.test);
}

function writeSplit(prefix: string, from: number, count: number): void {
  const labels = Uint8Array.from({ length: count }, (_, i) => i % SQUARE_CLASSES.length);
  const pictures = [...labels].map((label, i) => drawSquare(label, from + i));
  writeFileSync(`${prefix}-images-idx4-ubyte`, Buffer.concat([idxHeader([count, 8, 8, 3]), ...pictures]));
  writeFileSync(`${prefix}-labels-idx1-ubyte`, Buffer.concat([idxHeader([count]), labels]));
}

function idxHeader(sizes: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.set([0, 0, 0x08, sizes.length]);
  sizes.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return header;
}
