/**
 * What Dawn needs of a Linux host before it can see a GPU: Vulkan's loader (libvulkan.so.1) and a driver's manifest (ICD). Finds
 * both where the loader itself would not look, and says what is missing. On macOS and Windows Dawn needs neither.
 */
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { constants, platform, tmpdir } from "node:os";
import path from "node:path";
import { setVulkanDrivers, spareLibrariesFolder, vulkanDrivers, vulkanFolder } from "../env.js";

const LOADER = "libvulkan.so.1";

/** Where Vulkan's loader looks: https://github.com/KhronosGroup/Vulkan-Loader/blob/main/docs/LoaderDriverInterface.md */
const USUAL_MANIFESTS = [
  "/etc/vulkan/icd.d",
  "/usr/share/vulkan/icd.d",
  "/usr/local/etc/vulkan/icd.d",
  "/usr/local/share/vulkan/icd.d",
];
/** Where drivers were seen to lay them besides: NixOS, containers of vendors. */
const OTHER_MANIFESTS = [
  "/run/opengl-driver/share/vulkan/icd.d",
  "/usr/share/nvidia/vulkan/icd.d",
  "/opt/vulkan/icd.d",
];

/** NVIDIA's driver is mounted into containers with this library and often without its manifest. */
const NVIDIA_LIBRARY = "libGLX_nvidia.so.0";
const LIBRARY_FOLDERS = [
  "/usr/lib/x86_64-linux-gnu",
  "/usr/lib/aarch64-linux-gnu",
  "/usr/lib64",
  "/usr/lib",
  "/usr/local/nvidia/lib64",
  "/usr/local/lib",
];

/** A library that stays in the process although Node, which finds that it is no addon, lets go of it. glibc's dlfcn.h */
const RTLD_NODELETE = 0x1000;

/**
 * Loads Vulkan's loader and names the drivers, before Dawn asks for them.
 *
 * @throws {Error} that says what is missing, and how to get it.
 */
export function prepareVulkan(): void {
  if (platform() !== "linux") return;
  const folder = vulkanFolder();
  const own = folder === undefined ? [] : librariesIn("CONVKIT_VULKAN", path.join(folder, "lib"));
  const spareFolder = spareLibrariesFolder();
  const spare = spareFolder === undefined ? [] : librariesIn("CONVKIT_LIBRARIES", spareFolder);
  loadAll([...own.map((file) => [file]), ...spare.map((file) => [path.basename(file), file])]);
  if (folder !== undefined && vulkanDrivers() === undefined) {
    setVulkanDrivers(manifestsIn(path.join(folder, "icd.d")));
  }
  if (!canLoad(LOADER)) {
    throw new Error(
      `${LOADER}, Vulkan's loader, is not installed. apt-get install libvulkan1 (Debian, Ubuntu), ` +
        "dnf install vulkan-loader (Fedora, RHEL)",
    );
  }
  if (vulkanDrivers() === undefined && manifestsIn(...USUAL_MANIFESTS).length === 0) {
    setVulkanDrivers(findManifests("/"));
  }
}

/** Why Dawn sees no GPU although Vulkan's loader is there. */
export function whyNoAdapter(): string {
  if (platform() !== "linux") return "Dawn finds no GPU. Update its driver";
  const named = vulkanDrivers();
  const drivers = named?.split(":") ?? manifestsIn(...USUAL_MANIFESTS);
  if (drivers.length > 0) {
    return (
      `no GPU answers to its Vulkan drivers (${drivers.join(", ")}). Update the driver; ` +
      "in a container, hand the GPU over (--gpus all and NVIDIA_DRIVER_CAPABILITIES=all, or --device /dev/dri)"
    );
  }
  if (existsSync("/proc/driver/nvidia/version") || existsSync("/dev/nvidia0")) {
    return (
      "NVIDIA's driver is there without its Vulkan part. In a container: NVIDIA_DRIVER_CAPABILITIES=all. " +
      "Elsewhere: apt-get install libnvidia-gl-<version of the driver>"
    );
  }
  return (
    "this machine has no Vulkan driver. Install the GPU's: NVIDIA's own, or " +
    "apt-get install mesa-vulkan-drivers for AMD and Intel"
  );
}

function canLoad(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
    return true;
  } catch (error) {
    // Node asks for an addon, and says so only after the library was loaded.
    return /did not self-register/.test((error as Error).message);
  }
}

function librariesIn(variable: string, folder: string): string[] {
  if (existsSync(folder)) return readdirSync(folder).map((name) => path.join(folder, name));
  throw new Error(
    `${variable} stands for libraries in ${folder}, which does not exist. Name a folder that does, or unset it`,
  );
}

/** Each as soon as those that it needs are there, and from the first place that has it. */
function loadAll(libraries: readonly (readonly string[])[]): void {
  let waiting = libraries;
  for (let before = Infinity; waiting.length > 0 && waiting.length < before;) {
    before = waiting.length;
    waiting = waiting.filter((places) => !places.some(canLoad));
  }
}

function manifestsIn(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith(".json"))
          .map((name) => path.join(folder, name))
      : [],
  );
}

/**
 * Manifests that Vulkan's loader does not look for. Where NVIDIA's driver came without its own, one is written for it.
 *
 * @param root of the file system.
 */
export function findManifests(root: string): string[] {
  const found = manifestsIn(...OTHER_MANIFESTS.map((folder) => path.join(root, folder)));
  if (found.length > 0) return found;
  const library = LIBRARY_FOLDERS.map((folder) => path.join(root, folder, NVIDIA_LIBRARY)).find(existsSync);
  if (library === undefined) return [];
  const manifest = path.join(mkdtempSync(path.join(tmpdir(), "convkit-vulkan-")), "nvidia_icd.json");
  const content = { file_format_version: "1.0.0", ICD: { library_path: library, api_version: "1.3.0" } };
  writeFileSync(manifest, JSON.stringify(content));
  return [manifest];
}
