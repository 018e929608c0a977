/**
 * Crops and flips only move pixels, rows and columns apart: `out[y][x] = in[rows[y]][columns[x]]`. Such maps compose
 * into one, so a chain of them, with Normalize behind it, reads and writes every pixel once.
 */
import { allocateLike, valuesPerImage, type ImageBatchShape, type Pixels } from "./image-batch.js";
import { runsOf } from "./kernels/column-runs.js";
import { simdKernels } from "./kernels/simd-kernels.js";

/** Source row of each output row and source column of each output column; −1 is black. */
export interface PixelMap {
  readonly rows: Int32Array;
  readonly columns: Int32Array;
}

/** Indices start, start + 1, … */
export function consecutive(start: number, length: number): Int32Array {
  const indices = new Int32Array(length);
  for (let i = 0; i < length; i++) indices[i] = start + i;
  return indices;
}

/** Where a place beyond an edge lies when the edge mirrors without being repeated: … 2 1 | 0 1 2 …. */
export function reflected(at: number, length: number): number {
  if (at < 0) return -at;
  return at < length ? at : 2 * (length - 1) - at;
}

/** `first`, then `second` on its result. */
export function composePixelMaps(first: PixelMap, second: PixelMap): PixelMap {
  return {
    rows: composeIndices(first.rows, second.rows),
    columns: composeIndices(first.columns, second.columns),
  };
}

function composeIndices(first: Int32Array, second: Int32Array): Int32Array {
  const composed = new Int32Array(second.length);
  for (let i = 0; i < second.length; i++) {
    const index = second[i] as number;
    composed[i] = index < 0 ? -1 : (first[index] as number);
  }
  return composed;
}

/** @param maps one per image, all of one output size. @returns a new array of the same type. */
export function movePixels<P extends Pixels>(
  images: P,
  shape: ImageBatchShape,
  maps: readonly PixelMap[],
): P {
  const moved = allocateLike(images, countOutputValues(maps, shape.channels));
  const [imageValues, movedValues] = [valuesPerImage(shape), moved.length / maps.length];
  maps.forEach((map, i) => {
    const image = images.subarray(i * imageValues, (i + 1) * imageValues);
    movePicture(image, moved.subarray(i * movedValues, (i + 1) * movedValues), { shape, map });
  });
  return moved;
}

/** @param target black so far. */
function movePicture(
  source: Pixels,
  target: Pixels,
  { shape: { width, channels }, map: { rows, columns } }: { shape: ImageBatchShape; map: PixelMap },
): void {
  const runs = runsOf(columns);
  // Runs forwards are copied as they are; the others go pixel by pixel, which SIMD is quicker at.
  const hasOthers = runs.some(({ step }) => step !== 1);
  if (hasOthers && source instanceof Uint8Array && target instanceof Uint8Array) {
    if (simdKernels(channels)?.moveRuns(source, target, { width, channels, rows, runs })) return;
  }
  let to = 0;
  for (const row of rows) {
    for (const { from, step, pixels } of runs) {
      const end = to + pixels * channels;
      if (row >= 0 && from >= 0) {
        let at = (row * width + from) * channels;
        if (step > 0) target.set(source.subarray(at, at + pixels * channels), to);
        else {
          for (; to < end; to += channels, at += step * channels) {
            for (let c = 0; c < channels; c++) target[to + c] = source[at + c] as number;
          }
        }
      }
      to = end;
    }
  }
}

/**
 * Moves pixels and looks each value up in one pass, which is what makes loading quick.
 * @param table float32 [channels, 256]: what each byte becomes.
 * @param out written from its beginning.
 */
export function movePixelsThroughTable(
  images: Uint8Array,
  shape: ImageBatchShape,
  maps: readonly PixelMap[],
  { table, out }: { table: Float32Array; out: Float32Array },
): void {
  const { width, channels } = shape;
  let to = 0;
  for (let image = 0; image < maps.length; image++) {
    const { rows, columns } = maps[image] as PixelMap;
    const imageStart = image * valuesPerImage(shape);
    for (let y = 0; y < rows.length; y++) {
      const row = rows[y] as number;
      const rowStart = imageStart + row * width * channels;
      for (let x = 0; x < columns.length; x++) {
        const column = columns[x] as number;
        const from = rowStart + column * channels;
        if (row < 0 || column < 0) {
          for (let c = 0; c < channels; c++) out[to + c] = table[c * 256] as number;
        } else if (channels === 3) {
          // The usual case without the loop over channels: measurably quicker.
          out[to] = table[images[from] as number] as number;
          out[to + 1] = table[256 + (images[from + 1] as number)] as number;
          out[to + 2] = table[512 + (images[from + 2] as number)] as number;
        } else {
          for (let c = 0; c < channels; c++)
            out[to + c] = table[c * 256 + (images[from + c] as number)] as number;
        }
        to += channels;
      }
    }
  }
}

function countOutputValues(maps: readonly PixelMap[], channels: number): number {
  const first = maps[0];
  return first === undefined ? 0 : maps.length * first.rows.length * first.columns.length * channels;
}
