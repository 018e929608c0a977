/** Opens Dawn's device on the Vulkan driver that vitest's preset names, or on whatever GPU there is. */
import { readdirSync } from "node:fs";
import { constants } from "node:os";
import path from "node:path";
import { create, globals } from "webgpu";
import { useVulkanDriver, vulkanFolder } from "./env.js";

const FEATURES = [
  "shader-f16",
  "subgroups",
  "subgroup-size-control",
  "chromium-experimental-subgroup-matrix",
] as GPUFeatureName[];
const LIMITS = [
  "maxBufferSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupSizeX",
  "maxComputeWorkgroupSizeY",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
] as const;

/** Dawn's objects live as long as what `create` returned. */
const alive: GPU[] = [];

/** @returns null where Dawn finds no GPU. Features that the adapter lacks are not asked for. */
export async function openDevice(
  features: readonly GPUFeatureName[] = FEATURES,
): Promise<{ device: GPUDevice; info: GPUAdapterInfo } | null> {
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true });
  }
  loadVulkan();
  const gpu = create(["enable-dawn-features=allow_unsafe_apis,vulkan_enable_f16_on_nvidia"]);
  alive.push(gpu);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) return null;
  const device = await adapter.requestDevice({
    requiredFeatures: features.filter((name) => adapter.features.has(name)),
    requiredLimits: Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]])),
  });
  defineNavigatorGpu(gpu);
  process.once("exit", () => device.destroy());
  return { device, info: adapter.info };
}

/** Dawn's device that executes nothing, with all features that kernels use: programs are checked on it. */
export async function openNullDevice(): Promise<GPUDevice> {
  const gpu = create(["backend=null", "enable-dawn-features=allow_unsafe_apis"]);
  alive.push(gpu);
  const adapter = (await gpu.requestAdapter())!;
  return adapter.requestDevice({ requiredFeatures: FEATURES });
}

/** Each library as soon as those that it needs are there. */
function loadVulkan(): void {
  const folder = vulkanFolder();
  if (folder === undefined) return;
  const libraries = path.join(folder, "lib");
  let waiting = readdirSync(libraries).map((name) => path.join(libraries, name));
  for (let before = Infinity; waiting.length > 0 && waiting.length < before;) {
    before = waiting.length;
    waiting = waiting.filter((library) => !canLoad(library));
  }
  const manifests = path.join(folder, "icd.d");
  useVulkanDriver(
    readdirSync(manifests)
      .map((name) => path.join(manifests, name))
      .join(":"),
  );
}

function canLoad(library: string): boolean {
  const nodelete = 0x1000;
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | nodelete);
    return true;
  } catch (error) {
    // Node asks for an addon, and says so only after the library was loaded.
    return /did not self-register/.test((error as Error).message);
  }
}

function defineNavigatorGpu(gpu: GPU): void {
  const host = globalThis as { navigator?: object };
  if (host.navigator === undefined) {
    Object.defineProperty(host, "navigator", { value: {}, configurable: true, writable: true });
  }
  Object.defineProperty(host.navigator, "gpu", { value: gpu, configurable: true });
}
