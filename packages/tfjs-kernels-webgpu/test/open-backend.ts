/** The backend of this package on the device of the tests. */
import * as tf from "@tensorflow/tfjs-core";
import { describe } from "vitest";
import { registerWebgpuBackend, type WebgpuBackend } from "../src/index.js";
import { openDevice } from "./open-device.js";

interface OpenOptions {
  /** Those of them that the adapter has; a shorter list stands for a GPU that has less. */
  readonly features?: readonly GPUFeatureName[];
}

/** A suite on the backend, which is tfjs's current one then; where there is no GPU it is skipped, and says so. */
export async function describeOnGpu(name: string, suite: (backend: WebgpuBackend) => void): Promise<void> {
  const backend = await openBackend();
  if (backend !== null) {
    describe(name, () => suite(backend));
    return;
  }
  process.stderr.write(
    `NOT RUN: ${name}, for want of a Vulkan device. node packages/engine/scripts/setup-software-vulkan.mjs\n`,
  );
  describe.skip(name);
}

/** @returns null where Dawn finds no GPU. */
export async function openBackend({ features }: OpenOptions = {}): Promise<WebgpuBackend | null> {
  const opened = await openDevice(features);
  if (opened === null) return null;
  registerWebgpuBackend(opened.device, opened.info);
  await tf.setBackend("webgpu");
  return tf.backend() as unknown as WebgpuBackend;
}
