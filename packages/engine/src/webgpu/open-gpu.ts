/** Opens a GPU's device and gives it to tfjs. */
import type { DawnAdapterInfo } from "@convkit/tfjs-kernels-webgpu";
import type { AdapterDescription } from "../engine.js";
import { findAdapter } from "./adapters.js";

/** What kernels make use of, where an adapter has it. */
const WANTED_FEATURES = [
  "shader-f16",
  "timestamp-query",
  "subgroups",
  "subgroup-size-control",
  "chromium-experimental-subgroup-matrix",
] as GPUFeatureName[];

/** What is told of an adapter: its speed depends on them, or may. */
const TOLD_FEATURES = [
  "shader-f16",
  "subgroups",
  "timestamp-query",
  "chromium-experimental-subgroup-matrix",
] as const;

/** What tfjs and its kernels ask for at their highest. */
const WANTED_LIMITS = [
  "maxBufferSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupSizeZ",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
] as const;

export async function openGpu(): Promise<{
  device: GPUDevice;
  info: GPUAdapterInfo;
  adapter: AdapterDescription;
}> {
  const { gpu, adapter } = await findAdapter();
  const device = await adapter.requestDevice({
    requiredFeatures: WANTED_FEATURES.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(WANTED_LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  defineNavigatorGpu(gpu);
  // Work in flight is given up; the process ends with the code that it was about to end with.
  process.once("exit", () => device.destroy());
  return { device, info: adapter.info, adapter: describeAdapter(adapter) };
}

export function describeAdapter({ info, features, limits }: GPUAdapter): AdapterDescription {
  const { vendor, architecture, device, description, isFallbackAdapter } = info;
  return {
    name: description.split(":")[0]?.trim() || device || vendor,
    vendor,
    architecture,
    driver: description,
    isSoftware: isFallbackAdapter || architecture === "software",
    features: TOLD_FEATURES.filter((name) => features.has(name)),
    matrixUnits: Array.from(
      (info as DawnAdapterInfo).subgroupMatrixConfigs ?? [],
      ({ componentType, resultComponentType, M, N, K }) =>
        `${componentType} to ${resultComponentType}, ${M}×${N}×${K}`,
    ),
    limits: Object.fromEntries(WANTED_LIMITS.map((name) => [name, limits[name]])),
  };
}

/** tfjs asks for it before it makes a backend. Node has a navigator from version 21 on. */
function defineNavigatorGpu(gpu: GPU): void {
  const host = globalThis as { navigator?: object };
  if (host.navigator === undefined) {
    Object.defineProperty(host, "navigator", { value: {}, configurable: true, writable: true });
  }
  Object.defineProperty(host.navigator, "gpu", { value: gpu, configurable: true });
}
