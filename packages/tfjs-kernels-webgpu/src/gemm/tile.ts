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

/** Of a product, what its tile is chosen by. */
export interface ProductSize {
  /** Those of the product's rows where its batch is a usual one. */
  readonly m: number;
  readonly n: number;
  /** Whether it sums over places of pictures, as gradients of filters do. */
  readonly isAcross: boolean;
}

interface TileChoice {
  readonly isSoftware: boolean;
  /** Whether matrix units compute. */
  readonly hasUnits?: boolean;
  /** From the one that is liked best; the largest unless told. The last is taken where all waste much. */
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
  if (isSoftware && order === undefined) return hasUnits ? SOFTWARE_UNIT_TILE : SOFTWARE_TILE;
  const tiles = order ?? (hasUnits ? UNIT_TILES : TILES);
  return tiles.find((tile) => hasLittleWaste(tile, m, n)) ?? tiles.at(-1)!;
}

/** Whether a tile computes little for nothing beyond the edges of a matrix of m × n. */
export function hasLittleWaste(tile: GemmTile, m: number, n: number): boolean {
  const fits = (size: number, side: number) => padded(size, side) <= MOST_WASTE * padded(size, SMALLEST);
  return fits(m, tile.m) && fits(n, tile.n);
}

/** Whether a device has the threads and the shared memory that a tile takes with matrix units of this subgroup size. */
export function fitsInto(
  { limits }: Pick<GPUDevice, "limits">,
  { m, n, k, shareM, shareN }: GemmTile,
  subgroupSize: number,
): boolean {
  const subgroups = (m / shareM) * (n / shareN);
  const threads = subgroups * subgroupSize;
  // Slices of float16 with gaps of 16 bytes, and a fragment of 16 × 16 for each subgroup.
  const slice = (outer: number) => Math.max(outer * (2 * k + 16), k * (2 * outer + 16));
  const sharedBytes = slice(m) + slice(n) + subgroups * 16 * 16 * 4;
  return (
    threads <= limits.maxComputeInvocationsPerWorkgroup &&
    threads <= limits.maxComputeWorkgroupSizeX &&
    sharedBytes <= limits.maxComputeWorkgroupStorageSize &&
    // Each thread loads vec4s of a slice in whole rows, along k or across it: one at least.
    threads <= (Math.min(m, n) * k) / 4 &&
    [m, n, k].every((side) => threads % (side / 4) === 0)
  );
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
