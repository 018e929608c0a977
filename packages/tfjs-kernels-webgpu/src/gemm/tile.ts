/** How a product of matrices is cut up: into tiles, a workgroup each, and along the sum where tiles alone are too few. */

/** A workgroup computes `m` × `n` sums, each thread `threadM` × `threadN` of them, from slices `k` deep in shared memory. */
export interface GemmTile {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Multiples of 4. */
  readonly threadM: number;
  readonly threadN: number;
}

/**
 * By falling size; of equal width together. Each thread's share is as large as registers allow: what it reads of shared memory
 * grows with its sides, what it computes with their product.
 */
export const TILES: readonly GemmTile[] = [
  { m: 128, n: 64, k: 16, threadM: 8, threadN: 8 },
  { m: 64, n: 64, k: 16, threadM: 8, threadN: 4 },
  { m: 32, n: 64, k: 16, threadM: 4, threadN: 4 },
  { m: 128, n: 32, k: 16, threadM: 8, threadN: 4 },
  { m: 64, n: 32, k: 16, threadM: 4, threadN: 4 },
  { m: 32, n: 32, k: 16, threadM: 4, threadN: 4 },
];
const SMALLEST = 32;
/** For devices in software, which gain nothing by large tiles and take half a minute to compile one. */
const SOFTWARE_TILE: GemmTile = { m: 32, n: 32, k: 8, threadM: 4, threadN: 4 };

/** What a larger tile may compute for nothing beyond the matrix's edge, as a share of what the smallest one does. */
const MOST_WASTE = 1.25;

/**
 * What fills a large GPU several times over, so that some workgroups compute while others wait for memory. WebGPU does not tell
 * how many a GPU runs at once.
 */
const WANTED_WORKGROUPS = 512;
/** Terms of a sum below which splitting it costs more than it gains. */
const LEAST_TERMS = 128;

/**
 * @param m of a matrix whose rows are pictures of a batch, those of a usual batch: a tile that changed with the batch would be
 * another program, which is compiled anew.
 */
export function chooseTile(m: number, n: number, isSoftware: boolean): GemmTile {
  if (isSoftware) return SOFTWARE_TILE;
  const fits = (size: number, tile: number) => padded(size, tile) <= MOST_WASTE * padded(size, SMALLEST);
  return TILES.find((tile) => fits(m, tile.m) && fits(n, tile.n))!;
}

/** How many workgroups share each sum, and how many terms each of them takes: a multiple of the tile's `k`. */
export function splitSums(
  tiles: number,
  k: number,
  tile: GemmTile,
): { splits: number; termsPerSplit: number } {
  const wanted = Math.min(Math.floor(WANTED_WORKGROUPS / tiles), Math.floor(k / LEAST_TERMS));
  const termsPerSplit = padded(Math.ceil(k / Math.max(wanted, 1)), tile.k);
  return { splits: Math.ceil(k / termsPerSplit), termsPerSplit };
}

function padded(size: number, tile: number): number {
  return Math.ceil(size / tile) * tile;
}
