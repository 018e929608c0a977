/** tfjs's WebGPU backend over Dawn, with convkit's kernels: GPUs of any make, without CUDA. */
import type { TfjsModule } from "../engine.js";
import { installedVersion } from "../installed-version.js";
import { findAdapter } from "../webgpu/adapters.js";
import { describeAdapter, openGpu } from "../webgpu/open-gpu.js";
import { setBackend, type Candidate } from "./candidate.js";

const KERNELS = "@convkit/tfjs-kernels-webgpu";

export const webgpu: Candidate = {
  backend: "webgpu",
  canTrain: true,
  caution: null,
  async open(tf) {
    const { device, info, adapter } = await openGpu();
    await registerBackend(device, info);
    await setBackend(tf, "webgpu");
    return {
      device: `${adapter.name} (${adapter.isSoftware ? "software" : "WebGPU"})`,
      threads: null,
      adapter,
      onGpu: !adapter.isSoftware,
      versions: versions(tf),
    };
  },
  async identify() {
    const { adapter } = await findAdapter();
    const { isSoftware, name, driver } = describeAdapter(adapter);
    if (isSoftware)
      throw new Error(`its adapter "${name}" computes in software. --engine webgpu takes it all the same`);
    return `${name}, ${driver}, webgpu ${installedVersion("webgpu")}, ${installedVersion(KERNELS)}`;
  },
  isUserMistake: (error) => error instanceof Error && error.name === "GpuChoiceError",
};

/** The backend and its kernels come with tfjs's own package, which is no part of tfjs. */
async function registerBackend(device: GPUDevice, info: GPUAdapterInfo): Promise<void> {
  try {
    const { registerWebgpuBackend } = await import("@convkit/tfjs-kernels-webgpu");
    registerWebgpuBackend(device, info);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_MODULE_NOT_FOUND") throw cause;
    throw new Error(
      "@tensorflow/tfjs-backend-webgpu is not installed. npm install @tensorflow/tfjs-backend-webgpu",
      { cause },
    );
  }
}

function versions(tf: TfjsModule): Record<string, string> {
  return { tfjs: tf.version.tfjs, [KERNELS]: installedVersion(KERNELS), webgpu: installedVersion("webgpu") };
}
