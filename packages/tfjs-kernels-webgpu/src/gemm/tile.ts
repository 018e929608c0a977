/** How a product of matrices is cut up: into tiles, a workgroup each, and along the sum where tiles alone are too few. */

/**
 * A workgroup computes `m` × `n` sums from slices `k` deep in shared memory, each thread, or with matrix units each subgroup,
 * `shareM` × `shareN` of them.
 */
export interface GemmTile {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Multiples of 4; with matrix units, of 16. */
  readonly shareM: number;
  readonly shareN: number;
}

export function nameOfTile({ m, n, k, shareM, shareN }: GemmTile): string {
  return `${m}x${n}x${k}/${shareM}x${shareN}`;
}

/**
 * By falling size; of equal width together. Each thread's share is as large as registers allow: what it reads of shared memory
 * grows with its sides, what it computes with their product.
 */
export const TILES: readonly GemmTile[] = [
  { m: 128, n: 64, k: 16, shareM: 8, shareN: 8 },
  { m: 64, n: 64, k: 16, shareM: 8, shareN: 4 },
  { m: 32, n: 64, k: 16, shareM: 4, shareN: 4 },
  { m: 128, n: 32, k: 16, shareM: 8, shareN: 4 },
  { m: 64, n: 32, k: 16, shareM: 4, shareN: 4 },
  { m: 32, n: 32, k: 16, shareM: 4, shareN: 4 },
];
/**
 * With matrix units, whose fragments have sides of 16 at most and are read of shared memory again for each product: by falling
 * size, four or eight subgroups each.
 */
export const UNIT_TILES: readonly GemmTile[] = [
  { m: 128, n: 128, k: 32, shareM: 64, shareN: 32 },
  { m: 128, n: 64, k: 32, shareM: 32, shareN: 32 },
  { m: 64, n: 64, k: 32, shareM: 32, shareN: 32 },
  { m: 32, n: 64, k: 32, shareM: 16, shareN: 32 },
  { m: 128, n: 32, k: 32, shareM: 32, shareN: 32 },
  { m: 64, n: 32, k: 32, shareM: 32, shareN: 16 },
  { m: 32, n: 32, k: 32, shareM: 16, shareN: 16 },
];
const SMALLEST = 32;
/** For devices in software, which gain nothing by large tiles and take half a minute to compile one. */
const SOFTWARE_TILE: GemmTile = { m: 32, n: 32, k: 8, shareM: 4, shareN: 4 };
const SOFTWARE_UNIT_TILE: GemmTile = { m: 32, n: 32, k: 16, shareM: 16, shareN: 16 };

/** What a larger tile may compute for nothing beyond the matrix's edge, as a share of what the smallest one does. */
const MOST_WASTE = 1.25;

/**
 * What fills a large GPU several times over, so that some workgroups compute while others wait for memory. WebGPU does not tell
 * how many a GPU runs at once.
 */
const WANTED_WORKGROUPS = 512;
/** Terms of a sum below which splitting it costs more than it gains. */
const LEAST_TERMS = 128;
/** A multiple of every tile's `k`. */
const SPLIT_STEP = 32;

interface TileChoice {
  readonly isSoftware: boolean;
  /** Whether matrix units compute. */
  readonly hasUnits?: boolean;
  /** From the one that is liked best; the largest unless told. The last of them has to be of the smallest size. */
  readonly order?: readonly GemmTile[] | undefined;
}

/**
 * The first tile that computes little for nothing.
 *
 * @param m of a matrix whose rows are pictures of a batch, those of a usual batch: a tile that changed with the batch would be
 * another program, which is compiled anew.
 */
export function chooseTile(
  m: number,
  n: number,
  { isSoftware, hasUnits = false, order }: TileChoice,
): GemmTile {
  if (isSoftware) return hasUnits ? SOFTWARE_UNIT_TILE : SOFTWARE_TILE;
  const tiles = order ?? (hasUnits ? UNIT_TILES : TILES);
  const fits = (size: number, tile: number) => padded(size, tile) <= MOST_WASTE * padded(size, SMALLEST);
  return tiles.find((tile) => fits(m, tile.m) && fits(n, tile.n)) ?? tiles.at(-1)!;
}

/**
 * How many workgroups share each sum, and how many terms each of them takes: a multiple of every tile's `k`. The sizes alone
 * decide, with the tile that is chosen where nothing was measured: what is added up in which order would else depend on what
 * was measured.
 *
 * @param count of products of this size.
 */
export function splitSums(
  {
    m,
    n,
    k,
    usualM,
  }: { readonly m: number; readonly n: number; readonly k: number; readonly usualM: number },
  count = 1,
): { splits: number; termsPerSplit: number } {
  const tile = chooseTile(usualM, n, { isSoftware: false });
  const tiles = Math.ceil(m / tile.m) * Math.ceil(n / tile.n) * count;
  const wanted = Math.min(Math.floor(WANTED_WORKGROUPS / tiles), Math.floor(k / LEAST_TERMS));
  const termsPerSplit = padded(Math.ceil(k / Math.max(wanted, 1)), SPLIT_STEP);
  return { splits: Math.ceil(k / termsPerSplit), termsPerSplit };
}

function padded(size: number, tile: number): number {
  return Math.ceil(size / tile) * tile;
}
