/** What was measured of a GPU's products of matrices, and what follows for its backend: which tile for which product, and on what. */
import type { WebgpuBackend } from "../backend.js";
import { USUAL_BATCH } from "../conv-plan.js";
import { fitsInto, type GemmTile, nameOfTile, type ProductSize, TILES, UNIT_TILES } from "./tile.js";

/** Tiles by their names → how long the workload takes by them, in milliseconds. */
export type TileTimes = Readonly<Record<string, number>>;

/** Plain JSON, to be kept for the next process on this GPU, with this driver and these versions. */
export interface GemmTable {
  readonly formatVersion: typeof FORMAT_VERSION;
  /** By workloads' names; float32, by threads. */
  readonly threads: Readonly<Record<string, TileTimes>>;
  /** null until somebody has wanted float16. */
  readonly f16: F16Table | null;
}

export interface F16Table {
  /** By workloads' names; on matrix units, where they are used. */
  readonly units: Readonly<Record<string, TileTimes>>;
  /** Which matrix units compute products of float16, or why none do. */
  readonly matrixUnits: { readonly name: string } | { readonly reason: string };
}

export const FORMAT_VERSION = 1;

export interface Workload extends ProductSize {
  readonly name: string;
  /** Of a 3×3 convolution that keeps both: a side of its pictures, and their channels. */
  readonly side: number;
  readonly channels: number;
}

/** The stages of a network on small pictures, and with fewer pictures the later ones of one on large pictures. */
export const WORKLOADS: readonly Workload[] = [
  { side: 32, channels: 32 },
  { side: 16, channels: 128 },
  { side: 8, channels: 256 },
].flatMap(({ side, channels }) => [
  {
    ...{ side, channels, isAcross: false },
    name: `convolution ${side}x${side}x${channels}`,
    m: USUAL_BATCH * side * side,
    n: channels,
  },
  {
    ...{ side, channels, isAcross: true },
    name: `filter gradient ${side}x${side}x${channels}`,
    m: 9 * channels,
    n: channels,
  },
]);

/**
 * Has the backend choose by a table. Sums keep their bits, but for products of float16 once matrix units compute them: those add up
 * in an order of their own.
 *
 * @throws {RangeError} if the table is none for this backend, see `isGemmTable`.
 */
export function useGemmTable(backend: WebgpuBackend, table: GemmTable): void {
  if (!isGemmTable(backend, table)) {
    throw new RangeError(
      `Expected a table that was measured on this GPU by this version. Received: ${JSON.stringify(table)}. Measure it anew.`,
    );
  }
  const matrixUnits = unitsOf(backend, table) ?? null;
  const unitTiles = UNIT_TILES.filter(
    (tile) => matrixUnits !== null && fitsInto(backend.device, tile, matrixUnits.subgroupSize),
  );
  backend.matrixUnits = matrixUnits;
  const orders = (tiles: readonly GemmTile[], times: GemmTable["threads"]) =>
    new Map(WORKLOADS.map(({ name }) => [name, orderOf(tiles, times[name] ?? {})]));
  const threads = orders(TILES, table.threads);
  const units = orders(unitTiles, table.f16?.units ?? {});
  backend.tileOrder = (product, hasUnits) => (hasUnits ? units : threads).get(nearest(product).name)!;
}

/** Whether it is a table of what this package and this backend have: of known tiles, workloads and matrix units. */
export function isGemmTable(backend: WebgpuBackend, value: unknown): value is GemmTable {
  if (!isRecord(value) || value.formatVersion !== FORMAT_VERSION) return false;
  const { threads, f16 } = value;
  if (!areTimes(threads, TILES) || WORKLOADS.some(({ name }) => !Object.hasOwn(threads, name))) return false;
  return f16 === null || isF16Table(backend, f16);
}

function isF16Table(backend: WebgpuBackend, value: unknown): value is F16Table {
  if (!isRecord(value) || !isRecord(value.matrixUnits) || !areTimes(value.units, UNIT_TILES)) return false;
  const { name, reason } = value.matrixUnits;
  return typeof reason === "string" || backend.unprovenUnits.some((units) => units.name === name);
}

function unitsOf({ unprovenUnits }: WebgpuBackend, { f16 }: GemmTable) {
  if (f16 === null || !("name" in f16.matrixUnits)) return undefined;
  const { name } = f16.matrixUnits;
  return unprovenUnits.find((units) => units.name === name);
}

/** The fastest first; behind them, as they come, those that the workload was not measured by. */
function orderOf(tiles: readonly GemmTile[], times: TileTimes): readonly GemmTile[] {
  const timeOf = (tile: GemmTile) => times[nameOfTile(tile)];
  const measured = tiles.filter((tile) => timeOf(tile) !== undefined);
  return [
    ...measured.sort((a, b) => timeOf(a)! - timeOf(b)!),
    ...tiles.filter((tile) => timeOf(tile) === undefined),
  ];
}

/** The workload of the same kind whose sides differ by the smallest factors. */
function nearest({ m, n, isAcross }: ProductSize): Workload {
  const distance = (workload: Workload) =>
    Math.abs(Math.log2(m / workload.m)) + Math.abs(Math.log2(n / workload.n));
  return WORKLOADS.filter((workload) => workload.isAcross === isAcross).reduce((best, workload) =>
    distance(workload) < distance(best) ? workload : best,
  );
}

function areTimes(value: unknown, tiles: readonly GemmTile[]): value is GemmTable["threads"] {
  const names = tiles.map(nameOfTile);
  return (
    isRecord(value) &&
    Object.values(value).every(
      (times) =>
        isRecord(times) &&
        Object.entries(times).every(([name, time]) => names.includes(name) && Number.isFinite(time)),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
