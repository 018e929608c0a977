/** The environment variables that this package reads, and those that it sets. */
import { homedir, platform } from "node:os";
import path from "node:path";

/**
 * CONVKIT_TFJS_NODE: folder of a tfjs-node package that lies where `require` would not find it, such as the one
 * of scripts/setup-tfjs-node.mjs.
 */
export function tfjsNodeFolder(): string | undefined {
  return process.env.CONVKIT_TFJS_NODE || undefined;
}

/** libtensorflow reports the CPU's instruction sets on stderr when it starts; warnings and errors stay. */
export function quietenLibtensorflow(): void {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= "1";
}

/** The user's folder for what can be made again: XDG_CACHE_HOME, else the system's usual one. */
export function cacheFolder(): string {
  const { XDG_CACHE_HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME && path.isAbsolute(XDG_CACHE_HOME)) return XDG_CACHE_HOME;
  if (platform() === "win32" && LOCALAPPDATA) return LOCALAPPDATA;
  return path.join(homedir(), platform() === "darwin" ? "Library/Caches" : ".cache");
}

/**
 * CONVKIT_VULKAN: folder of a Vulkan loader with what it needs (`lib/`) and of drivers' manifests (`icd.d/`), such as the
 * device in software of scripts/setup-software-vulkan.mjs.
 */
export function vulkanFolder(): string | undefined {
  return process.env.CONVKIT_VULKAN || undefined;
}

/**
 * CONVKIT_LIBRARIES: folder of libraries that are loaded where the system has none of their names. A bundle for hosts with nothing
 * on them sets it.
 */
export function spareLibrariesFolder(): string | undefined {
  return process.env.CONVKIT_LIBRARIES || undefined;
}

/** The manifests of Vulkan drivers to use, as its loader reads them; undefined where it looks for them itself. */
export function vulkanDrivers(): string | undefined {
  return process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES || undefined;
}

export function setVulkanDrivers(manifests: readonly string[]): void {
  if (manifests.length > 0) process.env.VK_DRIVER_FILES = manifests.join(":");
}

/** CONVKIT_GPU: which of several GPUs the engine `webgpu` takes, by a part of its name or by its index from 0. */
export function gpuChoice(): string | undefined {
  return process.env.CONVKIT_GPU || undefined;
}

/**
 * CONVKIT_GPU_TUNING: `off` has the engine `webgpu` measure nothing and use nothing that was measured; it then chooses programs by
 * rules, and uses no matrix units.
 */
export function isGpuTuned(): boolean {
  return process.env.CONVKIT_GPU_TUNING !== "off";
}
