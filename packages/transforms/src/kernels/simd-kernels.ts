/** Resizing and normalising in WebAssembly: pictures go through its memory in bands small enough for a processor's cache. */
import type { PixelRun } from "./column-runs.js";
import type { Resampling } from "./resample.js";
import { Room, simdMemory, type SimdMemory } from "./simd-memory.js";
import type { Windows } from "./windows.js";

/** Of a band with its results: what a core's second cache holds. */
const BAND_BYTES = 2 ** 18;

export class SimdKernels {
  readonly #memory: SimdMemory;

  constructor(memory: SimdMemory) {
    this.#memory = memory;
  }

  /**
   * Rows first, then columns: `sumColumns(sumRows(source))` of plain-kernels.ts.
   * @param source uint8 [height, width, channels] of one picture; 1 or 3 channels.
   * @param target uint8 [rows' windows, columns' windows, channels].
   * @returns false if the picture is too large: then nothing was done.
   */
  resample(source: Uint8Array, target: Uint8Array, { width, channels, rows, columns }: Resampling): boolean {
    const rowBytes = width * channels;
    const summedBytes = Math.ceil(rowBytes / 16) * 64;
    const targetRowBytes = columns.starts.length * channels;
    const bands = bandsOf(rows, { rowBytes, summedBytes });
    const sourceBytes = Math.max(...bands.map(({ start, end }) => end - start)) * rowBytes;
    const mostRows = Math.max(...bands.map(({ count }) => count));
    const room = new Room();
    const [rowStarts, rowEnds, rowWeights] = takeWindows(room, rows);
    const [columnStarts, columnEnds, columnWeights] = takeWindows(room, columns);
    const sourceAt = room.take(sourceBytes);
    const summedAt = room.take(mostRows * summedBytes);
    const targetAt = room.take(mostRows * targetRowBytes);
    if (!this.#memory.reserve(room.bytes)) return false;
    const { sumRows, sumColumns1, sumColumns3 } = this.#memory.exports;
    const sumColumns = channels === 3 ? sumColumns3 : sumColumns1;
    this.#place(rows, [rowStarts, rowEnds, rowWeights]);
    this.#place(columns, [columnStarts, columnEnds, columnWeights]);
    for (const { first, count, start, end, weight } of bands) {
      this.#memory.bytes.set(source.subarray(start * rowBytes, end * rowBytes), sourceAt);
      sumRows(
        // Windows count rows of the whole picture.
        sourceAt - start * rowBytes,
        summedAt,
        rowBytes,
        count,
        rowStarts + 4 * first,
        rowEnds + 4 * first,
        rowWeights + 4 * weight,
      );
      const columnCount = columns.starts.length;
      sumColumns(
        summedAt,
        summedBytes,
        targetAt,
        count,
        columnCount,
        columnStarts,
        columnEnds,
        columnWeights,
      );
      target.set(
        this.#memory.bytes.subarray(targetAt, targetAt + count * targetRowBytes),
        first * targetRowBytes,
      );
    }
    return true;
  }

  /**
   * Rows and runs of columns of a picture, as (byte / 255 − mean) / std.
   * @param source uint8 [height, width, channels] of one picture; 1 or 3 channels.
   * @param target float32 [rows.length, pixels of the runs, channels].
   * @param options.rows source row of each output row; −1 is black.
   * @param options.mean of each channel; so is `std`.
   * @returns false if the picture is too large: then nothing was done.
   */
  normalizeRuns(
    source: Uint8Array,
    target: Float32Array,
    {
      width,
      channels,
      rows,
      runs,
      mean,
      std,
    }: {
      width: number;
      channels: number;
      rows: Int32Array;
      runs: readonly PixelRun[];
      mean: readonly number[];
      std: readonly number[];
    },
  ): boolean {
    const rowValues = target.length / rows.length;
    const bandRows = Math.max(1, Math.floor(BAND_BYTES / (4 * rowValues)));
    const room = new Room();
    const rowsAt = room.take(4 * rows.length);
    const runsAt = room.take(12 * runs.length);
    const statisticsAt = room.take(96);
    const sourceAt = room.take(source.length);
    const targetAt = room.take(4 * rowValues * Math.min(bandRows, rows.length));
    if (!this.#memory.reserve(room.bytes)) return false;
    const { buffer } = this.#memory.bytes;
    this.#placeMap({ rows, runs }, [rowsAt, runsAt]);
    const statistics = new Float32Array(buffer, statisticsAt, 24);
    for (let i = 0; i < 12; i++) {
      statistics[i] = mean[i % channels] as number;
      statistics[12 + i] = std[i % channels] as number;
    }
    this.#memory.bytes.set(source, sourceAt);
    for (let first = 0; first < rows.length; first += bandRows) {
      const count = Math.min(bandRows, rows.length - first);
      this.#memory.exports.normalizeRuns(
        sourceAt,
        targetAt,
        width,
        channels,
        rowsAt + 4 * first,
        count,
        runsAt,
        runs.length,
        statisticsAt,
      );
      target.set(new Float32Array(buffer, targetAt, count * rowValues), first * rowValues);
    }
    return true;
  }

  /**
   * Rows and runs of columns of a picture.
   * @param source uint8 [height, width, channels]; 1 or 3 channels.
   * @param target uint8 [rows.length, pixels of the runs, channels].
   * @returns false if the picture is too large: then nothing was done.
   */
  moveRuns(
    source: Uint8Array,
    target: Uint8Array,
    {
      width,
      channels,
      rows,
      runs,
    }: { width: number; channels: number; rows: Int32Array; runs: readonly PixelRun[] },
  ): boolean {
    const room = new Room();
    const [rowsAt, runsAt] = [room.take(4 * rows.length), room.take(12 * runs.length)];
    const [sourceAt, targetAt] = [room.take(source.length), room.take(target.length)];
    if (!this.#memory.reserve(room.bytes)) return false;
    this.#placeMap({ rows, runs }, [rowsAt, runsAt]);
    this.#memory.bytes.set(source, sourceAt);
    this.#memory.exports.moveRuns(
      sourceAt,
      targetAt,
      width,
      channels,
      rowsAt,
      rows.length,
      runsAt,
      runs.length,
    );
    target.set(this.#memory.bytes.subarray(targetAt, targetAt + target.length));
    return true;
  }

  #placeMap(
    { rows, runs }: { rows: Int32Array; runs: readonly PixelRun[] },
    [rowsAt, runsAt]: readonly [number, number],
  ): void {
    const { buffer } = this.#memory.bytes;
    new Int32Array(buffer, rowsAt, rows.length).set(rows);
    const runWords = new Int32Array(buffer, runsAt, 3 * runs.length);
    runs.forEach(({ from, step, pixels }, i) => {
      runWords[3 * i] = from;
      runWords[3 * i + 1] = step;
      runWords[3 * i + 2] = pixels;
    });
  }

  #place(
    { starts, ends, weights }: Windows,
    [startsAt, endsAt, weightsAt]: readonly [number, number, number],
  ): void {
    const { buffer } = this.#memory.bytes;
    new Int32Array(buffer, startsAt, starts.length).set(starts);
    new Int32Array(buffer, endsAt, ends.length).set(ends);
    new Float32Array(buffer, weightsAt, weights.length).set(weights);
  }
}

