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

/**
 * Sets the backend's `matrixUnits` and `tileOrder`, and leaves them set: the caller puts back what they were.
 *
 * @param tiles each of which is tried.
 * @returns why these units are not to be used, or null if their sums are right.
 * @throws {GpuDeviceLostError} if they cost the device.
 */
export async function whyNotUnits(
  backend: WebgpuBackend,
  units: MatrixUnits,
  tiles: readonly GemmTile[],
): Promise<string | null> {
  const operands = CHANNELS.map(([inputs, outputs]) => operandsOf(backend, inputs, outputs));
  try {
    backend.matrixUnits = null;
    const expected = await allProducts(backend, operands);
    backend.matrixUnits = units;
    for (const tile of tiles) {
      backend.tileOrder = () => [tile];
      const tried = await withErrors(backend, () => allProducts(backend, operands));
      if (tried instanceof Error) return tried.message.split("\n")[0]!;
      for (const [which, sums] of tried.entries()) {
        const wrong = sums.findIndex((sum, i) => !(Math.abs(sum - expected[which]![i]!) <= MOST_ERROR));
        if (wrong >= 0) return `their sums are wrong: ${sums[wrong]} instead of ${expected[which]![wrong]}`;
      }
    }
    return null;
  } finally {
    for (const { dataId } of operands.flatMap((each) => Object.values(each) as TensorInfo[])) {
      backend.disposeData(dataId);
    }
  }
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

async function allProducts(backend: WebgpuBackend, all: readonly Operands[]): Promise<Float32Array[]> {
  const found: Float32Array[] = [];
  for (const operands of all) found.push(...(await products(backend, operands)));
  return found;
}

/** A convolution and a dense layer, and the gradients of both. */
async function products(
  backend: WebgpuBackend,
  { x, filter, dy, rows, weights, dRows }: Operands,
): Promise<Float32Array[]> {
  const call = ({ kernelFunc }: GpuKernel, inputs: object, attrs: object) =>
    kernelFunc({ inputs, attrs: { ...ATTRS, ...attrs }, backend } as never) as TensorInfo;
  const outputs = [
    call(conv2D, { x, filter }, {}),
    call(conv2DBackpropFilter, { x, dy }, { filterShape: filter.shape }),
    call(conv2DBackpropInput, { dy, filter }, { inputShape: x.shape }),
    call(batchMatMul, { a: rows, b: weights }, { transposeA: false, transposeB: false }),
    call(batchMatMul, { a: rows, b: dRows }, { transposeA: true, transposeB: false }),
    call(batchMatMul, { a: dRows, b: weights }, { transposeA: false, transposeB: true }),
  ];
  const values = outputs.map(({ dataId }) => backend.read(dataId) as Promise<Float32Array>);
  try {
    return await Promise.all(values);
  } finally {
    for (const { dataId } of outputs) backend.disposeData(dataId);
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
