/** Crops and flips, and Normalize behind them, in one pass over the pixels: run by run, which SIMD is quick at. */
import { valuesPerImage, type ImageBatchShape } from "../image-batch.js";
import { normalizeTable, statisticsPerChannel, type ChannelStatistics } from "../normalize.js";
import { movePixelsThroughTable, type PixelMap } from "../pixel-map.js";
import { runsOf, type PixelRun } from "./column-runs.js";
import { simdKernels } from "./simd-kernels.js";

/**
 * Moves pixels and normalises them in one pass.
 * @param images uint8 of `shape`.
 * @param maps one per image, all of one output size.
 * @param out float32, written from its beginning.
 * @throws {ShapeError} if the statistics have neither one number nor one per channel.
 */
export function moveAndNormalize(
  images: Uint8Array,
  shape: ImageBatchShape,
  maps: readonly PixelMap[],
  { statistics, out }: { statistics: ChannelStatistics; out: Float32Array },
): void {
  const { width, channels } = shape;
  const kernels = simdKernels(channels);
  const imageValues = valuesPerImage(shape);
  const perChannel = statisticsPerChannel(channels, statistics);
  let table: Float32Array | undefined;
  let previous: PixelMap | undefined;
  let runs: PixelRun[] = [];
  let to = 0;
  maps.forEach((map, i) => {
    const image = images.subarray(i * imageValues, (i + 1) * imageValues);
    const values = map.rows.length * map.columns.length * channels;
    const target = out.subarray(to, to + values);
    to += values;
    if (kernels !== null) {
      if (map !== previous) runs = runsOf(map.columns);
      previous = map;
      if (kernels.normalizeRuns(image, target, { width, channels, rows: map.rows, runs, ...perChannel }))
        return;
    }
    table ??= normalizeTable(channels, statistics);
    movePixelsThroughTable(image, { ...shape, count: 1 }, [map], { table, out: target });
  });
}
