/** Mean and standard deviation of every channel, for Normalize. Exact: from counts of the 256 byte values. */
import type { DatasetSplit } from "./dataset-split.js";

export interface ChannelStatistics {
  /** Of pixels scaled to 0…1. */
  readonly mean: number[];
  readonly std: number[];
}

/** Decoding more files than this tells nothing new about a mean. */
const MOST_FILES = 2000;
const IMAGES_PER_READ = 256;

/**
 * Over the whole split, or over 2,000 pictures of it chosen by `take` where each is a file to be decoded.
 * @returns null for an empty split and for pictures of different sizes.
 */
export async function measureChannels(split: DatasetSplit): Promise<ChannelStatistics | null> {
  const sample = split.source.kind === "files" ? split.take(MOST_FILES) : split;
  if (sample.imageShape === null || sample.length === 0) return null;
  const [, , channels] = sample.imageShape;
  const counts = Array.from({ length: channels }, () => new Float64Array(256));
  for (let start = 0; start < sample.length; start += IMAGES_PER_READ) {
    const length = Math.min(IMAGES_PER_READ, sample.length - start);
    const { images } = await sample.readImages(Array.from({ length }, (_, i) => start + i));
    for (let i = 0; i < images.length; i += channels) {
      for (let c = 0; c < channels; c++) (counts[c] as Float64Array)[images[i + c] as number]! += 1;
    }
  }
  const moments = counts.map(momentsOf);
  return { mean: moments.map(({ mean }) => mean), std: moments.map(({ std }) => std) };
}

function momentsOf(counts: Float64Array): { mean: number; std: number } {
  let total = 0;
  let sum = 0;
  let squares = 0;
  counts.forEach((count, byte) => {
    total += count;
    sum += count * byte;
    squares += count * byte * byte;
  });
  const mean = sum / total;
  return { mean: mean / 255, std: Math.sqrt(Math.max(0, squares / total - mean * mean)) / 255 };
}
