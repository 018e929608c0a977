/** Where in a picture a network's evidence lies: one map for each picture, whatever method made it. */

export type SaliencyMaps = {
  /** float32 [count, height, width], row by row. */
  data: Float32Array;
  count: number;
  height: number;
  width: number;
  /** The class that each map is about. */
  classes: readonly number[];
};

/** A place in pixels, from the top left corner. */
export type Peak = { x: number; y: number };

/** @returns [height, width] of one picture; shares the maps' memory. */
export function mapAt({ data, height, width }: SaliencyMaps, index: number): Float32Array {
  return data.subarray(index * height * width, (index + 1) * height * width);
}

/**
 * Brings maps to another size, a picture's: bilinear, with the centres of pixels at halves (as `tf.image.resizeBilinear` with
 * `halfPixelCenters` and PyTorch's `interpolate` with `align_corners=False`); beyond the outermost centres the values go on.
 */
export function resizeMaps(maps: SaliencyMaps, height: number, width: number): SaliencyMaps {
  const rows = placesAlong(maps.height, height);
  const columns = placesAlong(maps.width, width);
  const data = new Float32Array(maps.count * height * width);
  for (let index = 0; index < maps.count; index++) {
    const map = mapAt(maps, index);
    const at = (y: number, x: number) => map[y * maps.width + x]!;
    for (const [y, row] of rows.entries()) {
      for (const [x, column] of columns.entries()) {
        const above = at(row.low, column.low) * (1 - column.part) + at(row.low, column.high) * column.part;
        const below = at(row.high, column.low) * (1 - column.part) + at(row.high, column.high) * column.part;
        data[(index * height + y) * width + x] = above * (1 - row.part) + below * row.part;
      }
    }
  }
  return { ...maps, data, height, width };
}

/** Where each map is largest, the first such place; null of a map that is the same everywhere: it points nowhere. */
export function peaksOf(maps: SaliencyMaps): (Peak | null)[] {
  return Array.from({ length: maps.count }, (_, index) => {
    const map = mapAt(maps, index);
    let best = 0;
    let least = 0;
    for (const [place, value] of map.entries()) {
      if (value > map[best]!) best = place;
      if (value < map[least]!) least = place;
    }
    if (!(map[best]! > map[least]!)) return null;
    return { x: best % maps.width, y: Math.floor(best / maps.width) };
  });
}

type Place = { low: number; high: number; part: number };

function placesAlong(from: number, to: number): Place[] {
  return Array.from({ length: to }, (_, i) => {
    const place = Math.min(Math.max(((i + 0.5) * from) / to - 0.5, 0), from - 1);
    const low = Math.floor(place);
    return { low, high: Math.min(low + 1, from - 1), part: place - low };
  });
}
