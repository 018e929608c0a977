/** Calls one kernel of this package on tensors made for it, with poisoned memory, and reads what it gives. */
import * as tf from "@tensorflow/tfjs-core";
import type { Rng } from "@convkit/random";
import type { WebgpuBackend } from "../src/index.js";
import type { GpuKernel } from "../src/kernel.js";
import { withPoison } from "./poison.js";

export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** int32 where they are integers. */
export interface InputValues {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export interface KernelTestCall {
  readonly inputs: Readonly<Record<string, InputValues | undefined>>;
  readonly attrs: object;
}

/** Normal numbers. */
export function randomValues(rng: Rng, shape: readonly number[]): Values {
  return {
    shape,
    values: Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => rng.normal()),
  };
}

/** Numbers that float16 holds as they are, and so do products of two of them in float32. */
export function coarseValues(rng: Rng, shape: readonly number[]): Values {
  const { values } = randomValues(rng, shape);
  return { shape, values: values.map((value) => Math.round(value * 16) / 16) };
}

/**
 * @returns the outputs, or null where the kernel leaves the call to tfjs's own.
 * @throws {Error} if it keeps memory.
 */
export async function callKernel(
  backend: WebgpuBackend,
  kernel: GpuKernel,
  { inputs, attrs }: KernelTestCall,
): Promise<Values[] | null> {
  const tensors = Object.entries(inputs).flatMap(([name, each]) =>
    each === undefined ? [] : [[name, tf.tensor(each.values, [...each.shape])] as const],
  );
  for (const [, tensor] of tensors) backend.uploadToGPU(tensor.dataId);
  const usedBytes = backend.bufferManager.numBytesUsed;
  const call = { inputs: Object.fromEntries(tensors), attrs, backend };
  const result = withPoison(backend, () => kernel.kernelFunc(call as never));
  const outputs = result === undefined ? [] : [result].flat();
  const received: Values[] = [];
  for (const { dataId, shape } of outputs) {
    received.push({ shape, values: (await backend.read(dataId)) as Float32Array });
    backend.disposeData(dataId);
  }
  if (backend.bufferManager.numBytesUsed !== usedBytes) {
    throw new Error(
      `Expected ${kernel.kernelName} to keep no memory. Received: ${backend.bufferManager.numBytesUsed - usedBytes} bytes more.`,
    );
  }
  tf.dispose(tensors.map(([, tensor]) => tensor));
  return result === undefined ? null : received;
}
