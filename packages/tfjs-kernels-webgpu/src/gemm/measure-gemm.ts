/**
 * Measures which tiles are fastest on a GPU, and whether its matrix units are of use, by the convolutions of a small network. What
 * suits a GPU follows from how many registers and how much shared memory it has, which WebGPU does not tell.
 */
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "../backend.js";
import { conv2D } from "../kernels/conv2d.js";
import { conv2DBackpropFilter } from "../kernels/conv2d-backprop-filter.js";
import {
  type F16Table,
  FORMAT_VERSION,
  type GemmTable,
  type TileTimes,
  type Workload,
  WORKLOADS,
} from "./gemm-table.js";
import type { MatrixUnits } from "./matrix-units.js";
import { type Proof, whyNotUnits } from "./prove-units.js";
import { fitsInto, type GemmTile, hasLittleWaste, nameOfTile, TILES, UNIT_TILES } from "./tile.js";

export interface MeasureGemmOptions {
  /** Pictures of a workload. 128 unless told. */
  readonly batchSize?: number;
  /** Of each measurement, after one that compiles; the median counts. 3 unless told. */
  readonly repetitions?: number;
  /** The workloads' channels are divided by it, for devices in software. 1 unless told. */
  readonly channelDivisor?: number;
  /** All that there are unless told. */
  readonly tiles?: readonly GemmTile[];
  readonly unitTiles?: readonly GemmTile[];
  /** What matrix units are proven by. */
  readonly proof?: Proof;
}

/** What a repetition is to take at least, by several calls of the kernel: less is lost in what starting it takes. */
const LEAST_MS = 4;
const MOST_CALLS = 256;
/** What matrix units may take, as a share of what threads take: what is measured on another day is not to decide otherwise. */
const MOST_TIME = 1.5;

type Times = Record<string, TileTimes>;

/**
 * Measures float32. To be called while the GPU does nothing else; most of its time goes into compiling a program for each tile and kind
 * of product.
 *
 * @returns a table for `useGemmTable`.
 */
export async function measureGemm(
  backend: WebgpuBackend,
  options: MeasureGemmOptions = {},
): Promise<GemmTable> {
  const { tiles = TILES } = options;
  const measure = measurer(backend, options);
  return restoring(backend, async () => {
    backend.precision = "f32";
    const threads: Times = {};
    for (const workload of WORKLOADS) threads[workload.name] = await measure(workload, tiles);
    return { formatVersion: FORMAT_VERSION, threads, f16: null };
  });
}

/**
 * Proves the device's matrix units and measures them, in float16. A driver may crash the process over them.
 *
 * @returns for the field `f16` of the table.
 * @throws {GpuDeviceLostError} if they cost the device.
 */
export async function measureF16(
  backend: WebgpuBackend,
  { threads }: Pick<GemmTable, "threads">,
  options: MeasureGemmOptions = {},
): Promise<F16Table> {
  const { tiles = TILES, unitTiles = UNIT_TILES, proof } = options;
  const measure = measurer(backend, options);
  return restoring(backend, async () => {
    backend.precision = "f16";
    const fitting = (size: number) => unitTiles.filter((tile) => fitsInto(backend.device, tile, size));
    const proven = await prove(backend, fitting, proof);
    if ("reason" in proven) return { units: {}, matrixUnits: proven };
    const units: Times = {};
    const all = { withUnits: 0, without: 0 };
    for (const workload of WORKLOADS) {
      backend.matrixUnits = proven.units;
      units[workload.name] = await measure(workload, fitting(proven.units.subgroupSize));
      all.withUnits += Math.min(...Object.values(units[workload.name]!));
      backend.matrixUnits = null;
      const best = fastest(tiles, threads[workload.name]!);
      all.without += Math.min(...Object.values(await measure(workload, [best])));
    }
    if (all.withUnits > MOST_TIME * all.without) {
      const reason = `they are slower: ${all.withUnits.toFixed(1)} ms instead of ${all.without.toFixed(1)} ms`;
      return { units: {}, matrixUnits: { reason } };
    }
    return { units, matrixUnits: { name: proven.units.name } };
  });
}

