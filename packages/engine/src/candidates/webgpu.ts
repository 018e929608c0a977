/** tfjs's WebGPU backend over Dawn, with convkit's kernels: GPUs of any make, without CUDA. */
import type { WebgpuBackend } from "@convkit/tfjs-kernels-webgpu";
import { GpuChoiceError } from "../engine-errors.js";
import type { AdapterDescription, TfjsModule } from "../engine.js";
import { isGpuTuned } from "../env.js";
import { installedVersion } from "../installed-version.js";
import { findAdapter } from "../webgpu/adapters.js";
import { tuneGemm } from "../webgpu/gemm-tables.js";
import { describeAdapter, openGpu } from "../webgpu/open-gpu.js";
import { setBackend, type Candidate } from "./candidate.js";

const KERNELS = "@convkit/tfjs-kernels-webgpu";

let deviceName = "";
let opened: AdapterDescription | undefined;

export const webgpu: Candidate = {
  backend: "webgpu",
  canTrain: true,
  caution: null,
  async open(tf) {
    const { device, info, adapter } = await openGpu();
    await registerBackend(device, info);
    await setBackend(tf, "webgpu");
    opened = { ...adapter, matrixUnitsUnused: await tune(tf, adapter, "f32") };
    deviceName = `${adapter.name} (${adapter.isSoftware ? "software" : "WebGPU"})`;
    return {
      device: deviceName,
      threads: null,
      adapter: opened,
      onGpu: !adapter.isSoftware,
      precisions: adapter.features.includes("shader-f16") ? ["f32", "f16"] : ["f32"],
      versions: versions(tf),
    };
  },
  async setPrecision(precision) {
    if (precision === "bf16")
      throw new Error("it has float16 (--precision f16), and bfloat16 for none of its kernels");
    const tf = await import("@tensorflow/tfjs");
    (tf.backend() as unknown as { precision: typeof precision }).precision = precision;
    const adapter = opened!;
    if (precision === "f32") return { device: deviceName, adapter };
    const matrixUnitsUnused = await tune(tf, adapter, precision);
    const how = matrixUnitsUnused === null ? `${precision} on matrix units` : precision;
    return { device: `${deviceName}, ${how}`, adapter: (opened = { ...adapter, matrixUnitsUnused }) };
  },
  async identify() {
    const { adapter } = await findAdapter();
    const { isSoftware, name, driver } = describeAdapter(adapter);
    if (isSoftware)
      throw new Error(`its adapter "${name}" computes in software. --engine webgpu takes it all the same`);
    return `${name}, ${driver}, webgpu ${installedVersion("webgpu")}, ${installedVersion(KERNELS)}`;
  },
  isUserMistake: (error) => error instanceof GpuChoiceError,
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

/** @returns why float16 is multiplied without matrix units, or null if it is multiplied on them. */
async function tune(
  tf: TfjsModule,
  adapter: AdapterDescription,
  precision: "f32" | "f16",
): Promise<string | null> {
  if (adapter.isSoftware) return "it computes in software";
  if (!isGpuTuned()) return "CONVKIT_GPU_TUNING is off";
  const { name, vendor, architecture, driver } = adapter;
  const backend = tf.backend() as unknown as WebgpuBackend;
  const key = [vendor, architecture, name, driver, ...Object.values(versions(tf))].join(", ");
  return tuneGemm(backend, key, { f16: precision === "f16" });
}

function versions(tf: TfjsModule): Record<string, string> {
  return { tfjs: tf.version.tfjs, [KERNELS]: installedVersion(KERNELS), webgpu: installedVersion("webgpu") };
}
