/**
 * The end of a pipeline as plain data: what is left to do when pictures are still bytes, for a GPU that does it on its way to the
 * network. Bytes are a quarter of the float32 that they become, and a GPU moves, normalises, erases and mixes them in one pass.
 * `FinishImages` of @convkit/ops is that pass.
 */
import { perChannel, valuesPerImage, type ImageBatchShape } from "./image-batch.js";
import { normalizeTable, type ChannelStatistics } from "./normalize.js";
import type { PixelMap } from "./pixel-map.js";
import type { RandomErasingParameters } from "./random-erasing.js";

/** The same for every batch of a pipeline. */
export interface Finish {
  /** Of the bytes. */
  readonly bytesShape: ImageBatchShape;
  /** Of the pictures when they are finished. */
  readonly shape: ImageBatchShape;
  /** float32 [channels, 257]: what each byte becomes, and behind them what an erased rectangle is filled with. */
  readonly values: Float32Array;
}

/** A batch on its way: the room for what is made of it. */
export interface UnfinishedImages {
  /** uint8 [count, height, width, channels] of `bytesShape`. */
  readonly bytes: Uint8Array;
  /**
   * int32 [count, height + width + 4] of the finished shape: of each row and each column the one of the bytes that it shows (−1: black),
   * and the erased rectangle: top, left, height and width, all 0 where there is none.
   */
  readonly places: Int32Array;
}

/** Bytes that a byte may be, and what erased rectangles are filled with. */
const VALUES_PER_CHANNEL = 257;
const NUMBERS_OF_RECTANGLE = 4;

/** Numbers in `places` for each picture. */
export const placesPerImage = ({ shape }: Finish): number =>
  shape.height + shape.width + NUMBERS_OF_RECTANGLE;

/** Bytes for each picture. */
export const bytesPerImage = ({ bytesShape }: Finish): number => valuesPerImage(bytesShape);

export function finishValues(
  channels: number,
  { statistics, fill }: { statistics: ChannelStatistics; fill: readonly number[] },
): Float32Array {
  const table = normalizeTable(channels, statistics);
  const fills = perChannel(fill, channels, "`value`");
  const values = new Float32Array(channels * VALUES_PER_CHANNEL);
  for (let c = 0; c < channels; c++) {
    values.set(table.subarray(c * 256, (c + 1) * 256), c * VALUES_PER_CHANNEL);
    values[c * VALUES_PER_CHANNEL + 256] = fills[c] as number;
  }
  return values;
}

/** @param erased none of a picture: null. */
export function writePlaces(
  places: Int32Array,
  maps: readonly PixelMap[],
  erased: readonly (RandomErasingParameters | null)[],
): void {
  let to = 0;
  for (const [i, { rows, columns }] of maps.entries()) {
    places.set(rows, to);
    places.set(columns, (to += rows.length));
    const { top = 0, left = 0, height = 0, width = 0 } = erased[i] ?? {};
    places.set([top, left, height, width], (to += columns.length));
    to += NUMBERS_OF_RECTANGLE;
  }
}