/** What is tried on the backend is not left set there. */
async function restoring<Result>(backend: WebgpuBackend, run: () => Promise<Result>): Promise<Result> {
  const { precision, matrixUnits, tileOrder } = backend;
  try {
    return await run();
  } finally {
    Object.assign(backend, { precision, matrixUnits, tileOrder });
  }
}

function measurer(
  backend: WebgpuBackend,
  { batchSize = 128, repetitions = 3, channelDivisor = 1 }: MeasureGemmOptions,
) {
  return (workload: Workload, candidates: readonly GemmTile[]) =>
    timesOf(backend, workload, { batchSize, repetitions, channelDivisor, candidates });
}

async function prove(
  backend: WebgpuBackend,
  tilesFor: (subgroupSize: number) => readonly GemmTile[],
  proof?: Proof,
): Promise<{ readonly units: MatrixUnits } | { readonly reason: string }> {
  let reason = "the GPU has none for products of float16 that this version can use";
  for (const units of backend.unprovenUnits) {
    const tiles = tilesFor(units.subgroupSize);
    const refused =
      tiles.length === 0 ? "no tile fits them" : await whyNotUnits(backend, units, tiles, proof);
    if (refused === null) return { units };
    reason = refused;
  }
  return { reason };
}

interface Measurement extends Required<
  Pick<MeasureGemmOptions, "batchSize" | "repetitions" | "channelDivisor">
> {
  readonly candidates: readonly GemmTile[];
}

/** One after the other by turns: what slows the GPU down for a moment slows each. */
async function timesOf(
  backend: WebgpuBackend,
  workload: Workload,
  { batchSize, repetitions, channelDivisor, candidates }: Measurement,
): Promise<TileTimes> {
  const { m, n } = workload;
  const few = candidates.filter((tile) => hasLittleWaste(tile, m, n));
  const tiles = few.length > 0 ? few : candidates.slice(-1);
  const { run, dispose } = workloadOf(
    backend,
    { ...workload, channels: Math.ceil(workload.channels / channelDivisor) },
    batchSize,
  );
  const time = async (tile: GemmTile, calls: number): Promise<number> => {
    backend.tileOrder = () => [tile];
    const start = performance.now();
    for (let call = 0; call < calls; call++) run();
    backend.submitQueue();
    await backend.queue.onSubmittedWorkDone();
    return (performance.now() - start) / calls;
  };
  try {
    for (const tile of tiles) await time(tile, 1);
    const calls = Math.min(Math.max(Math.ceil(LEAST_MS / (await time(tiles[0]!, 1))), 1), MOST_CALLS);
    const times = new Map<GemmTile, number[]>(tiles.map((tile) => [tile, []]));
    for (let repetition = 0; repetition < repetitions; repetition++) {
      for (const tile of tiles) times.get(tile)!.push(await time(tile, calls));
    }
    return Object.fromEntries([...times].map(([tile, each]) => [nameOfTile(tile), median(each)]));
  } finally {
    dispose();
  }
}

/** On memory as it comes: what is multiplied makes no difference. */
function workloadOf(backend: WebgpuBackend, { side, channels, isAcross }: Workload, batchSize: number) {
  const x = backend.output([batchSize, side, side, channels]);
  const filterShape = [3, 3, channels, channels];
  const filter = backend.output(filterShape);
  const attrs = { strides: 1, pad: "same", dataFormat: "NHWC", dilations: 1, filterShape };
  const [kernel, inputs] = isAcross ? [conv2DBackpropFilter, { x, dy: x }] : [conv2D, { x, filter }];
  return {
    run: () => {
      const output = kernel.kernelFunc({ inputs, attrs, backend } as never) as TensorInfo;
      backend.disposeData(output.dataId);
    },
    dispose: () => {
      for (const { dataId } of [x, filter]) backend.disposeData(dataId);
    },
  };
}

function fastest(tiles: readonly GemmTile[], times: TileTimes): GemmTile {
  const [name] = Object.entries(times).reduce((best, each) => (each[1] < best[1] ? each : best));
  return tiles.find((tile) => nameOfTile(tile) === name)!;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}
