/** Whether matrix units compute what threads compute, before anything is trained on them. */
import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { WebgpuBackend } from "../backend.js";
import type { GpuKernel } from "../kernel.js";
import { conv2D } from "../kernels/conv2d.js";
import { conv2DBackpropFilter } from "../kernels/conv2d-backprop-filter.js";
import { conv2DBackpropInput } from "../kernels/conv2d-backprop-input.js";
import { batchMatMul } from "../kernels/mat-mul.js";
import type { MatrixUnits } from "./matrix-units.js";
import type { GemmTile } from "./tile.js";

/**
 * Channels of a convolution's input and output. Tiles of 128 meet edges on both sides and sums are shared; rows can be read as
 * vec4s, and cannot.
 */
const CHANNELS: readonly (readonly [number, number])[] = [
  [12, 132],
  [5, 10],
];
const ATTRS = { strides: 1, pad: "same", dataFormat: "NHWC", dilations: 1 };

/** Sums of small integers are exact, in float32 and in any order. */
const MOST_ERROR = 0.5;

interface Operands {
  readonly x: TensorInfo;
  readonly filter: TensorInfo;
  readonly dy: TensorInfo;
  /** Matrices [168, inputs], [inputs, outputs] and [168, outputs]. */
  readonly rows: TensorInfo;
  readonly weights: TensorInfo;
  readonly dRows: TensorInfo;
}

type Run = (kernel: GpuKernel, inputs: object, attrs?: object) => TensorInfo;
const NOT_TRANSPOSED = { transposeA: false, transposeB: false };

/** A convolution and a dense layer, and the gradients of both: every form of product that there is. */
const PRODUCTS = {
  convolution: (run: Run, { x, filter }: Operands) => run(conv2D, { x, filter }),
  filterGradient: (run: Run, { x, dy, filter }: Operands) =>
    run(conv2DBackpropFilter, { x, dy }, { filterShape: filter.shape }),
  inputGradient: (run: Run, { x, dy, filter }: Operands) =>
    run(conv2DBackpropInput, { dy, filter }, { inputShape: x.shape }),
  dense: (run: Run, { rows, weights }: Operands) => run(batchMatMul, { a: rows, b: weights }, NOT_TRANSPOSED),
  denseWeightsGradient: (run: Run, { rows, dRows }: Operands) =>
    run(batchMatMul, { a: rows, b: dRows }, { ...NOT_TRANSPOSED, transposeA: true }),
  denseInputGradient: (run: Run, { dRows, weights }: Operands) =>
    run(batchMatMul, { a: dRows, b: weights }, { ...NOT_TRANSPOSED, transposeB: true }),
} as const;

export interface Proof {
  /** Of each product, input's and output's. */
  readonly channels?: readonly (readonly [number, number])[];
  readonly products?: readonly (keyof typeof PRODUCTS)[];
}

/**
 * Sets the backend's `matrixUnits` and `tileOrder`, and leaves them set: the caller puts back what they were.
 *
 * @param tiles each of which is tried.
 * @param proof of what; of all unless told.
 * @returns why these units are not to be used, or null if their sums are right.
 * @throws {GpuDeviceLostError} if they cost the device.
 */
export async function whyNotUnits(
  backend: WebgpuBackend,
  units: MatrixUnits,
  tiles: readonly GemmTile[],
  { channels = CHANNELS, products = Object.keys(PRODUCTS) as (keyof typeof PRODUCTS)[] }: Proof = {},
): Promise<string | null> {
  const run: Run = ({ kernelFunc }, inputs, attrs) =>
    kernelFunc({ inputs, attrs: { ...ATTRS, ...attrs }, backend } as never) as TensorInfo;
  for (const [inputs, outputs] of channels) {
    const operands = operandsOf(backend, inputs, outputs);
    try {
      for (const name of products) {
        const valuesOf = () => readAndDispose(backend, PRODUCTS[name](run, operands));
        backend.matrixUnits = null;
        const expected = await valuesOf();
        backend.matrixUnits = units;
        for (const tile of tiles) {
          backend.tileOrder = () => [tile];
          const sums = await withErrors(backend, valuesOf);
          if (sums instanceof Error) return sums.message.split("\n")[0]!;
          const wrong = sums.findIndex((sum, i) => !(Math.abs(sum - expected[i]!) <= MOST_ERROR));
          if (wrong >= 0) return `their sums are wrong: ${sums[wrong]} instead of ${expected[wrong]}`;
        }
      }
    } finally {
      for (const { dataId } of Object.values(operands) as TensorInfo[]) backend.disposeData(dataId);
    }
  }
  return null;
}

function operandsOf(backend: WebgpuBackend, inputs: number, outputs: number): Operands {
  return {
    x: integers(backend, [3, 8, 7, inputs], 1),
    filter: integers(backend, [3, 3, inputs, outputs], 2),
    dy: integers(backend, [3, 8, 7, outputs], 3),
    rows: integers(backend, [168, inputs], 4),
    weights: integers(backend, [inputs, outputs], 5),
    dRows: integers(backend, [168, outputs], 6),
  };
}

async function readAndDispose(backend: WebgpuBackend, { dataId }: TensorInfo): Promise<Float32Array> {
  try {
    return (await backend.read(dataId)) as Float32Array;
  } finally {
    backend.disposeData(dataId);
  }
}

/** @returns the error that WebGPU tells of what `run` asked of it: the backend, which would end with it, hears of none. */
async function withErrors<Result>(
  backend: WebgpuBackend,
  run: () => Promise<Result>,
): Promise<Result | Error> {
  const { device } = backend;
  backend.submitQueue();
  for (const filter of ["validation", "internal"] as const) device.pushErrorScope(filter);
  const [outcome] = await Promise.allSettled([run()]);
  backend.submitQueue();
  for (const error of await Promise.all([device.popErrorScope(), device.popErrorScope()])) {
    if (error !== null) return new Error(error.message);
  }
  if (outcome.status === "rejected") throw outcome.reason;
  return outcome.value;
}

/** From −3 to 3. */
function integers(backend: WebgpuBackend, shape: readonly number[], seed: number): TensorInfo {
  let state = seed;
  const values = Float32Array.from({ length: util.sizeFromShape([...shape]) }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return ((state >>> 16) % 7) - 3;
  });
  return { dataId: backend.write(values, [...shape], "float32"), shape: [...shape], dtype: "float32" };
}