function takeWindows(room: Room, { starts, ends, weights }: Windows): [number, number, number] {
  return [room.take(4 * starts.length), room.take(4 * ends.length), room.take(4 * weights.length)];
}

interface Band {
  /** Output rows first … first + count − 1. */
  readonly first: number;
  readonly count: number;
  /** Of the source rows start … end − 1. */
  readonly start: number;
  readonly end: number;
  /** Index of the first weight. */
  readonly weight: number;
}

function bandsOf(
  { starts, ends }: Windows,
  { rowBytes, summedBytes }: { rowBytes: number; summedBytes: number },
): Band[] {
  const bands: Band[] = [];
  let weight = 0;
  for (let first = 0; first < starts.length;) {
    const start = starts[first] as number;
    const band = { first, start, weight };
    let t = first;
    let bytes: number;
    do {
      weight += (ends[t] as number) - (starts[t] as number);
      t++;
      const end = t < starts.length ? (ends[t] as number) : start;
      bytes = (t - first + 1) * summedBytes + (end - start) * rowBytes;
    } while (t < starts.length && bytes <= BAND_BYTES);
    bands.push({ ...band, count: t - first, end: ends[t - 1] as number });
    first = t;
  }
  return bands;
}

let kernels: SimdKernels | undefined;

/**
 * @param channels of the pictures.
 * @returns null where there are no kernels for so many, the engine has no WebAssembly, none with SIMD, or a page's policy
 *   forbids it.
 */
export function simdKernels(channels: number): SimdKernels | null {
  const memory = simdMemory(channels);
  if (memory === null) return null;
  return (kernels ??= new SimdKernels(memory));
}
