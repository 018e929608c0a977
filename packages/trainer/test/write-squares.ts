/** The coloured squares as a data set on disk: MNIST's IDX format, with four dimensions for colour. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { drawSquare, SQUARE_CLASSES } from "./squares.js";

/** Value of a test picture's first pixel, which the noise of no picture reaches. */
export const TEST_MARK = 7;

export interface SquaresOptions {
  readonly train: number;
  readonly test: number;
  /** Whether test pictures are labelled as the class after theirs, and their first pixel is marked. */
  readonly wrongTest?: boolean;
  /** Whether every fourth picture, of all, is labelled as the class after its own. */
  readonly noisy?: boolean;
}

/** Writes `train-…` and, unless `test` is 0, `t10k-…` into the folder. */
export function writeSquares(
  folder: string,
  { train, test, wrongTest = false, noisy = false }: SquaresOptions,
): void {
  mkdirSync(folder, { recursive: true });
  writeSplit(join(folder, "train"), draw(0, train, noisy));
  if (test === 0) return;
  const squares = draw(train, test, noisy);
  if (wrongTest) {
    for (const square of squares) {
      square.label = (square.label + 1) % SQUARE_CLASSES.length;
      square.picture[0] = TEST_MARK;
    }
  }
  writeSplit(join(folder, "t10k"), squares);
}

interface Square {
  label: number;
  readonly picture: Uint8Array;
}

function draw(from: number, count: number, noisy: boolean): Square[] {
  return Array.from({ length: count }, (_, i) => {
    const label = i % SQUARE_CLASSES.length;
    const picture = drawSquare(label, from + i);
    return { label: noisy && i % 4 === 3 ? (label + 1) % SQUARE_CLASSES.length : label, picture };
  });
}

function writeSplit(prefix: string, squares: readonly Square[]): void {
  const count = squares.length;
  const pictures = squares.map(({ picture }) => picture);
  const labels = Uint8Array.from(squares, ({ label }) => label);
  writeFileSync(`${prefix}-images-idx4-ubyte`, Buffer.concat([idxHeader([count, 8, 8, 3]), ...pictures]));
  writeFileSync(`${prefix}-labels-idx1-ubyte`, Buffer.concat([idxHeader([count]), labels]));
}

function idxHeader(sizes: readonly number[]): Buffer {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  header.set([0, 0, 0x08, sizes.length]);
  sizes.forEach((size, i) => header.writeUInt32BE(size, 4 + 4 * i));
  return header;
}
