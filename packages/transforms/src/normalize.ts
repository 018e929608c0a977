/**
 * (pixel / 255 − mean) / std per channel; torchvision's `Normalize` behind its `ToDtype(float32, scale=True)`, in the same
 * float32 arithmetic: the same bits.
 */
import { perChannel, type ImageBatchShape } from "./image-batch.js";

const { fround } = Math;

/** Of pixels scaled to 0…1; one number for all channels, or one per channel. */
export interface ChannelStatistics {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * @returns float32 [channels, 256]: what each byte becomes.
 * @throws {ShapeError} if there are neither one nor `channels` numbers.
 */
export function normalizeTable(channels: number, statistics: ChannelStatistics): Float32Array {
  const { mean, std } = statisticsPerChannel(channels, statistics);
  return Float32Array.from({ length: channels * 256 }, (_, i) => {
    const c = Math.floor(i / 256);
    return normalized(fround((i % 256) / 255), mean[c] as number, std[c] as number);
  });
}

/**
 * In place, on values already scaled to 0…1.
 * @throws {ShapeError} if there are neither one nor `channels` numbers.
 */
export function normalizeFloats(
  images: Float32Array,
  { channels }: ImageBatchShape,
  statistics: ChannelStatistics,
): void {
  const { mean, std } = statisticsPerChannel(channels, statistics);
  for (let i = 0; i < images.length; i++) {
    const c = i % channels;
    images[i] = normalized(images[i] as number, mean[c] as number, std[c] as number);
  }
}

/** @param mean a float32, as `std`. */
const normalized = (value: number, mean: number, std: number): number => fround(fround(value - mean) / std);

/** @throws {ShapeError} if there are neither one nor `channels` numbers. */
export function statisticsPerChannel(channels: number, { mean, std }: ChannelStatistics): ChannelStatistics {
  return {
    mean: perChannel(mean, channels, "Normalize's mean").map(fround),
    std: perChannel(std, channels, "Normalize's std").map(fround),
  };
}
