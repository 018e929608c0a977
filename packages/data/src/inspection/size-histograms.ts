/** How large the pictures of a data set are, and of which shape. */
import type { DatasetInspection, Histogram } from "@convkit/schema";

export interface PictureSize {
  readonly height: number;
  readonly width: number;
}

/** Shorter edges in pixels at which a bar of the histogram begins: powers of two and their halves-way, from icons to scans. */
const EDGES = [1, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096];
/** Width ÷ height at which a bar begins; the bar around 1 is that of squares. */
const RATIOS = [0, 1 / 3, 1 / 2, 0.6, 0.7, 0.8, 0.95, 1.05, 1.25, 1.4, 1.6, 2, 3];
const MOST_FREQUENT = 10;

/** @param sizes of at least one picture. */
export function measureSizes(sizes: readonly PictureSize[]): DatasetInspection["sizes"] {
  const heights = sizes.map(({ height }) => height);
  const widths = sizes.map(({ width }) => width);
  return {
    height: spreadOf(heights),
    width: spreadOf(widths),
    shorterEdge: histogram(
      sizes.map(({ height, width }) => Math.min(height, width)),
      EDGES,
    ),
    aspectRatio: histogram(
      sizes.map(({ height, width }) => width / height),
      RATIOS,
    ),
    mostFrequent: mostFrequentSizes(sizes),
  };
}

function spreadOf(values: readonly number[]): { min: number; median: number; max: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (position: number) => sorted[position] as number;
  return { min: at(0), median: at(Math.floor((sorted.length - 1) / 2)), max: at(sorted.length - 1) };
}

/** Without the empty bars before the first and behind the last that is not. */
function histogram(values: readonly number[], bounds: readonly number[]): Histogram {
  const counts = new Array<number>(bounds.length).fill(0);
  for (const value of values) counts[bounds.findLastIndex((bound) => bound <= value)]! += 1;
  const bars = bounds.map((from, i) => ({ from, to: bounds[i + 1] ?? null, count: counts[i] as number }));
  const first = counts.findIndex((count) => count > 0);
  return bars.slice(first, counts.findLastIndex((count) => count > 0) + 1);
}

function mostFrequentSizes(sizes: readonly PictureSize[]): DatasetInspection["sizes"]["mostFrequent"] {
  const counts = new Map<string, { height: number; width: number; count: number }>();
  for (const { height, width } of sizes) {
    const key = `${height}×${width}`;
    const known = counts.get(key);
    if (known === undefined) counts.set(key, { height, width, count: 1 });
    else known.count += 1;
  }
  return [...counts.values()]
    .sort((a, b) => b.count - a.count || a.height - b.height || a.width - b.width)
    .slice(0, MOST_FREQUENT);
}
