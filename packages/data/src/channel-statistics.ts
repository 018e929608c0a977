/** Mean and standard deviation of every channel, for Normalize. Exact: from counts of the 256 byte values. */
import { setImmediate } from "node:timers/promises";
import type { DatasetSplit, PictureFile } from "./dataset-split.js";
import { mapConcurrently } from "./map-concurrently.js";
import { decodeImage, isHuge } from "./pictures/decode-image.js";
import type { PictureLocation } from "./pictures/picture-location.js";
import type { FileSource } from "./pictures/pixel-source.js";
import { picturesPerRead } from "./pictures/read-pixels.js";

export interface ChannelStatistics {
  /** Of pixels scaled to 0…1. */
  readonly mean: number[];
  readonly std: number[];
}

/** Decoding more files than this tells nothing new about a mean. */
const MOST_FILES = 2000;
/** Likewise of files of different sizes, which are decoded whole. */
const MOST_WHOLE_FILES = 500;
const CONCURRENT_DECODES = 4;

/**
 * Over the whole split, or over 2,000 pictures of it chosen by `take` where each is a file to be decoded. Where sizes
 * differ, over 500, each of which weighs the same.
 * @param signal looked at between readings of pictures that are decoded or resized; the others take a moment.
 * @returns null for an empty split.
 * @throws the signal's reason once it is aborted.
 */
export async function measureChannels(
  split: DatasetSplit,
  signal?: AbortSignal,
): Promise<ChannelStatistics | null> {
  if (split.length === 0) return null;
  const counts =
    split.imageShape === null
      ? await countWholeFiles(split.take(MOST_WHOLE_FILES), signal)
      : await countPixels(split, signal);
  const moments = counts.map(momentsOf);
  return { mean: moments.map(({ mean }) => mean), std: moments.map(({ std }) => std) };
}

/** Of each channel: how often each of the 256 values occurs. */
type ByteCounts = Float64Array[];

const noCounts = (channels: number): ByteCounts =>
  Array.from({ length: channels }, () => new Float64Array(256));

async function countPixels(split: DatasetSplit, signal?: AbortSignal): Promise<ByteCounts> {
  const sample = split.source.kind === "files" ? split.take(MOST_FILES) : split;
  const shape = sample.imageShape as [number, number, number];
  const counts = noCounts(shape[2]);
  const perRead = picturesPerRead(shape);
  const isInstant = sample.source.kind === "memory" && sample.source.resizing === undefined;
  for (let start = 0; start < sample.length; start += perRead) {
    if (start > 0 && !isInstant) {
      // Pictures in memory are resized at once: signals and timers have a turn of their own.
      await setImmediate();
      signal?.throwIfAborted();
    }
    const length = Math.min(perRead, sample.length - start);
    const { images } = await sample.readImages(Array.from({ length }, (_, i) => start + i));
    addBytes(counts, images, 1);
  }
  return counts;
}

async function countWholeFiles(split: DatasetSplit, signal?: AbortSignal): Promise<ByteCounts> {
  const source = split.source as FileSource;
  const counts = noCounts(source.channels);
  const positions = Array.from(split.ids, (_, position) => position);
  await mapConcurrently(positions, CONCURRENT_DECODES, async (position) => {
    if (position > 0) signal?.throwIfAborted();
    const location = source.locations[split.sourceIndices[position] as number] as PictureLocation;
    const size = boundedSize(split.fileAt(position));
    const { data, height, width } = await decodeImage(location, { channels: source.channels, size });
    addBytes(counts, data, 1 / (height * width));
  });
  return counts;
}

const BOUNDED_PIXELS = 2 ** 22;

/** @returns [height, width] that a very large picture is brought to; null: it is taken as it is. */
function boundedSize(file: PictureFile | null): [number, number] | null {
  // Four of them decoded whole at once would take gigabytes.
  if (file === null || !isHuge(file)) return null;
  const scale = Math.sqrt(BOUNDED_PIXELS / (file.height * file.width));
  return [Math.ceil(file.height * scale), Math.ceil(file.width * scale)];
}

function addBytes(counts: ByteCounts, bytes: Uint8Array, weight: number): void {
  for (let i = 0; i < bytes.length; i += counts.length) {
    for (let c = 0; c < counts.length; c++) (counts[c] as Float64Array)[bytes[i + c] as number]! += weight;
  }
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
